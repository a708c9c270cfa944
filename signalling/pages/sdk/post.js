/**
 * Posts: sealed content outside a call, that waits at the coordinator for readers who are away. The JavaScript twin of `client_sim.sealed.post`.
 *
 * The content is sealed once under a key of its own, and that key once for each reader (`Noise_K_25519_AESGCM_SHA256`). The wrap names the sealed
 * content too, so that a reader, who knows the content's key, can't put other words under the author's name before another reader. There is no forward
 * secrecy: a reader keeps contents under a key of its own.
 */

import { PROTOCOL } from "./encoding.js";
import { beginHandshake, CipherState, KEY_BYTES, lengthPrefixed, PATTERNS } from "./noise.js";

/** The largest content: a picture. */
export const POST_BYTES = 4 * 1024 * 1024;
/** What a post is for. Closed: no post can be read as another kind. */
export const POST_PURPOSES = Object.freeze(["picture", "message", "missed-call", "device-list", "vouching", "wifi"]);

const SMALLEST = 128;
const STEP = 16 * 1024;
const LENGTH_BYTES = 4;
const SHUT = "The post doesn't open.";

/** The post does not open, or can't be made; the message names the rule. */
export class PostError extends Error {}

/**
 * What author and reader must agree on before anything opens. `post` is 128 random bits, base64url, and a reader takes each once; `authorKey` is the
 * serial of the author's agreement key.
 * @typedef {{purpose: string, post: string, author: string, authorKey: number}} PostBinding
 * @typedef {{endpoint: string, key: Bytes, serial: number}} Reader whom a post is for: the key is from a statement that was verified
 * @typedef {{box: Bytes, wraps: Bytes[]}} SealedPost the content once, and a wrap of 112 bytes for each reader, in the readers' order
 * @typedef {import("./noise.js").Bytes} Bytes
 * @typedef {import("./noise.js").KeyPair} KeyPair
 */

/**
 * `content` for `readers`, from the holder of `own`. `generate` and `fillRandomly` are for tests.
 * @param {Uint8Array} content
 * @param {PostBinding} binding
 * @param {{own: KeyPair, readers: Reader[], generate?: () => Promise<KeyPair>, fillRandomly?: (bytes: Bytes) => unknown}} how
 * @returns {Promise<SealedPost>}
 * @throws {PostError}
 */
export async function sealPost(content, binding, { own, readers, generate, fillRandomly = (bytes) => crypto.getRandomValues(bytes) }) {
  const key = new Uint8Array(KEY_BYTES);
  fillRandomly(key);
  const cipher = await CipherState.of(key.slice());
  const box = await cipher.encryptWithAd(contentData(binding), padded(content));
  const secret = new Uint8Array(2 * KEY_BYTES);
  secret.set(key);
  secret.set(await digest(box), KEY_BYTES);
  try {
    const wraps = [];
    for (const { endpoint, serial, key: rs } of readers) {
      const prologue = wrapPrologue(binding, endpoint, serial);
      const handshake = await beginHandshake(PATTERNS.K, { initiator: true, prologue, s: own, rs, generate });
      wraps.push((await handshake.writeMessage(secret)).message);
    }
    return { box, wraps };
  } catch (problem) {
    throw problem instanceof TypeError ? problem : new PostError("A key of small order is nobody's.");
  } finally {
    key.fill(0);
    secret.fill(0);
  }
}

/**
 * The content, for the holder of `own` (with that serial), from the holder of `author`.
 * @param {Bytes} box
 * @param {Bytes} wrap
 * @param {PostBinding} binding
 * @param {{own: KeyPair, reader: string, serial: number, author: Bytes}} how
 * @returns {Promise<Bytes>}
 * @throws {PostError}
 */
export async function openPost(box, wrap, binding, { own, reader, serial, author }) {
  const prologue = wrapPrologue(binding, reader, serial);
  const handshake = await beginHandshake(PATTERNS.K, { initiator: false, prologue, s: own, rs: author });
  let whole;
  try {
    const { payload } = await handshake.readMessage(wrap);
    if (payload.length !== 2 * KEY_BYTES || !isSame(payload.slice(KEY_BYTES), await digest(box))) throw new PostError(SHUT);
    const cipher = await CipherState.of(payload.slice(0, KEY_BYTES));
    whole = await cipher.decryptAt(0, contentData(binding), box);
  } catch {
    throw new PostError(SHUT);
  }
  return unpadded(whole);
}

/**
 * @param {PostBinding} binding
 * @param {string} reader
 * @param {number} serial
 */
function wrapPrologue({ purpose, post, author, authorKey }, reader, serial) {
  return lengthPrefixed(PROTOCOL, "post", known(purpose), author, reader, authorKey, serial, post);
}

/** @param {PostBinding} binding */
function contentData({ purpose, post, author, authorKey }) {
  return lengthPrefixed(PROTOCOL, "post", known(purpose), author, authorKey, post);
}

/** @param {string} purpose */
function known(purpose) {
  if (!POST_PURPOSES.includes(purpose)) throw new PostError("A post is for one of six purposes.");
  return purpose;
}

/** @param {Bytes} box */
async function digest(box) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", box));
}

/**
 * Length (4 bytes, big endian), content, zeros: to a power of two from 128, past 16 KiB to a multiple of 16 KiB.
 * @param {Uint8Array} content
 */
function padded(content) {
  if (content.length > POST_BYTES) throw new PostError("A post holds at most 4 MiB.");
  const whole = new Uint8Array(sizeOf(content.length));
  new DataView(whole.buffer).setUint32(0, content.length);
  whole.set(content, LENGTH_BYTES);
  return whole;
}

/** @param {Bytes} whole */
function unpadded(whole) {
  const length = whole.length < SMALLEST ? POST_BYTES + 1 : new DataView(whole.buffer).getUint32(0);
  const end = LENGTH_BYTES + length;
  const isPadded = length <= POST_BYTES && whole.length === sizeOf(length) && whole.subarray(end).every((byte) => byte === 0);
  if (!isPadded) throw new PostError(SHUT);
  return whole.slice(LENGTH_BYTES, end);
}

/** @param {number} length of a content */
function sizeOf(length) {
  const used = LENGTH_BYTES + length;
  if (used > STEP) return Math.ceil(used / STEP) * STEP;
  let size = SMALLEST;
  while (size < used) size *= 2;
  return size;
}

/**
 * @param {Bytes} one
 * @param {Bytes} other
 */
function isSame(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
