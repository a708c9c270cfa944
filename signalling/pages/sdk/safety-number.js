/**
 * Safety numbers: six digits that two people read to each other in a call on a link that was only introduced. The JavaScript twin of
 * `client_sim.sealed.safety_number`.
 *
 * The caller commits to a nonce, the callee reveals its own, the caller reveals. The digits hang on both nonces and on the identities as each end believes
 * them. A coordinator in the middle must choose its nonce before it sees one, so it has one chance in a million; without the commitment it would try
 * nonces until the digits match. One object is one attempt.
 */

import { base64url, PROTOCOL } from "./encoding.js";
import { lengthPrefixed } from "./noise.js";
import { bytesOf } from "./public-keys.js";
import { Turns } from "./turns.js";

export const NONCE_BYTES = 32;
export const DIGITS = 6;
export const ATTEMPTS_A_DAY = 3;
const DAY_SECONDS = 86_400;
const PURPOSE = "safety-number";

/**
 * The call, and the identity keys (raw) as this end believes them.
 * @typedef {{call: string, caller: Bytes, callee: Bytes}} SafetyBinding
 * @typedef {import("./public-keys.js").Bytes} Bytes
 * @typedef {import("./contents.js").SafetyCommit} SafetyCommit
 * @typedef {import("./contents.js").SafetyNonce} SafetyNonce
 * @typedef {import("./contents.js").SafetyContent} SafetyContent
 * @typedef {"order" | "commitment" | "attempts"} SafetyReason
 * @typedef {"fresh" | "committed" | "revealed" | "shown" | "stopped"} Step how far an attempt has come at one end; nothing leaves `stopped`
 */

/** What may be heard, and what it leads to. `safety_stop` leads to `stopped` from everywhere, and so does all else. */
const STEPS = new Map([
  ["caller committed safety_nonce", "shown"],
  ["callee fresh safety_commit", "revealed"],
  ["callee revealed safety_nonce", "shown"],
]);

const RULES = Object.freeze({
  order: "A safety number goes commitment, nonce, nonce.",
  commitment: "The nonce is not the one that was committed to.",
  attempts: "A link has three attempts a day.",
});

/** No digits come of this attempt, which is said aloud at both ends. `reason` goes into a `safety_stop`. */
export class SafetyNumberError extends Error {
  /** @param {SafetyReason} reason */
  constructor(reason) {
    super(RULES[reason]);
    this.reason = reason;
  }
}

/**
 * One attempt at one end. The caller's begins with `begin`, the callee's with the commitment that it takes. Whoever begins or is begun with counts the
 * attempt first (`counted`).
 */
export class SafetyNumber {
  #binding;
  #role;
  #nonce;
  #commitment = "";
  #turns = new Turns();

  /**
   * @param {SafetyBinding} binding
   * @param {"caller" | "callee"} role
   * @param {(bytes: Bytes) => unknown} [fillRandomly] only tests give another
   */
  constructor(binding, role, fillRandomly = (bytes) => crypto.getRandomValues(bytes)) {
    this.#binding = binding;
    this.#role = role;
    const nonce = new Uint8Array(NONCE_BYTES);
    fillRandomly(nonce);
    this.#nonce = base64url(nonce);
    /** @type {Step} */
    this.step = "fresh";
    /** @type {string | null} the six digits, while they may be shown */
    this.number = null;
    /** @type {string | null} why there will be none */
    this.stopped = null;
  }

  /**
   * The caller: what to say first.
   * @returns {Promise<SafetyCommit>}
   */
  begin() {
    return this.#turns.take(async () => {
      if (this.#role !== "caller" || this.step !== "fresh") throw new TypeError("The caller begins, and once.");
      this.step = "committed";
      return { t: "safety_commit", commitment: await commitment(this.#binding, this.#nonce) };
    });
  }

  /**
   * What the other end said; gives what to answer.
   * @param {SafetyContent} content
   * @returns {Promise<SafetyNonce | null>}
   * @throws {SafetyNumberError} and then stands still for good
   */
  take(content) {
    return this.#turns.take(() => this.#take(content));
  }

  /**
   * @param {SafetyContent} content
   * @returns {Promise<SafetyNonce | null>}
   */
  async #take(content) {
    if (content.t === "safety_stop") {
      this.#stop(/** @type {SafetyReason} */ (content.reason));
      return null;
    }
    const step = /** @type {Step | undefined} */ (STEPS.get(`${this.#role} ${this.step} ${content.t}`));
    if (step === undefined) throw this.#stop("order");
    if (content.t === "safety_commit") this.#commitment = content.commitment;
    else await this.#show(content.nonce);
    const answers = this.step === "fresh" || this.step === "committed";
    this.step = step;
    return answers ? { t: "safety_nonce", nonce: this.#nonce } : null;
  }

  /** @param {string} nonce */
  async #show(nonce) {
    if (!isSpelledRight(nonce)) throw this.#stop("commitment");
    if (this.#role === "caller") {
      this.number = await digits(this.#binding, this.#nonce, nonce);
      return;
    }
    if ((await commitment(this.#binding, nonce)) !== this.#commitment) throw this.#stop("commitment");
    this.number = await digits(this.#binding, nonce, this.#nonce);
  }

  /** @param {SafetyReason} reason */
  #stop(reason) {
    this.step = "stopped";
    this.number = null;
    this.stopped ??= reason;
    return new SafetyNumberError(reason);
  }
}

/**
 * The attempts of the last 24 hours with one made `now`, to be kept in the link record. A clock that went back frees none.
 * @param {readonly number[]} attempts
 * @param {number} now Unix seconds
 * @throws {SafetyNumberError} where there were three
 */
export function counted(attempts, now) {
  const recent = attempts.filter((one) => one > now - DAY_SECONDS);
  if (recent.length >= ATTEMPTS_A_DAY) throw new SafetyNumberError("attempts");
  return Object.freeze([...recent, Math.floor(now)]);
}

/**
 * What the caller can't take back: 32 bytes, base64url.
 * @param {SafetyBinding} binding
 * @param {string} nonce base64url
 */
export async function commitment(binding, nonce) {
  return base64url(await hash(binding, "caller", ...identities(binding), nonce));
}

/**
 * The number of two nonces: uniform, since 256 bits leave a bias of less than one in 2**236.
 * @param {SafetyBinding} binding
 * @param {string} callers base64url
 * @param {string} callees base64url
 */
export async function digits(binding, callers, callees) {
  const bytes = await hash(binding, ...identities(binding), callers, callees);
  const number = bytes.reduce((rest, byte) => (rest * 256 + byte) % 10 ** DIGITS, 0);
  return String(number).padStart(DIGITS, "0");
}

/** @param {SafetyBinding} binding */
function identities({ caller, callee }) {
  return [base64url(caller), base64url(callee)];
}

/**
 * @param {SafetyBinding} binding
 * @param {string[]} fields
 */
async function hash({ call }, ...fields) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", lengthPrefixed(PROTOCOL, PURPOSE, call, ...fields)));
}

/** @param {string} nonce */
function isSpelledRight(nonce) {
  try {
    return bytesOf(nonce, NONCE_BYTES).length === NONCE_BYTES;
  } catch {
    return false;
  }
}
