/**
 * The private link that makes a browser somebody's, read from a page's fragment.
 *
 * A fragment is never sent to a server, and the page takes it out of the address at once. Behind `#link=` stands base64url of the JSON of a link file: seeds of the identity and agreement keys, whose they
 * are, and whom this browser knows. The seeds become keys that can't be taken out again; nothing here keeps or prints them.
 */

import { fromBase64url } from "./encoding.js";
import { Identity } from "./identity.js";
import { LINKS } from "./keeping.js";
import { ringFrom } from "./keyring.js";
import { NAME_CHARACTERS, recordFrom } from "./links.js";
import { agreementPair } from "./private-keys.js";
import { bytesOf } from "./public-keys.js";

const PARTY = /^[A-Za-z0-9_-]{22}$/;
const PICTURE = /^[0-9a-f]{64}$/;

/**
 * What a link file holds: an endpoint, its agreement keys, and whom it knows.
 * @typedef {Readonly<{identity: Identity, party: string, name: string, picture: string | null, ring: import("./keyring.js").KeyRing,
 *   links: readonly import("./links.js").LinkRecord[]}>} PrivateLink
 */

/** The fragment isn't a private link. It never repeats the fragment. */
export class LinkRefused extends Error {}

/**
 * The link of a fragment, or null if it holds none.
 * @param {string} fragment with or without `#`
 * @returns {Promise<PrivateLink | null>}
 * @throws {LinkRefused}
 */
export async function linkFrom(fragment) {
  const text = new URLSearchParams(fragment.replace(/^#/, "")).get("link");
  if (text === null) return null;
  try {
    const link = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64url(text)));
    const ring = ringFrom({
      current: await agreementKeyFrom(link.ring.current),
      previous: link.ring.previous == null ? null : await agreementKeyFrom(link.ring.previous),
    });
    return await checked({ ...link, identity: await Identity.fromSeed(bytesOf(link.key)), ring });
  } catch {
    // Whatever went wrong, the cause may quote the link: it is left out.
    throw new LinkRefused("The private link is damaged: ask for a new one.");
  }
}

/** @param {any} kept as link files write an agreement key */
async function agreementKeyFrom({ serial, private: seed, made_at }) {
  return { serial, made_at, pair: await agreementPair(bytesOf(seed)) };
}

/**
 * Every record proven, and one for each endpoint.
 * @param {any} found
 * @returns {Promise<PrivateLink>}
 */
async function checked({ identity, party, name, picture = null, ring, links = [] }) {
  const isName = typeof name === "string" && name !== "" && [...name].length <= NAME_CHARACTERS;
  if (!isName || !PARTY.test(party) || !(links.length <= LINKS)) throw new LinkRefused("A link names its owner and at most 256 contacts.");
  if (picture !== null && !PICTURE.test(picture)) throw new LinkRefused("A picture is named by its SHA-256.");
  const records = await Promise.all(Array.from(links, recordFrom));
  if (new Set(records.map(({ endpoint }) => endpoint)).size < records.length) throw new LinkRefused("An endpoint has one record.");
  return Object.freeze({ identity, party, name, picture, ring, links: Object.freeze(records) });
}
