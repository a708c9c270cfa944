/** What the family app says of a Komp's circle, in the reader's language. */

import { catalogue, locale } from "../../words/spoken.js";
import { EN } from "./words/en.js";
import { NB } from "./words/nb.js";
import { SV } from "./words/sv.js";

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
export const CIRCLE = catalogue(CATALOGUES);
export const { words, wordsOr } = CIRCLE;

/**
 * What somebody may do there, in a few words.
 * @param {{role: import("../../sdk/account.js").Role, video_only?: boolean}} member
 */
export function roleWords({ role, video_only: isVideoOnly }) {
  return words(isVideoOnly ? "role.video_only" : "role.plain", { role: words(`role.${role}`) });
}

/** @param {number} unixSeconds */
export function dayWords(unixSeconds) {
  return new Date(unixSeconds * 1000).toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long" });
}

/**
 * What is known of the keys of a person's phones, the least sure first in mind.
 * @param {import("./reachable.js").Sureness} sureness
 */
export function sureWords(sureness) {
  return words(`sure.${sureness}`);
}
