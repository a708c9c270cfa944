/**
 * Key statements: an endpoint's word, under its identity, which agreement key others shall seal to. The JavaScript twin of
 * `client_sim.sealed.statements`.
 *
 * The coordinator may hand a statement on, and can neither make one nor bring an old one back: a receiver takes only a higher serial, and one that has
 * run out stops answering by itself. No key is taken that could stand for everybody.
 */

import { base64url, endpointId, signedBytes } from "./encoding.js";
import { agreementKeyOf, bytesOf, identityKeyOf, KEY_BYTES, KeyRefused } from "./public-keys.js";

/** From the making of a statement to its `not_after`. A new one comes every thirty days. */
export const LIFETIME_SECONDS = 90 * 86_400;
export const SIGNATURE_BYTES = 64;
const HIGHEST_SERIAL = 2 ** 31 - 1;
const ENDPOINT = /^[A-Za-z0-9_-]{22}$/;

/**
 * {endpoint, agreement key, serial, not_after} and the signature, as they are on the wire.
 * @typedef {{endpoint: string, key: string, serial: number, not_after: number, signature: string}} KeyStatement
 * @typedef {import("./public-keys.js").Bytes} Bytes
 * @typedef {Pick<import("./identity.js").Identity, "privateKey" | "endpoint" | "sign">} Signer
 */

/** A key or a statement that is not taken; the message names the rule. */
export class StatementError extends Error {}

/**
 * Whether it is newer than the highest serial known of its endpoint. null: nothing is known yet.
 * @param {KeyStatement} statement
 * @param {number | null} serial
 */
export function supersedes(statement, serial) {
  return serial === null || statement.serial > serial;
}

/**
 * Whether it still counts. If not, nothing answers by itself on its word.
 * @param {KeyStatement} statement
 * @param {number} now Unix seconds
 */
export function isCurrent(statement, now) {
  return now <= statement.not_after;
}

/**
 * The statement that `key` is the agreement key of `identity`'s endpoint.
 * @param {Signer} identity
 * @param {Bytes} key raw X25519 public key
 * @param {{serial: number, notAfter: number}} told
 * @returns {Promise<KeyStatement>}
 */
export async function makeStatement(identity, key, { serial, notAfter }) {
  if (identity.privateKey.extractable) throw new TypeError("A private key must not be extractable.");
  const said = { endpoint: identity.endpoint, key: base64url(key), serial, not_after: notAfter };
  return { ...said, signature: await identity.sign(statementBytes(said)) };
}

/**
 * The agreement key that `identity` states. Whether it is newer than what is known, and still current, is the caller's to ask.
 * @param {KeyStatement} statement
 * @param {Bytes} identity raw Ed25519 public key
 * @returns {Promise<Bytes>}
 * @throws {StatementError}
 */
export async function verifyStatement(statement, identity) {
  const said = statementFrom(statement);
  let key;
  let signature;
  try {
    key = agreementKeyOf(bytesOf(said.key));
    identityKeyOf(identity);
    signature = bytesOf(said.signature, SIGNATURE_BYTES);
  } catch (problem) {
    throw problem instanceof KeyRefused ? new StatementError(problem.message) : problem;
  }
  if (said.endpoint !== (await endpointId(identity))) throw new StatementError("The statement is another endpoint's.");
  if (!(await signatureHolds(identity, signature, statementBytes(said)))) {
    throw new StatementError("The signature is not the identity's.");
  }
  return key;
}

/**
 * A statement out of what somebody sent, without the fields that this version doesn't know.
 * @param {any} value
 * @returns {KeyStatement}
 * @throws {StatementError}
 */
export function statementFrom(value) {
  const { endpoint, key, serial, not_after, signature } = value ?? {};
  const isShaped =
    typeof endpoint === "string" &&
    ENDPOINT.test(endpoint) &&
    isText(key, 43) &&
    isText(signature, 86) &&
    isCount(serial, HIGHEST_SERIAL) &&
    isCount(not_after, Number.MAX_SAFE_INTEGER);
  if (!isShaped) throw new StatementError("A statement is five fields.");
  return { endpoint, key, serial, not_after, signature };
}

/**
 * What the signature covers; numbers as decimal text.
 * @param {Omit<KeyStatement, "signature">} said
 */
export function statementBytes({ endpoint, key, serial, not_after }) {
  return signedBytes("agreementKey", endpoint, key, String(serial), String(not_after));
}

/**
 * Whether `identity`, which was looked at before, signed those bytes.
 * @param {Bytes} identity
 * @param {Bytes} signature
 * @param {Bytes} signed
 * @returns {Promise<boolean>}
 */
export async function signatureHolds(identity, signature, signed) {
  if (identity.length !== KEY_BYTES) return false;
  try {
    const key = await crypto.subtle.importKey("raw", identity, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, signed);
  } catch {
    return false; // not a point of the curve
  }
}

/**
 * @param {unknown} value
 * @param {number} characters
 */
function isText(value, characters) {
  return typeof value === "string" && value.length === characters;
}

/**
 * @param {unknown} value
 * @param {number} highest
 */
function isCount(value, highest) {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= highest;
}
