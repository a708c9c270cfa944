/**
 * How a browser becomes a Komp: by a provisioning token (`#enrol=`), or by a private link (`#link=`) of a coordinator that keeps no people.
 *
 * What the address brings is gone from it before anything else happens, and is never printed or kept.
 */

import { Account } from "../sdk/account.js";
import { Asking, Refused } from "../sdk/asking.js";
import { Identity } from "../sdk/identity.js";
import { keepSelf } from "../sdk/keeping.js";
import { linkFrom } from "../sdk/link.js";
import { LinkBook } from "../sdk/linkbook.js";
import { NAME_CHARACTERS } from "../sdk/links.js";

const SECRETS = ["enrol", "link"];
const UNNAMED = "Komp";

/**
 * The fragment of the address, which holds it no longer.
 * @returns {string}
 */
export function takenFragment() {
  const fragment = location.hash;
  if (hasSecret(fragment)) history.replaceState(null, "", location.pathname + location.search);
  return fragment;
}

/** @param {string} fragment */
export function hasSecret(fragment) {
  const told = new URLSearchParams(fragment.replace(/^#/, ""));
  return SECRETS.some((one) => told.has(one));
}

/**
 * Whom this browser is, from now on whom the fragment says. A token that is refused changes nothing where it is somebody already: a kiosk may be started with
 * the same address each morning.
 * @param {string} fragment
 * @returns {Promise<LinkBook | null>} null: nobody yet
 * @throws {Refused | import("../sdk/link.js").LinkRefused}
 */
export async function movedIn(fragment) {
  const link = await linkFrom(fragment);
  if (link) await keepSelf({ ...link, contacts: [] });
  const told = new URLSearchParams(fragment.replace(/^#/, ""));
  const token = told.get("enrol");
  if (token === null) return LinkBook.kept();
  try {
    await enrol(token, told.get("name"));
  } catch (problem) {
    const kept = await LinkBook.kept();
    if (kept === null || !(problem instanceof Refused)) throw problem;
    return kept;
  }
  return LinkBook.kept();
}

/**
 * @param {string} token
 * @param {string | null} name what phones shall call it
 */
async function enrol(token, name) {
  const identity = await Identity.fromSeed(crypto.getRandomValues(new Uint8Array(32)));
  const { party } = await new Account(new Asking(identity)).enrol(token);
  const short = [...(name ?? "")].slice(0, NAME_CHARACTERS).join("");
  await keepSelf({ identity, party, name: short || UNNAMED, contacts: [] });
}
