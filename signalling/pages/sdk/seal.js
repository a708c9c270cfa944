/**
 * What a call's two ends say to each other, as boxes. This is the one file that knows that boxes are plain for now.
 *
 * A seal lives as long as one handshake of one call: the caller is the initiator, `ring` is message 1 and `join` message 2; after the two, every
 * box carries its own number, so boxes open in whatever order they come. Plaintext is bytes, a box is base64url text. It must never be used
 * between real people.
 */

import { base64url, fromBase64url } from "./encoding.js";

/** Bytes of one content. */
export const CONTENT_BYTES = 16 * 1024;
const BRACE = 0x7b;

/** A box doesn't open: damaged, forged, of another call, or under another number. It never says what was in it. */
export class BoxError extends Error {}

/**
 * What both ends must agree on before anything opens: Noise's prologue, without the version.
 * @typedef {{call: string, caller: string, callee: string, callerKey: number, calleeKey: number, handshake: number}} Binding
 */

/** Boxes of base64url, which anybody can open, until Noise KK takes this class's place behind the same methods. */
export class PlainSeal {
  /** @type {Set<number>} */
  #sealed = new Set();
  #complete = false;

  /**
   * @param {Binding} binding
   * @param {"caller" | "callee"} role
   */
  constructor(binding, role) {
    this.binding = binding;
    this.role = role;
  }

  /**
   * Caller: message 1 around `ring`.
   * @param {Uint8Array} content
   * @returns {Promise<string>}
   */
  async writeFirst(content) {
    this.#mustBe("caller");
    return base64url(content);
  }

  /**
   * Callee: what message 1 holds.
   * @param {string} box
   * @returns {Promise<Uint8Array>}
   * @throws {BoxError}
   */
  async readFirst(box) {
    this.#mustBe("callee");
    return opened(box);
  }

  /**
   * Callee: message 2 around `join`; from now on it may seal.
   * @param {Uint8Array} content
   * @returns {Promise<string>}
   */
  async writeSecond(content) {
    this.#mustBe("callee");
    this.#complete = true;
    return base64url(content);
  }

  /**
   * Caller: what message 2 holds; from now on it may seal.
   * @param {string} box
   * @returns {Promise<Uint8Array>}
   * @throws {BoxError}
   */
  async readSecond(box) {
    this.#mustBe("caller");
    const content = opened(box);
    this.#complete = true;
    return content;
  }

  /**
   * A box under `seq`, which must never be used again: a resend repeats the box.
   * @param {number} seq
   * @param {Uint8Array} content
   * @returns {Promise<string>}
   */
  async seal(seq, content) {
    if (!this.#complete) throw new TypeError("Nothing is sealed before the handshake is through.");
    if (this.#sealed.has(seq)) throw new TypeError("A number is sealed once.");
    this.#sealed.add(seq);
    return base64url(content);
  }

  /**
   * What the other end sealed under `seq`.
   * @param {number} seq
   * @param {string} box
   * @returns {Promise<Uint8Array>}
   * @throws {BoxError} and changes nothing then
   */
  async open(seq, box) {
    if (!this.#complete || seq < 0) throw new BoxError("No box opens before the handshake is through.");
    return opened(box);
  }

  /** @param {"caller" | "callee"} role */
  #mustBe(role) {
    if (this.role !== role) throw new TypeError(`Only the ${role} does that.`);
  }
}

/** @param {string} box */
function opened(box) {
  let content;
  try {
    content = fromBase64url(box);
  } catch {
    content = new Uint8Array();
  }
  if (content[0] !== BRACE || content.length > CONTENT_BYTES) throw new BoxError("The box doesn't open.");
  return content;
}
