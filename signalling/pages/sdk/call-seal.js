/**
 * The seal of a call: Noise KK between two agreement keys, then numbered boxes both ways. The JavaScript twin of `client_sim.sealed.call_seal`.
 *
 * Message 1 alone proves little: whoever carries it can play it again, and whoever stole the callee's key can make one. From message 2 on both ends
 * are who they say they are, and what they say stays secret if their keys are lost later. A box is sealed once; its text is the mailbox's to keep
 * and to repeat.
 */

import { base64url, fromBase64url, PROTOCOL } from "./encoding.js";
import { beginHandshake, lengthPrefixed, PATTERNS } from "./noise.js";
import { pad, unpad } from "./padding.js";
import { BoxError } from "./seal.js";
import { Turns } from "./turns.js";

const SHUT = "The box doesn't open.";

/**
 * @typedef {import("./seal.js").Binding} Binding
 * @typedef {import("./noise.js").Bytes} Bytes
 * @typedef {import("./noise.js").KeyPair} KeyPair
 * @typedef {"caller" | "callee"} Role
 * @typedef {{own: KeyPair, peer: Bytes}} CallKeys the two agreement keys of a call; `peer` is from a statement that was verified
 * @typedef {{initiator?: Role, generate?: () => Promise<KeyPair>, fillRandomly?: (bytes: Bytes) => unknown}} Options
 */

/**
 * `Noise_KK_25519_AESGCM_SHA256`. `initiator` is the end that writes message 1: the caller, and after a reload whichever end resumes. `generate` and
 * `fillRandomly` make ephemeral keys and padding; only tests give others.
 */
export class NoiseSeal {
  #binding;
  #role;
  #fillRandomly;
  /** @type {Promise<import("./noise.js").HandshakeState> | null} */
  #handshake;
  /** @type {import("./noise.js").CipherState | null} */
  #sending = null;
  /** @type {import("./noise.js").CipherState | null} */
  #receiving = null;
  #turns = new Turns();

  /**
   * @param {Binding} binding
   * @param {Role} role
   * @param {CallKeys} keys
   * @param {Options} [options]
   */
  constructor(binding, role, keys, { initiator = "caller", generate, fillRandomly } = {}) {
    this.#binding = binding;
    this.#role = role;
    this.#fillRandomly = fillRandomly;
    const prologue = callPrologue(binding, initiator);
    this.#handshake = beginHandshake(PATTERNS.KK, { initiator: role === initiator, prologue, s: keys.own, rs: keys.peer, generate });
    this.#handshake.catch(() => undefined); // whoever writes or reads first hears of it
  }

  /**
   * Initiator: message 1 around `ring`.
   * @param {Uint8Array} content
   * @returns {Promise<string>}
   * @throws {BoxError} if the other end's key is no key
   */
  writeFirst(content) {
    return this.#turns.take(() => this.#write(content));
  }

  /**
   * Responder: what message 1 holds.
   * @param {string} box
   * @returns {Promise<Uint8Array>}
   * @throws {BoxError} and changes nothing then
   */
  readFirst(box) {
    return this.#turns.take(() => this.#read(box));
  }

  /**
   * Responder: message 2 around `join`; from now on it may seal.
   * @param {Uint8Array} content
   * @returns {Promise<string>}
   * @throws {BoxError} if the other end's key is no key
   */
  writeSecond(content) {
    return this.#turns.take(() => this.#write(content));
  }

  /**
   * Initiator: what message 2 holds; from now on it may seal.
   * @param {string} box
   * @returns {Promise<Uint8Array>}
   * @throws {BoxError} and changes nothing then
   */
  readSecond(box) {
    return this.#turns.take(() => this.#read(box));
  }

  /**
   * A box under `seq`, which must never be used again: a resend repeats the box. Numbers come in their turn, from 0.
   * @param {number} seq
   * @param {Uint8Array} content
   * @returns {Promise<string>}
   */
  seal(seq, content) {
    return this.#turns.take(() => this.#sealNow(seq, content));
  }

  /**
   * What the other end sealed under `seq`.
   * @param {number} seq
   * @param {string} box
   * @returns {Promise<Uint8Array>}
   * @throws {BoxError} and changes nothing then
   */
  async open(seq, box) {
    if (!this.#receiving) throw new BoxError(SHUT);
    const author = this.#role === "caller" ? "callee" : "caller";
    try {
      return await unpad(await this.#receiving.decryptAt(seq, boxData(this.#binding, author, seq), boxBytes(box)));
    } catch {
      throw new BoxError(SHUT);
    }
  }

  /**
   * @param {number} seq
   * @param {Uint8Array} content
   */
  async #sealNow(seq, content) {
    if (!this.#sending || seq !== this.#sending.n) {
      throw new TypeError("A number is sealed once and in its turn, after the handshake.");
    }
    const padded = await pad(content, this.#fillRandomly);
    return base64url(await this.#sending.encryptWithAd(boxData(this.#binding, this.#role, seq), padded));
  }

  /** @param {Uint8Array} content */
  async #write(content) {
    if (!this.#handshake) throw new TypeError("The handshake is through.");
    const before = await this.#handshake;
    const { handshake, message } = await before.writeMessage(await pad(content, this.#fillRandomly)).catch(asBoxError);
    await this.#moveOn(handshake);
    return base64url(message);
  }

  /** @param {string} box */
  async #read(box) {
    if (!this.#handshake) throw new BoxError(SHUT);
    const before = await this.#handshake;
    const sealed = boxBytes(box);
    const { handshake, payload } = await before.readMessage(sealed).catch(asBoxError);
    const content = await unpad(payload).catch(asBoxError);
    await this.#moveOn(handshake);
    return content;
  }

  /** @param {import("./noise.js").HandshakeState} handshake */
  async #moveOn(handshake) {
    if (!handshake.complete) {
      this.#handshake = Promise.resolve(handshake);
      return;
    }
    const { sending, receiving } = await handshake.transport();
    this.#sending = sending;
    this.#receiving = receiving;
    this.#handshake = null; // its keys are not needed any more, and must not be there to be found
  }
}

/**
 * What both ends must agree on before anything opens, ids in the order of their roles.
 * @param {Binding} binding
 * @param {Role} initiator
 */
export function callPrologue({ call, caller, callee, callerKey, calleeKey, handshake }, initiator) {
  return lengthPrefixed(PROTOCOL, call, caller, callee, initiator, callerKey, calleeKey, handshake);
}

/**
 * The associated data of a box: it opens in its call, handshake, direction and place, and nowhere else.
 * @param {Binding} binding
 * @param {Role} author
 * @param {number} seq
 */
export function boxData({ call, handshake }, author, seq) {
  return lengthPrefixed(PROTOCOL, call, handshake, author, seq);
}

/**
 * The bytes of a box's text, in the one spelling they have.
 * @param {string} text
 * @throws {BoxError}
 */
export function boxBytes(text) {
  try {
    const sealed = fromBase64url(text);
    if (sealed.length > 0 && base64url(sealed) === text) return sealed;
  } catch {
    // said below
  }
  throw new BoxError(SHUT);
}

/**
 * @param {unknown} problem
 * @returns {never}
 */
function asBoxError(problem) {
  if (problem instanceof TypeError) throw problem;
  throw new BoxError(SHUT);
}
