/**
 * A call that rings here, from a ring that may be a replay to the accept: the callee's side of docs/reference/protocol.md §4. The JavaScript twin of
 * `client_sim.answering`.
 *
 * A ring alone sounds nowhere: an endpoint rung alone joins at once, and rings only after the caller's first box has opened. If none opens it never
 * sounds, declines `unreachable` and forgets. Nothing is sent, shown or played before `answer`, and nothing is described before that box.
 */

import { CallEnd } from "./call-end.js";
import { Caller } from "./caller.js";
import { NOBODY_HEARS } from "./exchange.js";
import { calleesFarewell } from "./farewell.js";
import { Joining } from "./joining.js";

/** From the ring: how long the caller's first box is waited for. */
const HERE_MS = 8_000;
/** A ring that sounds on its own word, because several endpoints are rung, was sent within the last minute. */
const FRESH_MS = 60_000;

/**
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {import("./manner.js").Manner} Manner
 * @typedef {object} Parts
 * @property {Message} ring of one that an earlier page took, no more than `resumed` makes of its note
 * @property {import("./call-seal.js").NoiseSeal | null} seal the one that it was made for; null where an earlier page took it
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
  #parts;
  /**
   * Null where an earlier page did.
   * @type {Joining | null}
   */
  #joining = null;
  /**
   * Null until the first handshake is through.
   * @type {import("./exchange.js").Exchange | null}
   */
  #exchange = null;
  /** @type {import("./callmedia.js").CallMedia} */
  #media;
  #isAlone = false;
  #isShut = false;
  #isEverywhere = false;
  #hereTimer = 0;
  /** @type {(stream: Promise<MediaStream>) => void} */
  #haveLocal = () => {};
  /** @type {Promise<MediaStream>} */
  #local = new Promise((resolve) => (this.#haveLocal = resolve));

  /** @param {Parts} parts */
  constructor(parts) {
    const { ring, seal, contact, book, socket } = parts;
    super({ ...parts, role: "callee", kind: ring.media });
    this.#parts = parts;
    this.caller = new Caller(contact.name);
    this.verified = book.isVerified(contact.endpoint);
    if (seal) {
      this.#joining = new Joining({ call: this.id, seal, socket, lost: (reason) => this.finish(reason) });
      this.#exchange = this.exchangeOf(seal, 0);
    }
    this.#media = this.#mediaAfter(null);
    this.#media.useIceServers(ring.ice_servers);
  }

  /** @override */
  get id() {
    return /** @type {string} */ (this.#parts.ring.call);
  }

  /** What this end sends, once it has sounded. */
  get local() {
    return this.#local;
  }

  /** @override */
  get conversation() {
    return this.#exchange ?? NOBODY_HEARS;
  }

  /** @override */
  get media() {
    return this.#media;
  }

  /** @override */
  get isJoined() {
    return this.#joining?.isMade ?? true;
  }

  /**
   * Look at the ring.
   * @param {string | null} declines why it is turned away unheard, or null
   */
  async start(declines) {
    const { ring } = this.#parts;
    this.timeline.mark("invited");
    this.endUnless(ring.remaining_ms, () => this.finish("no_answer"));
    const asked = (await this.#joining?.read(ring.box)) ?? null;
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
    const said = this.conversation.say({ t: "accepted" });
    this.begin();
    await said; // the other end hears it first, then the server
    if (!this.isOver) this.#joining?.accept();
  }

  /**
   * See `CallEnd.resume`. Camera and microphone are opened as for any call.
   * @override
   * @param {import("./note.js").Note} note
   */
  async resume(note) {
    this.#haveLocal(this.#parts.manner.open().catch(() => new MediaStream()));
    await super.resume(note);
  }

  /** Its person says no: it rings on none of their other endpoints either. */
  decline() {
    this.#isEverywhere = true;
    this.stop("declined");
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
    if (!(await this.takeShared(message)) && !this.isOver) this.#takeOwn(message);
    this.changed();
  }

  /** @param {Message} message */
  #takeOwn(message) {
    if (message.t === "call.taken" && this.phase !== "accepted") this.finish(null);
    else if (message.t === "call.peer" && message.present) this.returned();
  }

  /**
   * @override
   * @param {string} reason
   */
  lastWord(reason) {
    const word = calleesFarewell(this.id, reason, this.phase === "accepted");
    return this.#isEverywhere && word.t === "call.decline" ? { ...word, everywhere: true } : word;
  }

  /**
   * @override
   * @param {import("./exchange.js").Exchange} exchange
   */
  goOn(exchange) {
    this.#exchange = exchange;
    this.#media = this.#mediaAfter(this.#media);
    if (this.#isShut) this.#media.shut();
  }

  /** @override */
  withdraw() {
    clearTimeout(this.#hereTimer);
    this.#joining?.stop();
    this.#haveLocal(Promise.resolve(new MediaStream())); // it never sounded: there is nothing to stop
  }

  /**
   * @override
   * @param {import("./contents.js").Content} content
   */
  hear(content) {
    if (content.t !== "here") return super.hear(content);
    this.#joining?.stop();
    clearTimeout(this.#hereTimer);
    if (this.#isAlone && this.phase === "inviting") this.#sound();
  }

  /** @param {import("./callmedia.js").CallMedia | null} before whose place it takes */
  #mediaAfter(before) {
    const { seal, manner } = this.#parts;
    const overheard = (/** @type {import("./control/words.js").Said} */ word) => manner.overheard?.(this, word);
    return this.mediaOf({ verified: this.verified, local: this.#local, before, isBack: before !== null || seal === null, overheard });
  }

  async #makeJoin() {
    await this.#joining?.make();
    if (this.isOver) return;
    await this.#exchange?.begin();
    this.timeline.markOnce("joined");
    this.#joining?.say();
  }

  #beginAgain() {
    if (this.#exchange?.received === 0) this.#joining?.say();
    if (this.phase === "accepted") this.#joining?.accept();
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
}
