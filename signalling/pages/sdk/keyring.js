/**
 * The agreement keys of this endpoint: the current one and the one before, each under its serial. The JavaScript twin of `client_sim.sealed.keyring`.
 *
 * A new key comes every thirty days; the one before is kept thirty more, for whoever has not heard yet, and is then forgotten, so that what was sealed to
 * it stays shut. Private keys are WebCrypto keys that can't be taken out, and a ring with any other is refused.
 */

import { newKeyPair } from "./noise.js";
import { agreementKeyOf } from "./public-keys.js";
import { LIFETIME_SECONDS, makeStatement } from "./statements.js";

/** From one agreement key to the next; and how long the one before is kept beside it. */
export const ROTATION_SECONDS = 30 * 86_400;
export const FIRST_SERIAL = 1;

/**
 * `made_at` is in Unix seconds. Structured clone keeps all of it.
 * @typedef {import("./noise.js").KeyPair} KeyPair
 * @typedef {Readonly<{serial: number, pair: KeyPair, made_at: number}>} AgreementKey
 * @typedef {Readonly<{current: AgreementKey, previous: AgreementKey | null}>} KeyRing
 */

/** What was kept is no ring of this endpoint's keys; the message names the rule. */
export class KeyRingError extends Error {}

/**
 * The first key of a new endpoint.
 * @param {number} now Unix seconds
 * @param {() => Promise<KeyPair>} [generate] only tests give another
 * @returns {Promise<KeyRing>}
 */
export async function newRing(now, generate = newKeyPair) {
  return ringOf(await keyWith(FIRST_SERIAL, now, generate), null);
}

/**
 * The ring as it must be at `now`, to be kept before its statement is published: the same object if nothing is due. A clock that went back makes no key
 * and forgets none.
 * @param {KeyRing} ring
 * @param {number} now Unix seconds
 * @param {() => Promise<KeyPair>} [generate] only tests give another
 * @returns {Promise<KeyRing>}
 */
export async function rotate(ring, now, generate = newKeyPair) {
  if (now < ring.current.made_at + ROTATION_SECONDS) return ring;
  return ringOf(await keyWith(ring.current.serial + 1, now, generate), ring.current);
}

/**
 * The key pair with that serial, or null: unknown, forgotten, or past its time. A call to it is `stale_key`.
 * @param {KeyRing} ring
 * @param {number} serial
 * @param {number} now Unix seconds
 * @returns {KeyPair | null}
 */
export function keyOf({ current, previous }, serial, now) {
  if (serial === current.serial) return current.pair;
  if (previous === null || serial !== previous.serial || now > current.made_at + ROTATION_SECONDS) return null;
  return previous.pair;
}

/**
 * The statement of the current key, good for ninety days from the key's making.
 * @param {KeyRing} ring
 * @param {import("./statements.js").Signer} identity
 */
export function stateKey({ current }, identity) {
  return makeStatement(identity, current.pair.publicKey, { serial: current.serial, notAfter: current.made_at + LIFETIME_SECONDS });
}

/**
 * A ring that was kept, if it is one.
 * @param {any} kept
 * @returns {KeyRing}
 * @throws {KeyRingError}
 */
export function ringFrom(kept) {
  const current = keyFrom(kept?.current);
  const previous = kept.previous === null ? null : keyFrom(kept.previous);
  if (previous !== null && previous.serial >= current.serial) throw new KeyRingError("Serials rise.");
  return ringOf(current, previous);
}

/**
 * @param {any} kept
 * @returns {AgreementKey}
 */
function keyFrom(kept) {
  const { serial, pair, made_at } = kept ?? {};
  const key = pair?.privateKey;
  const isKey = key instanceof CryptoKey && key.type === "private" && key.algorithm.name === "X25519";
  if (!isKey || !isCount(serial) || !isCount(made_at)) throw new KeyRingError("A ring holds agreement keys.");
  if (key.extractable) throw new KeyRingError("A private key must not be extractable.");
  return Object.freeze({ serial, pair: { privateKey: key, publicKey: agreementKeyOf(pair.publicKey) }, made_at });
}

/**
 * @param {AgreementKey} current
 * @param {AgreementKey | null} previous
 * @returns {KeyRing}
 */
function ringOf(current, previous) {
  return Object.freeze({ current, previous });
}

/**
 * @param {number} serial
 * @param {number} now
 * @param {() => Promise<KeyPair>} generate
 */
async function keyWith(serial, now, generate) {
  const pair = await generate();
  if (pair.privateKey.extractable) throw new KeyRingError("A private key must not be extractable.");
  return Object.freeze({ serial, pair, made_at: Math.floor(now) });
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
