/** What the address brought, and what this browser keeps. */

import { keepSelf } from "../sdk/keeping.js";
import { linkFrom } from "../sdk/link.js";
import { LinkBook } from "../sdk/linkbook.js";
import { showNotice } from "./views.js";

/** @typedef {import("../sdk/link.js").LinkRefused} LinkRefused */

/** What an address may bring in its fragment: it is read once, and gone from the address at once. */
export const SECRETS = Object.freeze(["link=", "pair=", "invitation="]);

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
 * What this browser keeps, from now on what a private link brought. Where it keeps nothing, the screen says so.
 * @param {string} fragment
 * @returns {Promise<LinkBook | "nobody" | null>} null: it keeps nothing
 * @throws {LinkRefused}
 */
export async function bookOfThisBrowser(fragment) {
  const link = await linkFrom(fragment);
  try {
    if (link) await keepSelf({ ...link, contacts: [] });
    return (await LinkBook.kept()) ?? "nobody";
  } catch {
    showNotice("unkept"); // what went wrong is the browser's own, or what stands in its storage
    return null;
  }
}
