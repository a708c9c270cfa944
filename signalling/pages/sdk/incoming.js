/**
 * A call that rings here, from a ring that may be a replay to the accept: the callee's side of docs/reference/protocol.md §4. The JavaScript twin of
 * `client_sim.answering`.
 *
 * A ring alone sounds nowhere: an endpoint rung alone joins at once, and rings only after the caller's first box has opened. If none opens it never
 * sounds, declines `unreachable` and forgets. Nothing is sent, shown or played before `answer`, and nothing is described before that box.
 */

import { CallEnd } from "./call-end.js";
import { CallMedia } from "./callmedia.js";
import { Caller } from "./caller.js";
import { Exchange } from "./exchange.js";
import { calleesFarewell } from "./farewell.js";
import { Joining } from "./joining.js";
import { Resumption } from "./resuming.js";

/** From the ring: how long the caller's first box is waited for. */
const HERE_MS = 8_000;
/** A ring that sounds on its own word, because several endpoints are rung, was sent within the last minute. */
const FRESH_MS = 60_000;

/**
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {import("./manner.js").Manner} Manner
 * @typedef {object} Parts
 * @property {Message} ring
 * @property {import("./call-seal.js").NoiseSeal} seal the one that it was made for
 * @property {LinkRecord} contact what this end knows of the caller
 * @property {import("./linkbook.js").LinkBook} book
 * @property {Manner} manner
 * @property {import("./certificates.js").Certificates} certificates
 * @property {import("./socket.js").Socket} socket
 * @property {import("./timeline.js").Timeline} timeline
 * @property {() => void} changed something that a screen shows is different
 */

/** The callee's end of one call. */
export class IncomingCall extends CallEnd {
  /** Whether this end's own record of the caller says so; if not, nothing is described before the accept, and nothing answers by itself. */
  verified;
  /** Who calls, for a screen. Known before it sounds. */
  caller;
  /** How often the caller's page was loaded anew. */
  renewals = 0;
  #parts;
  #joining;
  /** @type {Exchange} */
  #exchange;
  /** @type {CallMedia} */
  #media;
  #resumption;
  #isAlone = false;
  #isShut = false;
  #hereTimer = 0;
  /** @type {(stream: Promise<MediaStream>) => void} */
  #haveLocal = () => {};
  /** @type {Promise<MediaStream>} */
  #local = new Promise((resolve) => (this.#haveLocal = resolve));

  /** @param {Parts} parts */
  constructor(parts) {
    super(parts);
    const { ring, seal, contact, book } = parts;
    this.#parts = parts;
    this.#joining = new Joining({
      call: this.id,
      seal,
      socket: parts.socket,
      lost: (reason) => this.finish(reason),
    });
    this.caller = new Caller(contact.name);
    this.verified = book.isVerified(contact.endpoint);
    this.#exchange = this.#exchangeOf(seal, 0);
    this.#media = this.#mediaOf(ring.ice_servers);
    this.#resumption = new Resumption({
      call: ring.call,
      socket: parts.socket,
      reseal: (resume) => book.reopens(resume, contact.endpoint, "callee"),
      exchangeOf: (again, handshake) => this.#exchangeOf(again, handshake),
      resumed: (exchange) => this.#resumed(exchange),
    });
  }

  /** @override */
  get id() {
    return /** @type {string} */ (this.#parts.ring.call);
  }

  /** Who calls, as this end's own record has it. */
  get contact() {
    return this.#parts.contact;
  }

  /** What this end sends, once it has sounded. */
  get local() {
    return this.#local;
  }

  /** @override */
  get conversation() {
    return this.#exchange;
  }

  /** @override */
  get media() {
    return this.#media;
  }

  /** @override */
  get isJoined() {
    return this.#joining.isMade;
  }

  /** How the next hello names this call, or null. */
  get named() {
    if (this.isOver || !this.isJoined) return null;
    const phase = this.phase === "accepted" ? /** @type {const} */ ("accepted") : /** @type {const} */ ("joined");
    return { call: this.id, peer: this.contact.endpoint, role: /** @type {const} */ ("callee"), phase };
  }

  /**
   * Look at the ring.
   * @param {string | null} declines why it is turned away unheard, or null
   */
  async start(declines) {
    const { ring } = this.#parts;
    this.timeline.mark("invited");
    this.endUnless(ring.remaining_ms, () => this.finish("no_answer"));
    const asked = await this.#joining.read(ring.box);
    if (this.isOver) return;
    if (asked === null || asked.media !== ring.media) return this.leave("peer_not_verified");
    const isStale = asked.rung > 1 && Math.abs(Date.now() - asked.sent_at) > FRESH_MS;
    if (declines !== null || isStale) return this.leave(declines ?? "unreachable");
    this.caller = await Caller.of(this.contact, ring.profile, asked);
    this.#isAlone = asked.rung === 1;
    if (!this.#isAlone) return this.#sound();
    this.#hereTimer = setTimeout(() => this.leave("unreachable"), HERE_MS);
    await this.#makeJoin();
  }

  /**
   * The same ring came once more: it does not ring twice. Other bytes under this id are passed over.
   * @param {Message} ring
   */
  rungAgain(ring) {
    if (this.isOver || ring.box !== this.#parts.ring.box) return;
    if (ring.ice_servers?.length) this.#media.useIceServers(ring.ice_servers);
    this.#beginAgain();
  }

  /** Take the call: where it alone is rung after it rang, elsewhere together with the join. */
  async answer() {
    if (this.phase !== "ringing") return;
    if (!this.isJoined) await this.#makeJoin();
    if (this.phase !== "ringing") return;
    const said = this.#exchange.say({ t: "accepted" });
    this.begin();
    await said; // the other end hears it first, then the server
    if (!this.isOver) this.#joining.accept();
  }

  /**
   * Decline, or hang up, as the call stands.
   * @param {string} [reason]
   */
  stop(reason = this.phase === "accepted" ? "hangup" : "declined") {
    this.leave(reason);
  }

  /** Send and play nothing for now, on whatever connection: nobody must watch unseen. */
  shut() {
    this.#isShut = true;
    this.#media.shut();
  }

  /** Send and play again. */
  reopen() {
    this.#isShut = false;
    this.#media.reopen();
  }

  /**
   * Say something to the other end on a data channel; false where it can't be said now.
   * @param {import("./control/words.js").Channel} channel
   * @param {import("./control/words.js").Said} word
   */
  say(channel, word) {
    return this.#media.say(channel, word);
  }

  /** See `saidAgain`. */
  returned() {
    if (this.saidAgain()) this.#beginAgain();
  }

  /** @param {Message} message one that names this call */
  async take(message) {
    if (message.t === "call.ring") return this.rungAgain(message);
    const isNew = message.t === "box" && !this.isOver && (await this.#resumption.take(message));
    if (!isNew && !(await this.takeShared(message)) && !this.isOver) this.#takeOwn(message);
    this.changed();
  }

  /** @param {Message} message */
  #takeOwn(message) {
    if (message.t === "call.taken" && this.phase !== "accepted") this.finish(null);
    else if (message.t === "call.resume" && this.phase === "accepted") void this.#resumption.asked(message);
    else if (message.t === "call.peer" && message.present) this.returned();
  }

  /**
   * @override
   * @param {string} reason
   */
  lastWord(reason) {
    return calleesFarewell(this.id, reason, this.phase === "accepted");
  }

  /** @override */
  withdraw() {
    clearTimeout(this.#hereTimer);
    this.#joining.stop();
    this.#haveLocal(Promise.resolve(new MediaStream())); // it never sounded: there is nothing to stop
  }

  /**
   * @override
   * @param {import("./contents.js").Content} content
   */
  hear(content) {
    if (content.t !== "here") return super.hear(content);
    this.#joining.stop();
    clearTimeout(this.#hereTimer);
    if (this.#isAlone && this.phase === "inviting") this.#sound();
  }

  async #makeJoin() {
    await this.#joining.make();
    if (this.isOver) return;
    await this.#exchange.begin();
    this.timeline.markOnce("joined");
    this.#joining.say();
  }

  #beginAgain() {
    if (this.#exchange.received === 0) this.#joining.say();
    if (this.phase === "accepted") this.#joining.accept();
    else if (this.phase === "ringing") this.#tellRinging();
  }

  #sound() {
    const { manner } = this.#parts;
    this.phase = "ringing";
    this.timeline.mark("ringing");
    this.#haveLocal(manner.open().catch(() => new MediaStream()));
    const answersInMs = manner.sounds(this);
    this.answersAt = answersInMs === null ? null : performance.now() + answersInMs;
    this.#tellRinging();
    this.changed();
  }

  #tellRinging() {
    const left = this.answersAt === null ? undefined : Math.max(0, Math.round(this.answersAt - performance.now()));
    this.socket.send({ t: "call.ringing", call: this.id, answers_in_ms: left });
  }

  /**
   * @param {import("./call-seal.js").NoiseSeal} seal
   * @param {number} handshake
   */
  #exchangeOf(seal, handshake) {
    const send = (/** @type {Message} */ message) => void this.#parts.socket.send(message);
    return new Exchange({ call: this.id, seal, send, received: (content) => this.hear(content), handshake });
  }

  /** @param {RTCIceServer[]} iceServers */
  #mediaOf(iceServers) {
    const { ring, socket, timeline, certificates, manner } = this.#parts;
    const heard = this.mediaEvents((content) => void this.#exchange.say(content));
    const events = { ...heard, overheard: (/** @type {import("./control/words.js").Said} */ word) => manner.overheard?.(this, word) };
    const media = new CallMedia({
      call: this.id,
      role: "callee",
      media: ring.media,
      verified: this.verified,
      local: this.#local,
      socket,
      timeline,
      certificates,
      events,
    });
    media.useIceServers(iceServers ?? []);
    return media;
  }

  /**
   * The caller's page was loaded anew: it has new keys, and the old connection is nothing to it. Nothing counts down anew.
   * @param {Exchange} exchange
   */
  #resumed(exchange) {
    const { iceServers } = this.#media;
    this.renewals += 1;
    this.#exchange.close();
    this.#media.retire();
    this.#exchange = exchange;
    this.#media = this.#mediaOf(iceServers);
    if (this.#isShut) this.#media.shut();
    this.#media.accept();
    this.timeline.mark("lost");
    this.waitForPath();
  }
}
