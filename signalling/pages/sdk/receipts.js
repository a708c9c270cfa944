/**
 * What a receipt of an erasure shows to whoever holds it: the JavaScript twin of `signalling.privacy.verifying`.
 *
 * Trees and proofs are those of RFC 9162. It needs nothing of the coordinator but its public key and, for the tree, what anybody may
 * fetch. It keeps nothing, and never says more than a receipt can show.
 */

import { base64url, fromBase64url, utf8 } from "./encoding.js";
import { identityKey } from "./identity.js";

export const LIMITS =
  "A receipt shows that the coordinator made this statement and cannot take it back unseen. It does not show that " +
  "nothing is left: a scan of memory, files and logs looks for that (docs/design/receipts.md).";

const LEAF =
  /^narvaro-receipt-1 ([A-Za-z0-9_-]{43}) (finished|not_taken|lost|stopped) (0|[1-9][0-9]{0,9}) ([a-z0-9][a-z0-9-]{0,31}) (none|expiring|closed) (0|[1-9][0-9]{0,5})$/;
const CHARACTERS_AT_MOST = 512;
const PROOF_HASHES_AT_MOST = 128;
const EMPTY_ROOT = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

/** A text that is no receipt, head or proof. It never repeats the text. */
export class ReceiptError extends Error {}

/**
 * @typedef {{ salt: Uint8Array<ArrayBuffer>, leaf: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>,
 *   commitment: string, outcome: string, minute: number, node: string, relay: string, relaySeconds: number }} Receipt
 * @typedef {{ size: number, root: string, minute: number, signature: string }} Head as `GET /v1/receipts/head` answers it
 * @typedef {{ holds: boolean, words: string }} Finding
 */

/**
 * A receipt as `call.erased` brings it, in its form; whether it holds is for the checks below.
 * @param {string} text
 * @returns {Receipt}
 * @throws {ReceiptError}
 */
export function readReceipt(text) {
  const parts = text.split(".");
  if (text.length > CHARACTERS_AT_MOST || parts.length !== 3) throw new ReceiptError("A receipt has three parts.");
  const [salt, leaf, signature] = parts.map(octets);
  if (salt.length !== 32) throw new ReceiptError("A receipt's salt has 32 bytes.");
  const words = new TextDecoder("latin1").decode(leaf).match(LEAF);
  if (!words) throw new ReceiptError("A leaf has seven words, each of its own closed form.");
  const [, commitment, outcome, minute, node, relay, seconds] = words;
  return {
    ...{ salt, leaf, signature, commitment, outcome, node, relay },
    minute: Number(minute),
    relaySeconds: Number(seconds),
  };
}

/**
 * The receipt by itself: whose it is, and, if the call's id is known, that it is about that call.
 * @param {Receipt} receipt
 * @param {string} key the coordinator's public key, as it was published
 * @param {string} [call]
 * @returns {Promise<Finding[]>}
 */
export async function checkReceipt(receipt, key, call) {
  const signed = await holds(key, receipt.signature, joined(utf8("narvaro/v1/receipt\0"), receipt.leaf));
  const findings = [{ holds: signed, words: signed ? "signed with the coordinator's key" : "not signed with this key" }];
  if (call !== undefined) {
    const committed = await sha256(utf8("narvaro/v1/receipt-commitment\0"), receipt.salt, utf8(call));
    const about = base64url(committed) === receipt.commitment;
    findings.push({ holds: about, words: about ? "about this call" : "about another call" });
  }
  return findings;
}

/**
 * The receipt in the tree: the head is the coordinator's, and the leaf is under it.
 * @param {Receipt} receipt
 * @param {string} key
 * @param {{ index: number, path: string[], head: Head }} placed as `GET /v1/receipts/leaves/{leaf}` answers it
 * @returns {Promise<Finding[]>}
 */
export async function checkPlace(receipt, key, { index, path, head }) {
  const signed = await isHeadSigned(head, key);
  const inside = await includes(await leafHash(receipt.leaf), index, head.size, path.map(octets), octets(head.root));
  return [
    { holds: signed, words: `the head over ${head.size} receipts is ${signed ? "" : "not "}signed with the key` },
    { holds: inside, words: `receipt number ${index} is ${inside ? "" : "not "}under that head` },
  ];
}

/**
 * The tree since a head that was kept: nothing in it was changed or taken out.
 * @param {Head} older
 * @param {Head} newer
 * @param {string[]} path as `GET /v1/receipts/growth/{old}/{new}` answers it
 * @param {string} key
 * @returns {Promise<Finding[]>}
 */
export async function checkGrowth(older, newer, path, key) {
  const signed = await isHeadSigned(older, key);
  const steps = path.map(octets);
  const did = older.size
    ? await grew(older.size, newer.size, steps, octets(older.root), octets(newer.root))
    : older.root === EMPTY_ROOT && !steps.length;
  return [
    { holds: signed, words: `the older head is ${signed ? "" : "not "}signed with the key` },
    { holds: did, words: `the tree of ${newer.size} ${did ? "begins with" : "does NOT begin with"} that of ${older.size}` },
  ];
}

/**
 * Look a receipt up at the coordinator that this page came from, and check all there is.
 * @param {Receipt} receipt
 * @param {string} key
 * @param {{ call?: string, older?: Head }} [known]
 * @returns {Promise<{ findings: Finding[], head: Head | null }>} `head` is worth keeping for the next time
 */
export async function lookUp(receipt, key, { call, older } = {}) {
  const findings = await checkReceipt(receipt, key, call);
  const answer = await fetch(`/v1/receipts/leaves/${base64url(await leafHash(receipt.leaf))}`);
  if (!answer.ok) {
    findings.push({ holds: false, words: "not in the tree yet, or never: ask again after the next head" });
    return { findings, head: null };
  }
  const placed = await answer.json();
  findings.push(...(await checkPlace(receipt, key, placed)));
  if (older) {
    const grown = older.size ? await fetch(`/v1/receipts/growth/${older.size}/${placed.head.size}`) : null;
    const path = grown ? (grown.ok ? (await grown.json()).path : []) : [];
    findings.push(...(await checkGrowth(older, placed.head, path, key)));
  }
  return { findings, head: placed.head };
}

/**
 * The hash under which a leaf is found (RFC 9162 §2.1.1).
 * @param {Uint8Array<ArrayBuffer>} leaf
 */
export function leafHash(leaf) {
  return sha256(new Uint8Array([0]), leaf);
}

/**
 * @param {Head} head
 * @param {string} key
 */
async function isHeadSigned({ size, root, minute, signature }, key) {
  return holds(key, octets(signature), utf8(`narvaro/v1/receipt-head\0narvaro-head-1 ${size} ${root} ${minute}`));
}

/**
 * RFC 9162 §2.1.3.2.
 * @param {Uint8Array<ArrayBuffer>} hash
 * @param {number} index
 * @param {number} size
 * @param {Uint8Array<ArrayBuffer>[]} path
 * @param {Uint8Array<ArrayBuffer>} root
 */
export async function includes(hash, index, size, path, root) {
  if (!(index >= 0 && index < size) || path.length > PROOF_HASHES_AT_MOST) return false;
  let [place, last, computed] = [index, size - 1, hash];
  for (const step of path) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      computed = await nodeHash(step, computed);
      while (!isOdd(place) && place) [place, last] = [half(place), half(last)];
    } else {
      computed = await nodeHash(computed, step);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && same(computed, root);
}

/**
 * RFC 9162 §2.1.4.2.
 * @param {number} old
 * @param {number} size
 * @param {Uint8Array<ArrayBuffer>[]} path
 * @param {Uint8Array<ArrayBuffer>} oldRoot
 * @param {Uint8Array<ArrayBuffer>} newRoot
 */
export async function grew(old, size, path, oldRoot, newRoot) {
  if (!(old > 0 && old <= size) || path.length > PROOF_HASHES_AT_MOST) return false;
  if (old === size) return path.length === 0 && same(oldRoot, newRoot);
  const isWhole = Number.isInteger(Math.log2(old));
  const [first, ...steps] = isWhole ? [oldRoot, ...path] : path;
  if (!first) return false;
  let [place, last] = [old - 1, size - 1];
  while (isOdd(place)) [place, last] = [half(place), half(last)];
  let [before, after] = [first, first];
  for (const step of steps) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      before = await nodeHash(step, before);
      after = await nodeHash(step, after);
      while (!isOdd(place) && place) [place, last] = [half(place), half(last)];
    } else {
      after = await nodeHash(after, step);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && same(before, oldRoot) && same(after, newRoot);
}

/**
 * @param {string} keyText
 * @param {Uint8Array<ArrayBuffer>} signature
 * @param {Uint8Array<ArrayBuffer>} signed
 */
async function holds(keyText, signature, signed) {
  const raw = identityKey(keyText); // refuses keys whose signature holds for everything
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signature, signed);
}

/** @param {string} text */
function octets(text) {
  try {
    const read = fromBase64url(text);
    if (base64url(read) === text) return read;
  } catch {
    // said below, without the text
  }
  throw new ReceiptError("A part is not base64url in its one form.");
}

/** @param {Uint8Array<ArrayBuffer>[]} parts */
function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {Uint8Array<ArrayBuffer>[]} parts */
async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

/**
 * @param {Uint8Array<ArrayBuffer>} left
 * @param {Uint8Array<ArrayBuffer>} right
 */
function nodeHash(left, right) {
  return sha256(new Uint8Array([1]), left, right);
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** @param {number} place sizes may be beyond 32 bits, where JavaScript's bit operators end */
function isOdd(place) {
  return place % 2 === 1;
}

/** @param {number} place */
function half(place) {
  return Math.floor(place / 2);
}
