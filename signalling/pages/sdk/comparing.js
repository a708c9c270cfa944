/**
 * Comparing a safety number in a call: both ends come to the same six digits, or to a reason why not. The JavaScript twin of `client_sim.comparing`.
 *
 * The digits prove the link only when two people have read them to each other; until they say so nothing is believed. Each comparison counts, at most three a
 * day for a link.
 */

import { SafetyNumber, SafetyNumberError } from "./safety-number.js";
import { bytesOf } from "./public-keys.js";
import { Turns } from "./turns.js";

/**
 * @typedef {import("./contents.js").Content} Content
 * @typedef {import("./contents.js").SafetyContent} SafetyContent
 */

/** Of the contents, those of a comparison. */
const CONTENTS = new Set(["safety_commit", "safety_nonce", "safety_stop"]);

/** @param {Content} content @returns {content is SafetyContent} */
export function isOfComparison(content) {
  return CONTENTS.has(content.t);
}

/** One call's. */
export class Comparing {
  /**
   * What two people said of the digits.
   * @type {"same" | "different" | null}
   */
  verdict = null;
  #parts;
  /** @type {SafetyNumber | null} */
  #attempt = null;
  /** @type {string | null} */
  #stopped = null;
  #turns = new Turns();

  /**
   * @param {object} parts
   * @param {() => string} parts.call
   * @param {"caller" | "callee"} parts.role
   * @param {import("./linkbook.js").LinkBook} parts.book
   * @param {() => string} parts.peer the other endpoint, in an accepted call
   * @param {(content: Content) => void} parts.say
   * @param {() => void} parts.changed
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Whether one is under way, or over. */
  get isBegun() {
    return this.#attempt !== null || this.#stopped !== null;
  }

  /** The six digits, once both nonces are known; null before, and where whatever was shown is taken back. */
  get number() {
    return this.#attempt?.number ?? null;
  }

  /** Why there will be none; said aloud at both ends. */
  get stopped() {
    return this.#stopped ?? this.#attempt?.stopped ?? null;
  }

  /** The caller's person wants to compare. */
  begin() {
    return this.#turns.take(() => this.#tried(async () => (await this.#fresh())?.begin() ?? null));
  }

  /**
   * What the other end said.
   * @param {SafetyContent} content
   */
  take(content) {
    return this.#turns.take(() => this.#tried(() => this.#taken(content)));
  }

  /** Two people have read the same digits to each other. */
  async same() {
    if (this.number === null) return;
    this.verdict = "same";
    await this.#parts.book.prove(this.#parts.peer());
    this.#parts.changed();
  }

  /** They have read different ones: somebody stands between them. */
  async different() {
    if (this.number === null) return;
    this.verdict = "different";
    await this.#parts.book.doubt(this.#parts.peer());
    this.#parts.changed();
  }

  /** @param {SafetyContent} content */
  async #taken(content) {
    const isAgain = this.#parts.role === "callee" && this.number !== null && content.t !== "safety_stop";
    const attempt = this.#attempt === null || isAgain ? await this.#fresh() : this.#attempt;
    return (await attempt?.take(content)) ?? null;
  }

  /**
   * @param {() => Promise<Content | null>} deed
   * @returns {Promise<void>}
   */
  async #tried(deed) {
    const { say, changed } = this.#parts;
    try {
      const answer = await deed();
      if (answer) say(answer);
    } catch (problem) {
      if (!(problem instanceof SafetyNumberError)) throw problem;
      this.#stopped = problem.reason;
      say({ t: "safety_stop", reason: problem.reason });
    }
    changed();
  }

  /** @returns {Promise<SafetyNumber | null>} null where nothing is known of the other end */
  async #fresh() {
    const { call, role, book } = this.#parts;
    const peer = this.#parts.peer();
    const record = book.link(peer);
    if (record === null) return null;
    this.#attempt = null;
    this.#stopped = null;
    this.verdict = null;
    await book.countComparison(peer);
    const [own, theirs] = [book.identity.publicKey, bytesOf(record.identity)];
    const identities = role === "caller" ? { caller: own, callee: theirs } : { caller: theirs, callee: own };
    this.#attempt = new SafetyNumber({ call: call(), ...identities }, role);
    return this.#attempt;
  }
}
