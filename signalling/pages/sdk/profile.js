/**
 * Whose face: what a caller says of its own profile inside the ring, so that a screen can tell a swapped one. The JavaScript twin of
 * `client_sim.sealed.profile`.
 */

import { Refused } from "./asking.js";
import { PROTOCOL } from "./encoding.js";
import { lengthPrefixed } from "./noise.js";

/** @typedef {{name: string, picture: string | null}} Profile a name, and the SHA-256 of a picture (lowercase hex), if there is one */

/**
 * How its owner is shown to others, as the owner may have changed it on another phone: from now on rings say so too. Without an answer nothing changes.
 * @param {import("./linkbook.js").LinkBook} book
 * @param {import("./account.js").Account} account
 */
export async function learnOwnProfile(book, account) {
  try {
    const { profile } = await account.me();
    if (profile) await book.showAs({ name: profile.name, picture: profile.picture ?? null });
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
  }
}

/**
 * SHA-256, lowercase hex, of a profile's name and its picture's own SHA-256.
 * @param {string} name
 * @param {string | null} picture lowercase hex; null: none
 */
export async function profileDigest(name, picture) {
  const digest = await crypto.subtle.digest("SHA-256", lengthPrefixed(PROTOCOL, "profile", name, picture ?? ""));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
