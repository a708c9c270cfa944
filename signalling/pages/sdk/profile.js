/**
 * Whose face: what a caller says of its own profile inside the ring, so that a screen can tell a swapped one. The JavaScript twin of
 * `client_sim.sealed.profile`.
 */

import { PROTOCOL } from "./encoding.js";
import { lengthPrefixed } from "./noise.js";

/**
 * SHA-256, lowercase hex, of a profile's name and its picture's own SHA-256.
 * @param {string} name
 * @param {string | null} picture lowercase hex; null: none
 */
export async function profileDigest(name, picture) {
  const digest = await crypto.subtle.digest("SHA-256", lengthPrefixed(PROTOCOL, "profile", name, picture ?? ""));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
