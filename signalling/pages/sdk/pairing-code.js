/**
 * A pairing code: what the end that shows a secret puts into a QR or a private message, as an address of the coordinator's page. The JavaScript twin of
 * `client_sim.sealed.pairing_code`.
 *
 * All of it stands in the fragment, which no browser sends to a server. The secret is a key: it must never reach a server or a log.
 */

import { base64url, fromBase64url, utf8 } from "./encoding.js";
import { KINDS, NAME_CHARACTERS } from "./links.js";
import { SECRET_BYTES } from "./pairing.js";
import { bytesOf, identityKeyOf } from "./public-keys.js";

const PARTY_BYTES = 16;
/** Of the text in the fragment: a name of 80 characters is at most 480 bytes of JSON, and nothing else is long. */
const CHARACTERS = 2048;

/**
 * `identity` is the identity key of the end that shows it: nobody else's answer is taken.
 * @typedef {import("./public-keys.js").Bytes} Bytes
 * @typedef {Readonly<{secret: Bytes, identity: Bytes, party: string, kind: import("./links.js").Kind, name: string}>} PairingCode
 */

/** The fragment isn't a pairing code. It never repeats the fragment. */
export class PairingCodeRefused extends Error {}

/**
 * The code in a fragment, or null if it holds none.
 * @param {string} fragment with or without `#`
 * @returns {PairingCode | null}
 * @throws {PairingCodeRefused}
 */
export function pairingCodeFrom(fragment) {
  const text = new URLSearchParams(fragment.replace(/^#/, "")).get("pair");
  if (text === null) return null;
  try {
    const raw = fromBase64url(text);
    if (text.length > CHARACTERS || base64url(raw) !== text) throw new PairingCodeRefused("A pairing code is short, and spelled in one way.");
    const { secret, identity, party, kind, name } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
    bytesOf(party, PARTY_BYTES);
    const isName = typeof name === "string" && name !== "" && [...name].length <= NAME_CHARACTERS;
    if (!isName || !KINDS.includes(kind)) throw new PairingCodeRefused("A pairing code names whom it is of.");
    return Object.freeze({ secret: bytesOf(secret, SECRET_BYTES), identity: identityKeyOf(bytesOf(identity)), party, kind, name });
  } catch {
    // Whatever went wrong, the cause may quote the code: it is left out.
    throw new PairingCodeRefused("The pairing code is damaged: show it again.");
  }
}

/**
 * The fragment of a code, with its `#`.
 * @param {PairingCode} code
 */
export function pairingFragment({ secret, identity, party, kind, name }) {
  const code = { secret: base64url(secret), identity: base64url(identity), party, kind, name };
  return `#pair=${base64url(utf8(JSON.stringify(code)))}`;
}
