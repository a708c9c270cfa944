/**
 * Private keys that come in as their 32 bytes, which a private link holds: they become WebCrypto keys that can't be taken out again.
 *
 * The bytes are overwritten. Nothing here keeps, prints or exports a private key.
 */

import { fromBase64url } from "./encoding.js";
import { KEY_BYTES, KeyRefused } from "./public-keys.js";

/** RFC 8410 §7: the head of a PKCS #8 private key, before its 32 bytes; the object identifier's last byte tells the two apart. */
const PKCS8_HEAD = Object.freeze([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0, 4, 0x22, 4, 0x20]);
const IDENTIFIER_AT = 11;

/** @typedef {import("./public-keys.js").Bytes} Bytes */

/**
 * The Ed25519 key pair of a seed.
 * @param {Bytes} seed overwritten
 * @throws {KeyRefused}
 */
export function signingPair(seed) {
  return pairOf(seed, { algorithm: "Ed25519", identifier: 0x70, usage: "sign" });
}

/**
 * The X25519 key pair of a private key's bytes.
 * @param {Bytes} seed overwritten
 * @throws {KeyRefused}
 */
export function agreementPair(seed) {
  return pairOf(seed, { algorithm: "X25519", identifier: 0x6e, usage: "deriveBits" });
}

/**
 * @param {Bytes} seed
 * @param {{algorithm: string, identifier: number, usage: KeyUsage}} kind
 * @returns {Promise<{privateKey: CryptoKey, publicKey: Bytes}>}
 */
async function pairOf(seed, { algorithm, identifier, usage }) {
  if (seed.length !== KEY_BYTES) throw new KeyRefused("A private key has 32 bytes.");
  const pkcs8 = new Uint8Array(PKCS8_HEAD.length + KEY_BYTES);
  pkcs8.set(PKCS8_HEAD);
  pkcs8.set(seed, PKCS8_HEAD.length);
  pkcs8[IDENTIFIER_AT] = identifier;
  seed.fill(0);
  try {
    // WebCrypto derives the public key only for a key that may be exported: once, here, and then never again.
    const open = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, [usage]);
    const publicKey = fromBase64url((await crypto.subtle.exportKey("jwk", open)).x ?? "", KEY_BYTES);
    return { privateKey: await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, [usage]), publicKey };
  } finally {
    pkcs8.fill(0);
  }
}
