/**
 * Other people's public keys, looked at when they come in: the one place where a key is taken or refused.
 *
 * Under an identity key of small order one signature holds for every message, and an agreement key of small order agrees on zero with everybody;
 * WebCrypto imports both. A key has one spelling, so that nobody has two names. Nothing here imports, keeps or prints a key.
 */

import { base64url, fromBase64url } from "./encoding.js";

/** Bytes of a public key of either kind. */
export const KEY_BYTES = 32;

/** 2**255 - 19, little endian like every key here. */
const P = unhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

/** The y coordinates, without the sign bit, of the eight points of small order on edwards25519. */
const SMALL_ORDER_Y = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

/** The u coordinates of small order on curve25519 and on its twist. */
const SMALL_ORDER_U = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** A key that can't be used. It never repeats the key. */
export class KeyRefused extends Error {}

/**
 * An Ed25519 public key that may be somebody's.
 * @param {Bytes} raw
 * @returns {Bytes} the same
 * @throws {KeyRefused} for small order, and any spelling but RFC 8032's own (y below 2**255 - 19)
 */
export function identityKeyOf(raw) {
  if (raw.length !== KEY_BYTES) throw new KeyRefused("An identity key has 32 bytes.");
  const y = raw.slice();
  y[KEY_BYTES - 1] &= 0x7f;
  if (!isBelowP(y)) throw new KeyRefused("An identity key is spelled in one way.");
  if (SMALL_ORDER_Y.has(hex(y))) throw new KeyRefused("A key of small order is nobody's.");
  return raw;
}

/**
 * An X25519 public key that may be somebody's.
 * @param {Bytes} raw
 * @returns {Bytes} the same
 * @throws {KeyRefused} for small order, and any spelling but the one below 2**255 - 19
 */
export function agreementKeyOf(raw) {
  if (raw.length !== KEY_BYTES) throw new KeyRefused("An agreement key has 32 bytes.");
  if (!isBelowP(raw)) throw new KeyRefused("An agreement key is spelled in one way.");
  if (SMALL_ORDER_U.has(hex(raw))) throw new KeyRefused("A key of small order is nobody's.");
  return raw;
}

/**
 * The bytes of a key's or a signature's text, in the one spelling they have.
 * @param {unknown} text
 * @param {number} [length]
 * @returns {Bytes}
 * @throws {KeyRefused}
 */
export function bytesOf(text, length = KEY_BYTES) {
  try {
    const raw = fromBase64url(/** @type {string} */ (text), length);
    if (base64url(raw) === text) return raw;
  } catch {
    // said below
  }
  throw new KeyRefused("A key and a signature are base64url, spelled in one way.");
}

/** @param {Bytes} number */
function isBelowP(number) {
  for (let at = KEY_BYTES - 1; at >= 0; at--) {
    if (number[at] !== P[at]) return number[at] < P[at];
  }
  return false;
}

/** @param {Bytes} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text */
function unhex(text) {
  return new Uint8Array((text.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
}
