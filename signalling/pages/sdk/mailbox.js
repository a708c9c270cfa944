/**
 * Boxes that arrive once and in order, whatever happens to sockets and servers between the two ends
 * (docs/reference/protocol.md §5.1).
 *
 * The JavaScript twin of `client_sim.mailbox`: both pass the same golden sequences. It knows no socket and no clock: `now` is an argument and
 * what to send is returned. A box is sealed once and its bytes are kept; a resend repeats them, because sealing twice under one number would give
 * the key away.
 */

import { BoxError } from "./seal.js";

/** Boxes unacknowledged at a time, and boxes held that came too early. */
export const WINDOW = 64;
/** Contents that may wait for the window; a call that has more to say than this is broken. */
export const WAITING = 256;
/** Pauses before the resends of a box that nothing acknowledges; after them only a return sets it going again. */
export const RESEND_AFTER_MS = Object.freeze([1000, 2000, 4000]);
/** How long an acknowledgement waits for a box to travel on: far below the first resend. */
export const ACK_WITHIN_MS = 100;

/**
 * One `box` message, without the call it belongs to. `seq` and `box` come together or not at all.
 * @typedef {{handshake: number, ack: number, seq?: number, box?: string}} Letter
 * @typedef {{seal(seq: number, content: Uint8Array): Promise<string>, open(seq: number, box: string): Promise<Uint8Array>}} Seal
 * @typedef {{seq: number, box: string, sends: number, resendAt: number | null}} Kept
 */

/** One end of one handshake. Every method takes the present as `now`, in milliseconds of one monotonic clock. */
export class Mailbox {
  /** What went past: boxes sent, sent again, delivered, come again, not opened or beyond the window; letters of another handshake. */
  counts = { sent: 0, resent: 0, delivered: 0, repeated: 0, refused: 0, foreign: 0, acknowledgements: 0 };
  #seal;
  #handshake;
  #nextOut = 0;
  #nextIn = 0;
  /** @type {Map<number, Kept>} in the order of their numbers */
  #kept = new Map();
  /** @type {Uint8Array[]} */
  #waiting = [];
  /** @type {Map<number, Uint8Array>} */
  #held = new Map();
  /** @type {number | null} */
  #ackDue = null;
  /** @type {Promise<unknown>} sealing and opening take time: what is asked later happens later */
  #turn = Promise.resolve();

  /**
   * @param {Seal} seal
   * @param {number} [handshake]
   */
  constructor(seal, handshake = 0) {
    this.#seal = seal;
    this.#handshake = handshake;
  }

  /** Boxes delivered in order: the number that the next one must have. */
  get received() {
    return this.#nextIn;
  }

  /** Boxes that the other end has not acknowledged, those that wait for the window included. */
  get unacknowledged() {
    return this.#kept.size + this.#waiting.length;
  }

  /**
   * Send a content: resolves with the letter to send now, or none while the window is full.
   * @param {Uint8Array} content
   * @param {number} now
   * @returns {Promise<Letter[]>}
   * @throws {RangeError} past WAITING
   */
  async put(content, now) {
    if (this.#waiting.length >= WAITING) throw new RangeError("The other end acknowledges nothing, and no more contents are kept for it.");
    this.#waiting.push(content);
    return this.#inTurn(() => this.#fillWindow(now));
  }

  /**
   * What came: the contents that are now due, in order and once each, and letters that the window lets out.
   * @param {Letter} letter
   * @param {number} now
   * @returns {Promise<{contents: Uint8Array[], send: Letter[]}>}
   */
  take(letter, now) {
    return this.#inTurn(async () => {
      if (letter.handshake !== this.#handshake) {
        this.counts.foreign += 1;
        return { contents: [], send: [] };
      }
      this.#acknowledged(letter.ack);
      const { seq, box } = letter;
      const contents = seq === undefined || box === undefined ? [] : await this.#receive(seq, box, now);
      return { contents, send: await this.#fillWindow(now) };
    });
  }

  /**
   * After this end's reconnect, or word that the other end is present: every unacknowledged box again, the same bytes.
   * @param {number} now
   * @returns {Letter[]}
   */
  returned(now) {
    for (const kept of this.#kept.values()) kept.sends = 0;
    const again = Array.from(this.#kept.values(), (kept) => this.#sendAgain(kept, now));
    if (again.length === 0 && this.#nextIn > 0) again.push(this.#acknowledgement());
    return again;
  }

  /**
   * What must go out now: resends whose pause is over, and an acknowledgement that found no box to travel on.
   * @param {number} now
   * @returns {Letter[]}
   */
  due(now) {
    const due = [...this.#kept.values()].filter(({ resendAt }) => resendAt !== null && resendAt <= now);
    const letters = due.map((kept) => this.#sendAgain(kept, now));
    if (this.#ackDue !== null && this.#ackDue <= now) letters.push(this.#acknowledgement());
    return letters;
  }

  /** When to call `due`, or null while there is nothing to wait for. */
  get nextDue() {
    const times = [this.#ackDue, ...Array.from(this.#kept.values(), ({ resendAt }) => resendAt)].filter((at) => at !== null);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** @param {number} now */
  async #fillWindow(now) {
    const letters = [];
    while (this.#waiting.length > 0 && this.#kept.size < WINDOW) {
      const seq = this.#nextOut++;
      const content = /** @type {Uint8Array} */ (this.#waiting.shift());
      /** @type {Kept} */
      const kept = { seq, box: await this.#seal.seal(seq, content), sends: 0, resendAt: null };
      this.#kept.set(seq, kept);
      this.counts.sent += 1;
      letters.push(this.#send(kept, now));
    }
    return letters;
  }

  /**
   * @param {Kept} kept
   * @param {number} now
   * @returns {Letter}
   */
  #send(kept, now) {
    kept.resendAt = kept.sends < RESEND_AFTER_MS.length ? now + RESEND_AFTER_MS[kept.sends] : null;
    kept.sends += 1;
    this.#ackDue = null;
    return { handshake: this.#handshake, ack: this.#nextIn, seq: kept.seq, box: kept.box };
  }

  /**
   * @param {Kept} kept
   * @param {number} now
   */
  #sendAgain(kept, now) {
    this.counts.resent += 1;
    return this.#send(kept, now);
  }

  /** @returns {Letter} */
  #acknowledgement() {
    this.#ackDue = null;
    this.counts.acknowledgements += 1;
    return { handshake: this.#handshake, ack: this.#nextIn };
  }

  /** @param {number} ack */
  #acknowledged(ack) {
    if (ack > this.#nextOut) return;
    for (const seq of this.#kept.keys()) {
      if (seq < ack) this.#kept.delete(seq);
    }
  }

  /**
   * @param {number} seq
   * @param {string} box
   * @param {number} now
   */
  async #receive(seq, box, now) {
    if (seq < this.#nextIn || this.#held.has(seq)) {
      this.counts.repeated += 1;
      this.#ackDue ??= now + ACK_WITHIN_MS;
      return [];
    }
    const content = seq > this.#nextIn + WINDOW ? null : await this.#opened(seq, box);
    if (content === null) {
      this.counts.refused += 1;
      return [];
    }
    this.#held.set(seq, content);
    this.#ackDue ??= now + ACK_WITHIN_MS;
    const delivered = [];
    for (let next = this.#held.get(this.#nextIn); next; next = this.#held.get(this.#nextIn)) {
      this.#held.delete(this.#nextIn++);
      delivered.push(next);
    }
    this.counts.delivered += delivered.length;
    return delivered;
  }

  /**
   * @param {number} seq
   * @param {string} box
   */
  async #opened(seq, box) {
    try {
      return await this.#seal.open(seq, box);
    } catch (problem) {
      if (problem instanceof BoxError) return null;
      throw problem;
    }
  }
}
