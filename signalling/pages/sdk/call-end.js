/**
 * One end of a call, whichever end it is: what both ends do from the accept to the last trace, and how each of them stops. `call.js` and `incoming.js`
 * add how a call begins for the caller and for the callee. Source: docs/reference/protocol.md §4 to §7.
 *
 * Media start only at the accept. It stops at once on a goodbye from the other end, on `call.ended`, and on its own user's word, whatever server is
 * there. It keeps nothing when it is over but why it ended.
 */

import { Farewell } from "./farewell.js";

/** Past the server's own deadline by so much, this end stops by itself. */
export const SPARE_MS = 5_000;
const ICE_MS = 20_000;
const LOST_MS = 30_000;
/** The end that says goodbye tells the server too; after this, the other end does. */
const FAREWELL_MS = 1_000;

/**
 * `inviting`: nobody hears it yet. A callee's goes from there to `ringing` when it sounds; it is `joined` beneath that.
 * @typedef {"inviting" | "ringing" | "joined" | "accepted" | "ended"} CallPhase
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./contents.js").Content} Content
 * @typedef {object} EndParts
 * @property {import("./socket.js").Socket} socket
 * @property {import("./timeline.js").Timeline} timeline
 * @property {() => void} changed something that a screen shows is different
 * @typedef {object} Conversation what is said between the two, in boxes
 * @property {(content: Content) => Promise<void>} say
 * @property {(message: Message) => Promise<void>} take a `box`
 * @property {() => void} returned
 * @property {() => void} close
 */

/** What the two ends share. Whoever begins a call gives it its id, its conversation, its media and its last word. */
export class CallEnd {
  /** @type {CallPhase} */
  phase = "inviting";
  /**
   * When the device at either end will answer by itself, as `performance.now()` tells; null while that isn't known.
   * @type {number | null}
   */
  answersAt = null;
  /**
   * Why it ended: a reason of the protocol, an error code, or `no_camera`. Null while it lives, and where another endpoint took it.
   * @type {string | null}
   */
  reason = null;
  /** What happened, and when. */
  timeline;
  /** @protected */
  socket;
  /** @protected */
  changed;
  #farewell;
  #deadline = 0;

  /** @param {EndParts} parts */
  constructor({ socket, timeline, changed }) {
    this.timeline = timeline;
    this.socket = socket;
    this.changed = changed;
    this.#farewell = new Farewell(socket);
  }

  /** @returns {string} whose messages these are */
  get id() {
    throw new TypeError("Each end says which call it is in.");
  }

  /** @protected @returns {Conversation} */
  get conversation() {
    throw new TypeError("Each end has its conversation.");
  }

  /** @protected @returns {import("./callmedia.js").CallMedia} */
  get media() {
    throw new TypeError("Each end has its media.");
  }

  /** Whether boxes go between the two: a goodbye is said in one. */
  get isJoined() {
    return this.phase === "joined" || this.phase === "accepted";
  }

  /**
   * What the server is told when this end stops for that reason.
   * @protected
   * @param {string} _reason
   * @returns {Message}
   */
  lastWord(_reason) {
    throw new TypeError("Each end has its last word.");
  }

  /**
   * Nothing is begun any more.
   * @protected
   */
  withdraw() {}

  get isOver() {
    return this.phase === "ended";
  }

  /** Whether the server has yet to hear that it is over. */
  get isFarewellOwed() {
    return this.#farewell.isOwed;
  }

  /** What the other end sends; null until the accept. */
  get remote() {
    return this.media.remote;
  }

  /** Whether media can go: `waiting`, `connected` or `lost`. */
  get path() {
    return this.media.path;
  }

  /**
   * What is told of the media of this end.
   * @protected
   * @param {(content: Content) => void} say
   * @returns {import("./callmedia.js").MediaEvents}
   */
  mediaEvents(say) {
    return {
      say,
      connected: () => this.#pathStands(),
      lost: () => (this.waitForPath(), this.changed()),
      failed: () => this.leave("ice_failed"),
      unverified: () => this.leave("peer_not_verified"),
      bye: (reason) => this.otherLeft(reason),
      overheard: () => {},
      unwanted: () => this.leave("declined"),
    };
  }

  /**
   * The path is gone: it may come back for so long.
   * @protected
   */
  waitForPath() {
    this.endUnless(LOST_MS, () => this.leave("lost_network"));
  }

  /**
   * One deadline at a time: the newest counts.
   * @protected
   * @param {number} ms
   * @param {() => void} act
   */
  endUnless(ms, act) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(act, ms);
  }

  /**
   * What either end may hear; true where there is no more to it.
   * @protected
   * @param {Message} message one that names this call
   */
  async takeShared(message) {
    switch (message.t) {
      case "call.erased":
        this.timeline.markOnce("erased");
        return true;
      case "call.ended":
        this.endedByServer(message.reason);
        return true;
      case "box":
        if (!this.isOver) await this.conversation.take(message);
        return true;
      case "ice.refresh":
        if (!this.isOver) this.media.useIceServers(message.ice_servers);
        return true;
    }
    return false;
  }

  /**
   * The session is new, or the other end's is: say again what the server and that end may not know. True where the call lives.
   * @protected
   */
  saidAgain() {
    if (this.#farewell.isOwed) void this.#sayFarewell();
    if (this.isOver) return false;
    if (this.isJoined) {
      this.conversation.returned();
      void this.media.tellConnected();
    }
    return true;
  }

  /**
   * Of the contents, those that either end may say.
   * @protected
   * @param {Content} content
   */
  hear(content) {
    if (content.t === "bye") this.otherLeft(content.reason);
    else this.media.take(content);
  }

  /**
   * The word was said, or heard: media may flow.
   * @protected
   */
  begin() {
    this.phase = "accepted";
    this.timeline.mark("accepted");
    this.media.accept();
    if (this.path === "connected") clearTimeout(this.#deadline);
    else this.endUnless(ICE_MS + SPARE_MS, () => this.leave("ice_failed"));
    this.changed();
  }

  /**
   * Stop here at once, then tell the other end inside a box, then the server.
   * @protected
   * @param {string} reason for our own screen
   * @param {string} [said] for the other end
   */
  leave(reason, said = reason) {
    if (this.isOver) return;
    this.#farewell.owe(this.lastWord(said));
    const told = this.isJoined ? this.conversation.say({ t: "bye", reason: said }) : Promise.resolve();
    this.media.sayBye(said);
    void told.finally(() => this.#sayFarewell());
    this.finish(reason);
  }

  /**
   * The other end said goodbye, and tells the server; if nothing comes of that, this end does.
   * @protected
   * @param {string} reason
   */
  otherLeft(reason) {
    if (this.isOver) return;
    this.#farewell.owe(this.lastWord(reason));
    setTimeout(() => this.#sayFarewell(), FAREWELL_MS);
    this.finish(reason);
  }

  /**
   * @protected
   * @param {string} reason
   */
  endedByServer(reason) {
    this.#farewell.settle();
    this.finish(reason);
  }

  /**
   * It is over at this end, and nobody needs to be told.
   * @protected
   * @param {string | null} reason
   */
  finish(reason) {
    if (this.isOver) return;
    this.phase = "ended";
    this.reason = reason;
    clearTimeout(this.#deadline);
    this.timeline.mark("ended");
    this.withdraw();
    this.media.close();
    if (!this.#farewell.isOwed) this.conversation.close();
    this.changed();
  }

  #pathStands() {
    if (this.phase === "accepted") clearTimeout(this.#deadline);
    this.changed();
  }

  async #sayFarewell() {
    await this.#farewell.say();
    if (!this.#farewell.isOwed) this.conversation.close();
  }
}
