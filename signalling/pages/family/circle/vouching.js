/**
 * What an administrator's page tells a Komp in letters that the coordinator can't open: whose keys it has proven itself, and who will come with a secret that
 * it gave them. The other half of `komp/vouching.js`; the twin of `client_sim.ceremonies`.
 */

import { base64url, utf8 } from "../../sdk/encoding.js";
import { SECRET_BYTES } from "../../sdk/pairing.js";
import { bytesOf } from "../../sdk/public-keys.js";

/** How long a secret may be used: as long as the invitation that goes with it. */
const INVITATION_SECONDS = 7 * 86_400;

/**
 * @typedef {import("../../sdk/links.js").LinkRecord} LinkRecord
 * @typedef {import("../../sdk/letters.js").Letters} Letters
 */

/**
 * Have a Komp wait for somebody far away; the code goes to them by one's own means.
 * @param {Letters} letters
 * @param {LinkRecord} komp
 * @param {string} name whom it is for, in the administrator's words: for the Komp alone
 * @returns {Promise<import("../../sdk/pairing-code.js").PairingCode>}
 * @throws {import("../../sdk/asking.js").Refused}
 */
export async function expect(letters, komp, name) {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const until = Math.floor(Date.now() / 1000) + INVITATION_SECONDS;
  await letters.send("vouching", utf8(JSON.stringify({ t: "expect", secret: base64url(secret), name, until })), [komp]);
  return Object.freeze({ secret, identity: bytesOf(komp.identity), party: komp.party, kind: komp.kind, name: komp.name });
}

/**
 * Tell a Komp the keys of somebody whose keys this browser has proven.
 * @param {Letters} letters
 * @param {LinkRecord} komp
 * @param {LinkRecord} newcomer
 * @throws {import("../../sdk/asking.js").Refused}
 */
export async function vouch(letters, komp, { party, name, identity, statement }) {
  await letters.send("vouching", utf8(JSON.stringify({ t: "vouch", party, name, keys: { identity, statement } })), [komp]);
}
