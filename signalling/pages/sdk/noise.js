/**
 * The Noise Protocol Framework, revision 34, for exactly three patterns with 25519, AESGCM and SHA256: the JavaScript twin of
 * `client_sim.sealed.noise`, in the same words.
 *
 * KK seals calls, NNpsk0 pairing, K the keys of posts. Names are the specification's: §5 the three states, §7 patterns, §9 pre-shared keys, §12
 * functions. A handshake never changes: each message gives the next handshake, so a message that does not open has changed nothing. No payload
 * ever goes out in clear, a number is used once under a key, and private keys are WebCrypto keys that can't be taken out.
 */

import { utf8 } from "./encoding.js";

export const KEY_BYTES = 32;
export const TAG_BYTES = 16;
/** What a handshake message adds to its payload: the ephemeral key and the tag. */
export const OVERHEAD_BYTES = KEY_BYTES + TAG_BYTES;
const X25519 = "X25519";
const NOTHING = new Uint8Array();

/** A message does not open: damaged, forged, cut short, or made with other keys or another prologue. */
export class NoiseError extends Error {}

/**
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {{privateKey: CryptoKey, publicKey: Bytes}} KeyPair
 * @typedef {{protocolName: string, statics: boolean, psk: boolean, messages: readonly (readonly string[])[]}} Pattern
 */

/** The closed list: name, whether both static keys are known beforehand, each message's tokens (§7.4, §7.5, §9). */
export const PATTERNS = Object.freeze({
  KK: pattern("KK", true, [["e", "es", "ss"], ["e", "ee", "se"]]),
  NNPSK0: pattern("NNpsk0", false, [["psk", "e"], ["e", "ee"]]),
  K: pattern("K", true, [["e", "es", "ss"]]),
});

/** One key and one direction (§5.1). It encrypts in order; it decrypts in order, or under a number given (§11.4). */
export class CipherState {
  #key;
  #n = 0;

  /** @param {CryptoKey} key */
  constructor(key) {
    this.#key = key;
  }

  /** @param {Bytes} bytes 32 of them, overwritten */
  static async of(bytes) {
    const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    bytes.fill(0);
    return new CipherState(key);
  }

  /** The number that is used next. */
  get n() {
    return this.#n;
  }

  /**
   * Encrypts under the next number, which is then spent.
   * @param {Bytes} ad
   * @param {Bytes} plaintext
   * @returns {Promise<Bytes>}
   */
  async encryptWithAd(ad, plaintext) {
    const algorithm = parameters(this.#n++, ad);
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, this.#key, plaintext));
  }

  /**
   * Decrypts what was sealed under `n` and moves nothing.
   * @param {number} n
   * @param {Bytes} ad
   * @param {Bytes} ciphertext
   * @returns {Promise<Bytes>}
   * @throws {NoiseError}
   */
  async decryptAt(n, ad, ciphertext) {
    const algorithm = parameters(n, ad);
    try {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, this.#key, ciphertext));
    } catch {
      throw new NoiseError("The message doesn't open.");
    }
  }
}

/** What both ends have mixed so far (§5.2). */
class SymmetricState {
  /**
   * @param {Bytes} h hash of everything said: two ends that heard different things have different ones
   * @param {Bytes} ck
   * @param {Bytes | null} key
   */
  constructor(h, ck, key = null) {
    this.h = h;
    this.ck = ck;
    this.key = key;
  }

  /** @param {Bytes} inputKeyMaterial */
  async mixKey(inputKeyMaterial) {
    const [ck, key] = await hkdf(this.ck, inputKeyMaterial, 2);
    return new SymmetricState(this.h, ck, key);
  }

  /** @param {Bytes} data */
  async mixHash(data) {
    const h = new Uint8Array(await crypto.subtle.digest("SHA-256", joined(this.h, data)));
    return new SymmetricState(h, this.ck, this.key);
  }

  /** @param {Bytes} inputKeyMaterial the pre-shared key */
  async mixKeyAndHash(inputKeyMaterial) {
    const [ck, h, key] = await hkdf(this.ck, inputKeyMaterial, 3);
    return new SymmetricState(this.h, ck, key).mixHash(h);
  }

  /**
   * In these patterns a key was just mixed before each payload, so its number is 0.
   * @param {Bytes} plaintext
   */
  async encryptAndHash(plaintext) {
    const ciphertext = await (await this.#keyed()).encryptWithAd(this.h, plaintext);
    return { symmetric: await this.mixHash(ciphertext), ciphertext };
  }

  /**
   * @param {Bytes} ciphertext
   * @throws {NoiseError}
   */
  async decryptAndHash(ciphertext) {
    const plaintext = await (await this.#keyed()).decryptAt(0, this.h, ciphertext);
    return { symmetric: await this.mixHash(ciphertext), plaintext };
  }

  /** What the initiator seals with, and what the responder seals with. */
  async split() {
    const keys = await hkdf(this.ck, NOTHING, 2);
    return Promise.all(keys.map((key) => CipherState.of(key)));
  }

  #keyed() {
    if (this.key === null) throw new TypeError("No payload goes out, or is taken, in clear.");
    return CipherState.of(this.key.slice());
  }
}

/**
 * @typedef {object} At where a handshake stands
 * @property {Pattern} pattern
 * @property {boolean} initiator
 * @property {SymmetricState} symmetric
 * @property {KeyPair} [s]
 * @property {Bytes} [rs]
 * @property {Bytes} psk
 * @property {() => Promise<KeyPair>} generate
 * @property {KeyPair} [e]
 * @property {Bytes} [re]
 * @property {number} messagesDone
 */

/** A handshake as far as it has come (§5.3). `beginHandshake` makes the first. */
export class HandshakeState {
  #at;

  /** @param {At} at */
  constructor(at) {
    this.#at = at;
  }

  /** Whether every message of the pattern went through. */
  get complete() {
    return this.#at.messagesDone === this.#at.pattern.messages.length;
  }

  /** Hash of everything said (§11.2). */
  get handshakeHash() {
    return this.#at.symmetric.h;
  }

  /**
   * §5.3 WriteMessage: the next handshake, and the message.
   * @param {Bytes} payload
   * @throws {NoiseError} where the other end's key is none
   */
  async writeMessage(payload) {
    const tokens = this.#tokens(true);
    const e = await this.#at.generate();
    const after = { ...this.#at, e, messagesDone: this.#at.messagesDone + 1 };
    const { symmetric, ciphertext } = await (await mixed(after, tokens, e.publicKey)).encryptAndHash(payload);
    return { handshake: new HandshakeState({ ...after, symmetric }), message: joined(e.publicKey, ciphertext) };
  }

  /**
   * §5.3 ReadMessage: the next handshake, and the payload.
   * @param {Bytes} message
   * @throws {NoiseError}
   */
  async readMessage(message) {
    const tokens = this.#tokens(false);
    if (message.length < OVERHEAD_BYTES) throw new NoiseError("The message is too short.");
    const re = message.slice(0, KEY_BYTES);
    const after = { ...this.#at, re, messagesDone: this.#at.messagesDone + 1 };
    const { symmetric, plaintext } = await (await mixed(after, tokens, re)).decryptAndHash(message.slice(KEY_BYTES));
    return { handshake: new HandshakeState({ ...after, symmetric }), payload: plaintext };
  }

  /** After the last message: what this end seals with, and what it opens with. */
  async transport() {
    if (!this.complete) throw new TypeError("The handshake is not through.");
    const [first, second] = await this.#at.symmetric.split();
    return this.#at.initiator ? { sending: first, receiving: second } : { sending: second, receiving: first };
  }

  /** @param {boolean} writes */
  #tokens(writes) {
    const { initiator, messagesDone, pattern } = this.#at;
    if (this.complete || writes !== (initiator === (messagesDone % 2 === 0))) {
      throw new TypeError("That message is not this end's to write or read now.");
    }
    return pattern.messages[messagesDone];
  }
}

/**
 * §5.3 Initialize. KK and K take this end's static key pair `s` and the other end's public `rs`, NNpsk0 a 32-byte `psk`. `generate` makes the
 * ephemeral keys; only tests give another.
 * @param {Pattern} pattern
 * @param {{initiator: boolean, prologue: Bytes, s?: KeyPair, rs?: Bytes, psk?: Bytes, generate?: () => Promise<KeyPair>}} how
 */
export async function beginHandshake(pattern, { initiator, prologue, s, rs, psk = NOTHING, generate = newKeyPair }) {
  if ((s !== undefined) !== pattern.statics || (rs !== undefined) !== pattern.statics) throw new TypeError("The pattern takes other static keys.");
  if (psk.length !== (pattern.psk ? KEY_BYTES : 0)) throw new TypeError("NNpsk0 takes a key of 32 bytes, the other patterns none.");
  if (s?.privateKey.extractable) throw new TypeError("A private key must not be extractable.");
  const h = new Uint8Array(KEY_BYTES);
  h.set(utf8(pattern.protocolName));
  let symmetric = await new SymmetricState(h, h).mixHash(prologue);
  if (s && rs) {
    for (const key of initiator ? [s.publicKey, rs] : [rs, s.publicKey]) symmetric = await symmetric.mixHash(key);
  }
  return new HandshakeState({ pattern, initiator, symmetric, s, rs, psk, generate, messagesDone: 0 });
}

/**
 * A new X25519 key pair; the private key can't be taken out.
 * @returns {Promise<KeyPair>}
 */
export async function newKeyPair() {
  const pair = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(X25519, false, ["deriveBits"]));
  return { privateKey: pair.privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

/**
 * §12.1 DH.
 * @param {CryptoKey} privateKey
 * @param {Bytes} publicKey
 * @returns {Promise<Bytes>}
 * @throws {NoiseError} for a key whose agreement is all zero: it would agree with everybody
 */
export async function agreed(privateKey, publicKey) {
  let shared;
  try {
    const theirs = await crypto.subtle.importKey("raw", publicKey, X25519, false, []);
    shared = new Uint8Array(await crypto.subtle.deriveBits({ name: X25519, public: theirs }, privateKey, 8 * KEY_BYTES));
  } catch {
    shared = new Uint8Array(KEY_BYTES);
  }
  if (shared.every((byte) => byte === 0)) throw new NoiseError("A key of small order is nobody's.");
  return shared;
}

/**
 * Each field as UTF-8 behind its length (four bytes, big endian): text that reads one way only.
 * @param {(string | number)[]} fields numbers as decimal text
 */
export function lengthPrefixed(...fields) {
  const parts = fields.map((field) => utf8(String(field)));
  return joined(...parts.flatMap((part) => [bigEndian(part.length), part]));
}

/**
 * @param {At} at
 * @param {readonly string[]} tokens
 * @param {Bytes} ephemeral
 */
async function mixed(at, tokens, ephemeral) {
  let { symmetric } = at;
  for (const token of tokens) {
    if (token === "psk") {
      symmetric = await symmetric.mixKeyAndHash(at.psk);
    } else if (token === "e") {
      symmetric = await symmetric.mixHash(ephemeral);
      if (at.pattern.psk) symmetric = await symmetric.mixKey(ephemeral);
    } else {
      symmetric = await symmetric.mixKey(await agreedFor(at, token));
    }
  }
  return symmetric;
}

/**
 * `es` is the initiator's e with the responder's s, whichever end this is.
 * @param {At} at
 * @param {string} token
 */
function agreedFor(at, token) {
  const [initiators, responders] = token;
  const [mine, others] = at.initiator ? [initiators, responders] : [responders, initiators];
  const own = mine === "e" ? at.e : at.s;
  const theirs = others === "e" ? at.re : at.rs;
  if (!own || !theirs) throw new TypeError("The pattern says which keys are there.");
  return agreed(own.privateKey, theirs);
}

/**
 * §4.3, which is RFC 5869 with the chaining key as salt and no info.
 * @param {Bytes} ck
 * @param {Bytes} inputKeyMaterial
 * @param {number} outputs
 */
async function hkdf(ck, inputKeyMaterial, outputs) {
  const key = await crypto.subtle.importKey("raw", inputKeyMaterial, "HKDF", false, ["deriveBits"]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: ck, info: NOTHING };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * KEY_BYTES * outputs));
  return Array.from({ length: outputs }, (_, at) => bits.slice(at * KEY_BYTES, (at + 1) * KEY_BYTES));
}

/**
 * §12.3: four zero bytes, then the number in eight bytes, big endian. JavaScript counts exactly to 2**53, which no call comes near.
 * @param {number} n
 * @param {Bytes} ad
 */
function parameters(n, ad) {
  if (!Number.isSafeInteger(n) || n < 0) throw new NoiseError("No number is left under this key.");
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setBigUint64(4, BigInt(n));
  return { name: "AES-GCM", iv, additionalData: ad, tagLength: 8 * TAG_BYTES };
}

/** @param {number} length */
function bigEndian(length) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

/** @param {Bytes[]} parts */
function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {string} label
 * @param {boolean} statics
 * @param {string[][]} messages
 * @returns {Pattern}
 */
function pattern(label, statics, messages) {
  return Object.freeze({ protocolName: `Noise_${label}_25519_AESGCM_SHA256`, statics, psk: !statics, messages });
}
