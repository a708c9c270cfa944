/**
 * Link records: what an endpoint itself knows of another, and never asks the coordinator. The JavaScript twin of `client_sim.sealed.links`.
 *
 * A record says who the other is, under which identity, and how that came to be known. The rules here are pure: each gives the record as it stands
 * afterwards, and the same object where nothing changed. Keys that the coordinator hands over make an introduced link and no more; another identity
 * than the known one is never taken in silence.
 */

import { introductionFrom } from "./pairing.js";
import { bytesOf, KeyRefused } from "./public-keys.js";
import { isCurrent, StatementError, supersedes } from "./statements.js";

export const NAME_CHARACTERS = 80;
export const ATTEMPTS_KEPT = 3;
/** The ways of knowing the other's keys that prove them. */
export const PROVEN = Object.freeze(["qr", "secret_link", "vouched", "safety_number"]);
/** How the other's keys came to be known. Closed. */
export const HOW = Object.freeze([...PROVEN, "introduced"]);
/** The ways that a pairing makes. */
export const PAIRED = Object.freeze(["qr", "secret_link"]);

export const KINDS = Object.freeze(["person", "komp", "av1"]);
const ID = /^[A-Za-z0-9_-]{22}$/;

/**
 * @typedef {import("./pairing.js").Introduction} Introduction
 * @typedef {import("./statements.js").KeyStatement} KeyStatement
 * @typedef {"person" | "komp" | "av1"} Kind
 * @typedef {"qr" | "secret_link" | "vouched" | "safety_number" | "introduced"} How
 * @typedef {{party: string, name: string, kind: Kind}} Who whom a record is about, in the words of this end
 * @typedef {{endpoint: string, name: string}} Voucher who vouched, by the name in this end's record of them
 */

/**
 * One endpoint that this one knows, as link files and IndexedDB hold it. `statement` is the one with the highest serial that was seen. `changed` says that
 * another identity was given for this party since the keys were last proven: nothing answers by itself. `compared` says when safety numbers were last
 * made on this link, in Unix seconds (`counted` in safety-number.js).
 * @typedef {Readonly<{party: string, endpoint: string, identity: string, name: string, kind: Kind, how: How, statement: KeyStatement,
 *   voucher: Voucher | null, changed: boolean, compared: readonly number[]}>} LinkRecord
 */

/** A link that can't be made so; the message names the rule. Nothing was changed. */
export class LinkRecordError extends Error {}

/**
 * A link on the coordinator's word for the keys.
 * @param {Who} who
 * @param {Introduction} keys
 * @returns {Promise<LinkRecord>}
 * @throws {StatementError}
 */
export async function introduce(who, keys) {
  return made(who, keys, "introduced");
}

/**
 * What was handed over as the keys of the record's party, by whomever. Under the known identity a higher serial is taken, any other ignored. A good
 * statement under another identity marks the record as changed and gives it nothing else; only a pairing or a voucher takes that mark away.
 * @param {LinkRecord} record
 * @param {Introduction} keys
 * @returns {Promise<LinkRecord>}
 * @throws {StatementError} and changes nothing then
 */
export async function takeStatement(record, keys) {
  const { identity, statement } = await verified(keys);
  if (identity !== record.identity) return record.changed ? record : Object.freeze({ ...record, changed: true });
  return supersedes(statement, record.statement.serial) ? Object.freeze({ ...record, statement }) : record;
}

/**
 * Whether something may answer by itself on this link.
 * @param {LinkRecord} record
 * @param {number} now Unix seconds
 */
export function isVerified(record, now) {
  return PROVEN.includes(record.how) && !record.changed && isCurrent(record.statement, now);
}

/**
 * What a pairing proves; it takes the place of `known`, whatever identity stood there.
 * @param {Who} who
 * @param {Introduction} keys
 * @param {How} how
 * @param {LinkRecord | null} [known]
 * @returns {Promise<LinkRecord>}
 * @throws {LinkRecordError} for a `how` that is no pairing
 * @throws {StatementError}
 */
export async function verifyByPairing(who, keys, how, known = null) {
  if (!PAIRED.includes(how)) throw new LinkRecordError("A pairing goes by QR or by secret link.");
  return made(who, keys, how, { known });
}

/**
 * What the holder of a verified link says of a newcomer, over their own sealed channel. That `voucher` may vouch here (an administrator of the same Komp)
 * is the caller's to know. A link that was paired stays as it is, but for a newer statement; and where another identity is known, the first word of the
 * new one only marks the change, as anybody's would.
 * @param {Who} who
 * @param {Introduction} keys
 * @param {LinkRecord} voucher
 * @param {{now: number, known?: LinkRecord | null}} told
 * @returns {Promise<LinkRecord>}
 * @throws {LinkRecordError}
 * @throws {StatementError}
 */
export async function verifyByVoucher(who, keys, voucher, { now, known = null }) {
  if (!isVerified(voucher, now)) throw new LinkRecordError("Only a verified link vouches.");
  if (known !== null && !known.changed && (known.identity !== keys.identity || PAIRED.includes(known.how))) return takeStatement(known, keys);
  return made(who, keys, "vouched", { known, voucher: { endpoint: voucher.endpoint, name: voucher.name } });
}

/**
 * Two people read the same six digits to each other.
 * @param {LinkRecord} record
 * @returns {LinkRecord}
 * @throws {LinkRecordError} on a changed record: the digits were of the known identity
 */
export function verifyBySafetyNumber(record) {
  if (record.changed) throw new LinkRecordError("A changed identity is paired anew, or vouched for.");
  return record.how === "introduced" ? Object.freeze({ ...record, how: /** @type {How} */ ("safety_number") }) : record;
}

/**
 * Two people read different digits to each other: somebody stands between them. Nothing answers by itself until the two meet anew.
 * @param {LinkRecord} record
 * @returns {LinkRecord}
 */
export function doubtBySafetyNumber(record) {
  return record.changed ? record : Object.freeze({ ...record, changed: true });
}

/**
 * A record that was kept, if it holds together: without the fields that this version doesn't know.
 * @param {any} kept
 * @returns {Promise<LinkRecord>}
 * @throws {LinkRecordError}
 * @throws {StatementError}
 */
export async function recordFrom(kept) {
  const { party, endpoint, name, kind, how, voucher = null, changed = false, compared = [] } = kept ?? {};
  const { identity, statement } = await verified(kept);
  const isShaped =
    isId(party) && isName(name) && KINDS.includes(kind) && HOW.includes(how) && typeof changed === "boolean" && isTimes(compared);
  if (!isShaped) throw new LinkRecordError("A record is ten fields.");
  if (statement.endpoint !== endpoint) throw new LinkRecordError("A record stands under its own key's name.");
  const isVouched = voucher !== null && isId(voucher.endpoint) && isName(voucher.name);
  if ((voucher !== null && !isVouched) || isVouched !== (how === "vouched")) {
    throw new LinkRecordError("A vouched link names its voucher, and no other does.");
  }
  const by = isVouched ? { endpoint: voucher.endpoint, name: voucher.name } : null;
  return Object.freeze({ party, endpoint, identity, name, kind, how, statement, voucher: by, changed, compared: Object.freeze([...compared]) });
}

/**
 * A record, unchanged. Under the same identity no serial falls and no attempt is forgotten.
 * @param {Who} who
 * @param {Introduction} keys
 * @param {How} how
 * @param {{known?: LinkRecord | null, voucher?: Voucher | null}} [told]
 * @returns {Promise<LinkRecord>}
 */
async function made({ party, name, kind }, keys, how, { known = null, voucher = null } = {}) {
  const { identity, statement } = await verified(keys);
  const same = known?.identity === identity ? known : null;
  return Object.freeze({
    party,
    endpoint: statement.endpoint,
    identity,
    name,
    kind,
    how,
    statement: same && !supersedes(statement, same.statement.serial) ? same.statement : statement,
    voucher,
    changed: false,
    compared: same?.compared ?? Object.freeze([]),
  });
}

/**
 * @param {any} keys
 * @returns {Promise<Introduction>}
 * @throws {StatementError}
 */
async function verified(keys) {
  try {
    bytesOf(keys?.identity);
    return await introductionFrom(keys);
  } catch (problem) {
    throw problem instanceof KeyRefused ? new StatementError(problem.message) : problem;
  }
}

/** @param {unknown} value */
function isId(value) {
  return typeof value === "string" && ID.test(value);
}

/** @param {unknown} value */
function isName(value) {
  return typeof value === "string" && value !== "" && [...value].length <= NAME_CHARACTERS;
}

/** @param {unknown} value */
function isTimes(value) {
  return Array.isArray(value) && value.length <= ATTEMPTS_KEPT && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}
