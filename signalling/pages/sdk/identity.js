/**
 * Who this endpoint is: an Ed25519 key that signs, and can't be taken out of the browser again.
 *
 * The private key is a non-extractable WebCrypto key. Nothing here prints, sends or keeps its bytes.
 */

import { base64url, endpointId } from "./encoding.js";
import { signingPair } from "./private-keys.js";
import { bytesOf, identityKeyOf, KeyRefused } from "./public-keys.js";

export { KeyRefused };

const ALGORITHM = "Ed25519";

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
    return Identity.restored(await signingPair(seed));
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
