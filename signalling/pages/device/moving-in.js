/**
 * How a browser becomes a device, a Komp or an AV1: by a provisioning token (`#enrol=`), or by a private link (`#link=`) of a coordinator that keeps no
 * people.
 *
 * What the address brings is gone from it before anything else happens, and is never printed or kept.
 */

import { Account } from "../sdk/account.js";
import { Asking, Refused } from "../sdk/asking.js";
import { Identity } from "../sdk/identity.js";
import { keepSelf } from "../sdk/keeping.js";
import { LinkRefused, linkFrom } from "../sdk/link.js";
import { LinkBook } from "../sdk/linkbook.js";
import { NAME_CHARACTERS } from "../sdk/links.js";

const SECRETS = ["enrol", "link"];

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
 * Whom this browser is, or null with the reason told: `unenrolled`, `not_authenticated`, `unreachable`, `damaged` or `unkept`.
 * @param {string} fragment
 * @param {string} unnamed what it is called where the address gives it no name
 * @param {(why: string) => void} tell
 */
export async function bookOf(fragment, unnamed, tell) {
  try {
    const book = await movedIn(fragment, unnamed);
    if (!book) tell("unenrolled");
    return book;
  } catch (problem) {
    if (problem instanceof Refused) tell(problem.code === "unreachable" ? "unreachable" : "not_authenticated");
    else if (problem instanceof LinkRefused) tell("damaged");
    else tell("unkept"); // what went wrong is the browser's own, or what stands in its storage
    return null;
  }
}

/**
 * Whom this browser is, from now on whom the fragment says. A token that is refused changes nothing where it is somebody already: a kiosk may be started with
 * the same address each morning.
 * @param {string} fragment
 * @param {string} unnamed
 * @returns {Promise<LinkBook | null>} null: nobody yet
 * @throws {Refused | LinkRefused}
 */
async function movedIn(fragment, unnamed) {
  const link = await linkFrom(fragment);
  if (link) await keepSelf({ ...link, contacts: [] });
  const told = new URLSearchParams(fragment.replace(/^#/, ""));
  const token = told.get("enrol");
  if (token === null) return LinkBook.kept();
  try {
    await enrol(token, told.get("name") || unnamed);
  } catch (problem) {
    const kept = await LinkBook.kept();
    if (kept === null || !(problem instanceof Refused)) throw problem;
    return kept;
  }
  return LinkBook.kept();
}

/**
 * @param {string} token
 * @param {string} name what phones shall call it
 */
async function enrol(token, name) {
  const identity = await Identity.fromSeed(crypto.getRandomValues(new Uint8Array(32)));
  const { party } = await new Account(new Asking(identity)).enrol(token);
  await keepSelf({ identity, party, name: [...name].slice(0, NAME_CHARACTERS).join(""), contacts: [] });
}
