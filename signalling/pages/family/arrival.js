/** What the address brought, and what this browser keeps. */

import { keepSelf } from "../sdk/keeping.js";
import { linkFrom } from "../sdk/link.js";
import { LinkBook } from "../sdk/linkbook.js";
import { showNotice } from "./views.js";

/** @typedef {import("../sdk/link.js").LinkRefused} LinkRefused */

/** What an address may bring in its fragment: it is read once, and gone from the address at once. */
export const SECRETS = Object.freeze(["link=", "pair="]);

/**
 * What the address brought: it is gone from there before anything else happens.
 * @returns {string}
 */
export function takenFragment() {
  const fragment = location.hash;
  if (SECRETS.some((secret) => fragment.includes(secret))) history.replaceState(null, "", location.pathname + location.search);
  return fragment;
}

/**
 * What this browser keeps, from now on what a private link brought. Null: it is nobody's yet, or keeps nothing, which the screen says.
 * @param {string} fragment
 * @param {boolean} withCode
 * @returns {Promise<LinkBook | null>}
 * @throws {LinkRefused}
 */
export async function bookOfThisBrowser(fragment, withCode) {
  const link = await linkFrom(fragment);
  let book;
  try {
    if (link) await keepSelf({ ...link, contacts: [] });
    book = await LinkBook.kept();
  } catch {
    showNotice("unkept"); // what went wrong is the browser's own, or what stands in its storage
    return null;
  }
  if (!book) showNotice(withCode ? "unlinked_code" : "unlinked");
  return book;
}
