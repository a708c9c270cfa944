/**
 * One end of a call, whichever end it is: what both ends do from the accept to the last trace, and how each of them stops. `call.js` and `incoming.js`
 * add how a call begins for the caller and for the callee. Source: docs/reference/protocol.md §4 to §8.
 *
 * Media start only at the accept. It stops at once on a goodbye from the other end, on `call.ended`, and on its own user's word, whatever server is
 * there. From the accept on, either end's page may be loaded anew: the call goes on with new keys, and nothing rings or counts down. It keeps nothing when
 * it is over but why it ended.
 */

import { CallState } from "./call-state.js";
import { CallMedia } from "./callmedia.js";
import { Comparing, isOfComparison } from "./comparing.js";
import { Exchange } from "./exchange.js";
import { Farewell } from "./farewell.js";
import { dropNote, keepNote, leaveNote } from "./note.js";
import { Resumption } from "./resuming.js";
import { Sending } from "./sending.js";

/** Past the server's own deadline by so much, this end stops by itself. */
export const SPARE_MS = 5_000;
const ICE_MS = 20_000;
const LOST_MS = 30_000;
/** A page that was closed doesn't come back, and nobody shall look at its last picture for long. A student gives a PIN first; the robot is dark meanwhile. */
const AWAY_MS = Object.freeze({ video: 10_000, audio: 10_000, telepresence: LOST_MS });
/** The end that says goodbye tells the server too; after this, the other end does. */
const FAREWELL_MS = 1_000;

/**
 * @typedef {import("./call-state.js").CallPhase} CallPhase
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./contents.js").Content} Content
 * @typedef {import("./note.js").Note} Note
 * @typedef {object} EndParts
 * @property {"caller" | "callee"} role
 * @property {"video" | "audio" | "telepresence"} kind
 * @property {import("./links.js").LinkRecord} contact the other end
 * @property {import("./linkbook.js").LinkBook} book
 * @property {import("./certificates.js").Certificates} certificates
 * @property {import("./socket.js").Socket} socket
 * @property {import("./timeline.js").Timeline} timeline
 * @property {() => void} changed something that a screen shows is different
 */

/** What the two ends share. Whoever begins a call gives it its id, its conversation, its media and its last word. */
export class CallEnd extends CallState {
  /** @protected */
  socket;
  /** @protected */
  changed;
  /** Whether the two hold the same keys, by six digits. */
  comparing;
  #parts;
  #farewell;
  #deadline = 0;
  #resumption;
  #sending = new Sending();
  #isAway = false;
  #since = 0; // when it was accepted, Unix time in milliseconds

  /** @param {EndParts} parts */
  constructor(parts) {
    const { role, contact, book, socket, timeline, changed } = parts;
    super({ role, contact, timeline });
    this.#parts = parts;
    this.socket = socket;
    this.changed = changed;
    this.#farewell = new Farewell(socket);
    this.comparing = new Comparing({
      ...{ call: () => this.id, role, book, peer: () => this.contact.endpoint, changed },
      say: (content) => void this.conversation.say(content),
    });
    this.#resumption = new Resumption({
      ...{ role, book, socket, peer: () => this.contact.endpoint },
      call: () => this.id,
      exchangeOf: (seal, handshake) => this.exchangeOf(seal, handshake),
      resumed: (exchange, handshake) => this.#resumed(exchange, handshake),
    });
  }

  /**
   * This conversation goes on, and media begin anew: after another handshake.
   * @protected
   * @param {Exchange} _exchange
   */
  goOn(_exchange) {
    throw new TypeError("Each end has its conversation and its media.");
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

  /** Whether the server has yet to hear that it is over. */
  get isFarewellOwed() {
    return this.#farewell.isOwed;
  }

  /** This end's stream has other tracks now, or fewer: they are sent instead. What isn't sent any more is its owner's to stop. */
  async tracksChanged() {
    await this.media.tracksChanged();
  }

  /**
   * Camera and microphone are on or off here by their user's wish: the other end of an accepted call is told, at once and on each connection that comes. For
   * apps: a device has nothing to turn off, and says nothing.
   * @param {import("./sending.js").Sends} own
   */
  tellSending(own) {
    this.#sending.choose(own);
    this.media.tellSending();
  }

  /** This page goes, and may be back at once. */
  goAway() {
    if (this.phase !== "accepted" || this.#isAway) return;
    this.#isAway = true;
    leaveNote(this.id);
    this.media.sayAway();
    this.socket.send({ t: "call.lost", call: this.id });
    this.media.close();
  }

  /**
   * This page was loaded anew, in the middle of the call that the note is of. Nothing rings and nothing counts down.
   * @param {Note} note
   */
  async resume({ handshake, since }) {
    this.phase = "accepted";
    this.timeline.mark("lost");
    this.#since = since;
    this.#keepNote(handshake);
    this.waitForPath();
    await this.#resumption.ask(handshake);
  }

  /**
   * @protected
   * @param {import("./call-seal.js").NoiseSeal} seal
   * @param {number} handshake
   */
  exchangeOf(seal, handshake) {
    const send = (/** @type {Message} */ message) => void this.socket.send(message);
    return new Exchange({ call: this.id, seal, send, received: (content) => this.hear(content), handshake });
  }

  /**
   * `verified`: by this end's own record. `before`: whose place it takes, in an accepted call. `isBack`: the call had a path before.
   * @protected
   * @param {{verified: boolean, local: Promise<MediaStream>, before?: CallMedia | null, isBack?: boolean,
   *   overheard?: (word: import("./control/words.js").Said) => void}} told
   */
  mediaOf({ verified, local, before = null, isBack = before !== null, overheard = () => {} }) {
    const { role, kind, socket, timeline, certificates } = this.#parts;
    /** @type {import("./callmedia.js").MediaEvents} */
    const events = {
      say: (content) => void this.conversation.say(content),
      connected: () => this.#pathStands(),
      lost: () => (this.waitForPath(), this.changed()),
      failed: () => this.leave("ice_failed"),
      unverified: () => this.leave("peer_not_verified"),
      bye: (reason) => this.otherLeft(reason),
      unwanted: () => this.leave("declined"),
      away: () => this.endUnless(AWAY_MS[kind], () => this.leave("hangup")),
      overheard,
      told: () => this.changed(),
    };
    const generation = before && role === "caller" ? before.generation + 1 : 0; // a caller that was loaded anew begins at 0
    const sending = this.#sending;
    const media = new CallMedia({ call: this.id, role, media: kind, verified, local, socket, timeline, certificates, events, sending, generation, isBack });
    if (before) media.useIceServers(before.iceServers);
    return media;
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
        if (!this.isOver && !(await this.#resumption.take(message))) await this.conversation.take(message);
        return true;
      case "call.resume":
      case "call.resumed":
        if (this.phase === "accepted") await this.#resumption.hear(message);
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
    if (this.#farewell.isOwed) void this.sayFarewell();
    if (this.isOver) return false;
    if (this.isJoined) {
      this.#resumption.returned();
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
    else if (isOfComparison(content)) this.phase === "accepted" && void this.comparing.take(content);
    else if (content.t !== "here") this.media.take(content);
  }

  /** Whatever the server has yet to hear; at once, if there is a connection. */
  async sayFarewell() {
    await this.#farewell.say();
    if (!this.#farewell.isOwed) this.conversation.close();
  }

  /**
   * The word was said, or heard: media may flow.
   * @protected
   */
  begin() {
    this.phase = "accepted";
    this.timeline.mark("accepted");
    this.#since = Date.now();
    this.#keepNote(0);
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
    void told.finally(() => this.sayFarewell());
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
    setTimeout(() => this.sayFarewell(), FAREWELL_MS);
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
    this.cause = reason === "ice_failed" ? this.media.cause : null;
    clearTimeout(this.#deadline);
    dropNote(this.id);
    this.#resumption.stop();
    this.timeline.mark("ended");
    this.withdraw();
    this.media.close();
    if (!this.#farewell.isOwed) this.conversation.close();
    this.changed();
  }

  /** @param {number} handshake the newest that was agreed on */
  #keepNote(handshake) {
    keepNote({ call: this.id, peer: this.contact.endpoint, role: this.role, handshake, since: this.#since });
  }

  /**
   * Another handshake is through: the old connection is nothing to the new one. Nothing counts down anew.
   * @param {Exchange} exchange
   * @param {number} handshake
   */
  #resumed(exchange, handshake) {
    if (this.isOver) return exchange.close();
    if (this.path !== "lost") this.timeline.mark("lost");
    this.renewals += 1;
    this.conversation.close();
    this.media.retire();
    this.goOn(exchange);
    this.#keepNote(handshake);
    this.media.accept();
    this.waitForPath();
    this.changed();
  }

  #pathStands() {
    if (this.phase === "accepted") clearTimeout(this.#deadline);
    this.changed();
  }
}
