/**
 * Bytes, their text, and what is signed: the JavaScript twin of `signalling.protocol.proof`.
 *
 * Does no I/O and keeps no key. A signature's purpose is one of a closed list, so none can be used for another.
 */

/** The version of the wire, and the first field of what is sealed. */
export const PROTOCOL = "narvaro.v1";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...LETTERS].map((letter, value) => [letter, value]));

const PURPOSES = Object.freeze({
  hello: "hello",
  tokenRequest: "token-request",
  agreementKey: "agreement-key",
  deviceList: "device-list",
  request: "request",
  register: "register",
});

/** Text is not base64url, or not of the expected length. It never repeats the text. */
export class EncodingError extends Error {}

/**
 * RFC 4648 §5 without padding.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function base64url(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += LETTERS[group >> 18] + LETTERS[(group >> 12) & 63];
    if (left > 1) text += LETTERS[(group >> 6) & 63];
    if (left > 2) text += LETTERS[group & 63];
  }
  return text;
}

/**
 * The bytes of base64url text without padding.
 * @param {string} text
 * @param {number} [length] the number of bytes it must hold
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {EncodingError}
 */
export function fromBase64url(text, length) {
  if (text.length % 4 === 1) throw new EncodingError("Text of this length is not base64url.");
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let held = 0;
  let bits = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) throw new EncodingError("A letter is not of the base64url alphabet.");
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  if (length !== undefined && bytes.length !== length) throw new EncodingError(`Exactly ${length} bytes are wanted.`);
  return bytes;
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function utf8(text) {
  return new Uint8Array(new TextEncoder().encode(text));
}

/**
 * Random text: 128 bits (a call id) unless told.
 * @param {number} [bytes]
 */
export function randomText(bytes = 16) {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/**
 * The name of an endpoint: the first 128 bits of SHA-256 of its raw Ed25519 public key.
 * @param {Uint8Array<ArrayBuffer>} identityKey 32 bytes
 */
export async function endpointId(identityKey) {
  const digest = await crypto.subtle.digest("SHA-256", identityKey);
  return base64url(new Uint8Array(digest, 0, 16));
}

/**
 * `narvaro/v1/<purpose>\0`, then each field as UTF-8 behind its length (four bytes, big endian).
 * @param {keyof typeof PURPOSES} purpose
 * @param {string[]} fields
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function signedBytes(purpose, ...fields) {
  const parts = [utf8(`narvaro/v1/${PURPOSES[purpose]}\0`)];
  for (const field of fields) {
    const bytes = utf8(field);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    parts.push(length, bytes);
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * What `hello.proof` signs. `origin` is the coordinator's, as it was dialled.
 * @param {{origin: string, endpoint: string, tokenId: string, nonce: string, clientNonce: string}} hello
 */
export function helloBytes({ origin, endpoint, tokenId, nonce, clientNonce }) {
  return signedBytes("hello", origin, endpoint, tokenId, nonce, clientNonce);
}

/**
 * What the signature of `POST /v1/token` covers.
 * @param {{origin: string, endpoint: string, nonce: string}} request
 */
export function tokenRequestBytes({ origin, endpoint, nonce }) {
  return signedBytes("tokenRequest", origin, endpoint, nonce);
}

/**
 * SHA-256 in lower-case hex, as it stands in what is signed.
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function digestText(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * What the proof of an HTTP request signs. `path` is the request's target as it is sent, with its query.
 * @param {{origin: string, method: string, path: string, tokenId: string, unixMs: number, nonce: string,
 *   body: Uint8Array<ArrayBuffer>}} request
 */
export async function requestBytes({ origin, method, path, tokenId, unixMs, nonce, body }) {
  return signedBytes("request", origin, method, path, tokenId, String(unixMs), nonce, await digestText(body));
}

/**
 * What a registration signs, by the very key that it registers.
 * @param {{origin: string, ticket: "code" | "keyword" | "enrol", text: string, identity: string, nonce: string}} newcomer
 */
export async function registerBytes({ origin, ticket, text, identity, nonce }) {
  return signedBytes("register", origin, ticket, await digestText(utf8(text)), identity, nonce);
}
