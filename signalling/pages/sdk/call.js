/**
 * A call that this endpoint places, from the press of the button to the last trace: the caller's side of
 * docs/reference/protocol.md §4 to §7.
 *
 * Media start only on `accepted` inside a box. Where the other end has a newer key, it is learnt and rung once more, under another call id, and nobody
 * needs to notice. It stops at once on a goodbye from the other end, on `call.ended`, and on its own user's word,
 * whatever server is there. It keeps nothing when it is over but why it ended.
 */

import { Attempt } from "./attempt.js";
import { CallMedia } from "./callmedia.js";
import { Farewell, farewell } from "./farewell.js";
import { LIFETIME_MS } from "./invite.js";
import { Refused } from "./socket.js";

/** Past the server's own deadline by so much, this end stops by itself. */
const SPARE_MS = 5_000;
const ICE_MS = 20_000;
const LOST_MS = 30_000;
/** The end that says goodbye tells the server too; after this, the other end does. */
const FAREWELL_MS = 1_000;

/**
 * @typedef {"inviting" | "ringing" | "joined" | "accepted" | "ended"} CallPhase
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {object} Parts
 * @property {LinkRecord} contact
 * @property {import("./linkbook.js").LinkBook} book
 * @property {(endpoints: string[]) => Promise<void>} fetchKeys takes the newest statements of these endpoints into the book
 * @property {import("./certificates.js").Certificates} certificates
 * @property {"video" | "audio" | "telepresence"} media
 * @property {Promise<MediaStream>} local camera and microphone; a refusal ends the call
 * @property {(word: import("./control/words.js").Said) => void} [overheard] what the other end says on a data channel once it has accepted
 * @property {import("./socket.js").Socket} socket
 * @property {import("./timeline.js").Timeline} timeline
 * @property {() => void} changed something that a screen shows is different
 */

/** The caller's end of one call. */
export class OutgoingCall {
  /** @type {CallPhase} */
  phase = "inviting";
  /** Whether the other end can't be reached at the moment; it may still come back while it rings. */
  away = false;
  /**
   * When the other end will answer by itself, as `performance.now()` tells; null while that isn't known.
   * @type {number | null}
   */
  answersAt = null;
  /**
   * Why it ended: a reason of the protocol, an error code, or `no_camera`.
   * @type {string | null}
   */
  reason = null;
  #parts;
  /** @type {Attempt} */
  #attempt;
  /** @type {CallMedia} */
  #media;
  #farewell;
  #isSecond = false;
  /** Between two attempts: the first is over, and nobody hears of it. */
  #isBetween = false;
  #deadline = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#farewell = new Farewell(parts.socket);
    this.#attempt = this.#begun();
    this.#media = this.#mediaOf(this.#attempt);
  }

  /** Whose messages these are. A second attempt has another. */
  get id() {
    return this.#attempt.id;
  }

  /** Whether this end's own record of the other says so. */
  get verified() {
    return this.#attempt.verified;
  }

  /** Whom it is to. */
  get contact() {
    return this.#parts.contact;
  }

  get timeline() {
    return this.#parts.timeline;
  }

  /** What the other end sends; null until it accepted. */
  get remote() {
    return this.#media.remote;
  }

  /** Whether media can go: `waiting`, `connected` or `lost`. */
  get path() {
    return this.#media.path;
  }

  /** How the next hello names this call, or null. A join may be on its way, so one that only rings is named as joined. */
  get named() {
    if (this.phase === "ended" || this.#isBetween) return null;
    const phase = this.phase === "accepted" ? /** @type {const} */ ("accepted") : /** @type {const} */ ("joined");
    return { call: this.id, peer: this.contact.endpoint, role: /** @type {const} */ ("caller"), phase };
  }

  get #isOver() {
    return this.phase === "ended";
  }

  get #isJoined() {
    return this.phase === "joined" || this.phase === "accepted";
  }

  /** Ring, while the camera starts. */
  async start() {
    this.timeline.mark("pressed");
    this.#parts.local.catch(() => this.#leave("no_camera", "cancelled"));
    await this.#rings();
  }

  /**
   * The user hangs up, or gives up ringing; or the call must not go on, for another reason of the protocol.
   * @param {string} [reason]
   */
  hangUp(reason = "hangup") {
    this.#leave(this.phase === "accepted" ? reason : "cancelled");
  }

  /**
   * Say something to the other end on a data channel; false where it can't be said now.
   * @param {import("./control/words.js").Channel} channel
   * @param {import("./control/words.js").Said} word
   */
  say(channel, word) {
    return this.#media.say(channel, word);
  }

  /** The session is new, or the other end's is: say again what the server and that end may not know. */
  returned() {
    if (this.#farewell.isOwed) void this.#sayFarewell();
    else if (this.phase === "inviting" || this.phase === "ringing") void this.#ring();
    else if (this.phase !== "ended") {
      this.#attempt.returned();
      void this.#media.tellConnected();
    }
  }

  /** @param {Message} message one that names this call */
  async take(message) {
    if (this.#isBetween) return;
    if (message.t === "call.erased") {
      this.timeline.markOnce("erased");
    } else if (message.t === "call.ended") {
      this.#farewell.settle();
      if (message.reason === "stale_key" && !this.#isSecond && !this.#isJoined) await this.#ringAgain();
      else this.#finish(message.reason);
    } else if (this.phase !== "ended") {
      await this.#takeAlive(message);
    }
    this.#parts.changed();
  }

  /** @param {Message} message */
  async #takeAlive(message) {
    switch (message.t) {
      case "call.progress":
        if (message.state === "ringing") this.#ringing(message.answers_in_ms);
        break;
      case "call.wanted":
        await this.#ring();
        break;
      case "call.joined":
        await this.#joined(message);
        break;
      case "box":
        await this.#attempt.take(message);
        break;
      case "call.peer":
        if (message.present) this.returned();
        break;
      case "ice.refresh":
        this.#media.useIceServers(message.ice_servers);
    }
  }

  #begun() {
    const { contact, book, media, socket } = this.#parts;
    return new Attempt({ contact, book, media, socket, received: (content) => this.#hear(content) });
  }

  /** @param {Attempt} attempt */
  #mediaOf(attempt) {
    const { media, local, socket, timeline, certificates, changed } = this.#parts;
    const events = {
      /** @param {import("./contents.js").Content} content */
      say: (content) => void attempt.say(content),
      connected: () => this.#pathStands(),
      lost: () => (this.#endUnless(LOST_MS, "lost_network"), changed()),
      failed: () => this.#leave("ice_failed"),
      unverified: () => this.#leave("peer_not_verified"),
      /** @param {string} reason */
      bye: (reason) => this.#otherLeft(reason),
      overheard: this.#parts.overheard ?? (() => undefined),
    };
    const { id: call, verified } = attempt;
    return new CallMedia({ call, role: "caller", media, verified, local, socket, timeline, certificates, events });
  }

  async #rings() {
    this.#endUnless(LIFETIME_MS + SPARE_MS, "no_answer");
    await this.#ring();
  }

  /** The other end no longer has the key that this ring was sealed to: learn its new one, and ring once more. */
  async #ringAgain() {
    this.#isSecond = true;
    this.#attempt.close();
    this.#media.retire();
    this.phase = "inviting";
    this.answersAt = null;
    this.#isBetween = true;
    await this.#parts.fetchKeys([this.contact.endpoint]);
    this.#isBetween = false;
    if (this.#isOver) return;
    this.#attempt = this.#begun();
    this.#media = this.#mediaOf(this.#attempt);
    await this.#rings();
  }

  async #ring() {
    const attempt = this.#attempt;
    try {
      const ok = await attempt.ring();
      if (!ok || this.phase === "ended" || attempt !== this.#attempt) return;
      this.timeline.markOnce("invited");
      this.away = (ok.away ?? []).includes(this.contact.endpoint);
      this.#media.useIceServers(ok.ice_servers ?? []);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      this.#finish(problem.code);
    }
    this.#parts.changed();
  }

  /** @param {number | undefined} answersInMs */
  #ringing(answersInMs) {
    this.timeline.markOnce("ringing");
    if (this.phase === "inviting") this.phase = "ringing";
    if (answersInMs !== undefined) this.answersAt = performance.now() + answersInMs;
  }

  /** @param {Message} message */
  async #joined(message) {
    if (this.#isJoined) return this.#attempt.returned();
    if (!(await this.#attempt.opens(message)) || this.phase === "ended") return;
    this.phase = "joined";
    this.timeline.markOnce("joined");
    await this.#attempt.begin();
  }

  /** @param {import("./contents.js").Content} content */
  #hear(content) {
    if (content.t === "accepted") this.#accepted();
    else if (content.t === "bye") this.#otherLeft(content.reason);
    else this.#media.take(content);
  }

  #accepted() {
    if (this.phase !== "joined") return;
    this.phase = "accepted";
    this.timeline.mark("accepted");
    this.#media.accept();
    if (this.path === "connected") clearTimeout(this.#deadline);
    else this.#endUnless(ICE_MS + SPARE_MS, "ice_failed");
    this.#parts.changed();
  }

  #pathStands() {
    if (this.phase === "accepted") clearTimeout(this.#deadline);
    this.#parts.changed();
  }

  /**
   * @param {number} ms
   * @param {string} reason
   */
  #endUnless(ms, reason) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#leave(reason), ms);
  }

  /**
   * Stop here at once, then tell the other end inside a box, then the server.
   * @param {string} reason for our own screen
   * @param {string} [said] for the other end
   */
  #leave(reason, said = reason) {
    if (this.phase === "ended") return;
    this.#farewell.owe(farewell(this.id, said, this.#isJoined));
    const told = this.#isJoined ? this.#attempt.say({ t: "bye", reason: said }) : Promise.resolve();
    this.#media.sayBye(said);
    void told.finally(() => this.#sayFarewell());
    this.#finish(reason);
  }

  /**
   * The other end said goodbye, and tells the server; if nothing comes of that, this end does.
   * @param {string} reason
   */
  #otherLeft(reason) {
    if (this.phase === "ended") return;
    this.#farewell.owe(farewell(this.id, reason, this.#isJoined));
    setTimeout(() => this.#sayFarewell(), FAREWELL_MS);
    this.#finish(reason);
  }

  async #sayFarewell() {
    await this.#farewell.say();
    if (!this.#farewell.isOwed) this.#attempt.close();
  }

  /** @param {string} reason */
  #finish(reason) {
    if (this.phase === "ended") return;
    this.phase = "ended";
    this.reason = reason;
    clearTimeout(this.#deadline);
    this.timeline.mark("ended");
    this.#attempt.withdraw();
    this.#media.close();
    if (!this.#farewell.isOwed) this.#attempt.close();
    this.#parts.changed();
  }
}
