/**
 * What a post of the purpose `missed-call` holds: the minute at which the call began, and nothing else. The JavaScript twin of
 * `client_sim.sealed.missed_call`.
 *
 * Who called is its author, by the reader's own record. How long it rang and why nobody took it isn't said.
 */

import { utf8 } from "./encoding.js";

const BYTES_AT_MOST = 64;
/** Minutes since 1970-01-01, to the year 2255. */
const LAST_MINUTE = 150_000_000;

/** The content isn't a missed call; the message names the rule. */
export class MissedCallError extends Error {}

/**
 * @param {number} minute whole minutes since 1970-01-01, UTC
 */
export function encodeMissedCall(minute) {
  check(minute);
  return utf8(JSON.stringify({ minute }));
}

/**
 * The minute of a content.
 * @param {Uint8Array} content
 * @returns {number}
 * @throws {MissedCallError}
 */
export function decodeMissedCall(content) {
  let found;
  try {
    if (content.length > BYTES_AT_MOST) throw new MissedCallError("A missed call has at most 64 bytes.");
    found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch (problem) {
    throw problem instanceof MissedCallError ? problem : new MissedCallError("A missed call is JSON in UTF-8.");
  }
  check(found?.minute);
  return found.minute;
}

/** @param {unknown} minute */
function check(minute) {
  const holds = Number.isSafeInteger(minute) && Number(minute) >= 0 && Number(minute) <= LAST_MINUTE;
  if (!holds) throw new MissedCallError("A missed call has its minute.");
}
