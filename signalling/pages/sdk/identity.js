/**
 * Who this endpoint is: an Ed25519 key that signs, and can't be taken out of the browser again.
 *
 * The private key is a non-extractable WebCrypto key. Nothing here prints, sends or keeps its bytes.
 */

import { base64url, endpointId, fromBase64url } from "./encoding.js";
import { bytesOf, identityKeyOf, KeyRefused } from "./public-keys.js";

export { KeyRefused };

const ALGORITHM = "Ed25519";
/** RFC 8410 §7: the head of a PKCS #8 private key, before the 32 bytes of the seed. */
const PKCS8_HEAD = new Uint8Array([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]);

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
 * Another endpoint's identity key, looked at.
 * @param {string} text 32 bytes, base64url
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {KeyRefused}
 */
export function identityKey(text) {
  return identityKeyOf(bytesOf(text));
}
