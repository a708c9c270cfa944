/**
 * Who this endpoint is: an Ed25519 key that signs, and can't be taken out of the browser again.
 *
 * The private key is a non-extractable WebCrypto key. Nothing here prints, sends or keeps its bytes.
 */

import { base64url, endpointId, fromBase64url } from "./encoding.js";

const ALGORITHM = "Ed25519";
/** RFC 8410 §7: the head of a PKCS #8 private key, before the 32 bytes of the seed. */
const PKCS8_HEAD = new Uint8Array([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]);

/**
 * The y coordinates, without the sign bit, of every encoding of a point of small order. A key among them has a signature that holds for
 * every message, and WebCrypto takes it.
 */
const SMALL_ORDER = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

/** A key that can't be used. It never repeats the key. */
export class KeyRefused extends Error {}

/** This endpoint's key pair, and the name that follows from it. */
export class Identity {
  /**
   * @param {CryptoKey} privateKey
   * @param {Uint8Array<ArrayBuffer>} publicKey
   * @param {string} endpoint
   */
  constructor(privateKey, publicKey, endpoint) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.endpoint = endpoint;
  }

  /**
   * The identity of a 32-byte seed. The seed is overwritten.
   * @param {Uint8Array<ArrayBuffer>} seed
   * @throws {KeyRefused}
   */
  static async fromSeed(seed) {
    if (seed.length !== 32) throw new KeyRefused("An Ed25519 seed has 32 bytes.");
    const pkcs8 = new Uint8Array(PKCS8_HEAD.length + seed.length);
    pkcs8.set(PKCS8_HEAD);
    pkcs8.set(seed, PKCS8_HEAD.length);
    seed.fill(0);
    try {
      // WebCrypto derives the public key only for a key that may be exported: once, here, and then never again.
      const open = await crypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, true, ["sign"]);
      const publicKey = fromBase64url((await crypto.subtle.exportKey("jwk", open)).x ?? "", 32);
      const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, false, ["sign"]);
      return Identity.restored({ privateKey, publicKey });
    } finally {
      pkcs8.fill(0);
    }
  }

  /**
   * An identity that was kept.
   * @param {{privateKey: CryptoKey, publicKey: Uint8Array<ArrayBuffer>}} kept
   * @throws {KeyRefused}
   */
  static async restored({ privateKey, publicKey }) {
    if (privateKey.extractable) throw new KeyRefused("A kept private key must not be extractable.");
    return new Identity(privateKey, publicKey, await endpointId(publicKey));
  }

  /**
   * An Ed25519 signature (RFC 8032), base64url.
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  async sign(bytes) {
    return base64url(new Uint8Array(await crypto.subtle.sign(ALGORITHM, this.privateKey, bytes)));
  }
}

/**
 * Another endpoint's identity key, checked. Throws KeyRefused for one of small order.
 * @param {string} text 32 bytes, base64url
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function identityKey(text) {
  const key = fromBase64url(text, 32);
  const y = key.slice();
  y[31] &= 0x7f;
  const hex = Array.from(y, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (SMALL_ORDER.has(hex)) throw new KeyRefused("A key of small order is nobody's.");
  return key;
}
