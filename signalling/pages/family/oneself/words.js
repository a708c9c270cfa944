/** What the family app says to somebody about themselves, in the reader's language. */

import { catalogue, locale } from "../../words/spoken.js";
import { EN } from "./words/en.js";
import { NB } from "./words/nb.js";
import { SV } from "./words/sv.js";

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
export const ONESELF = catalogue(CATALOGUES);
export const { words, wordsOr } = ONESELF;

const DAY_MS = 86_400_000;

/** @param {Date} moment as this machine's clock has it, to the minute */
export function momentWords(moment) {
  return moment.toLocaleString(locale(), { dateStyle: "long", timeStyle: "short" });
}

/** @param {number} day counted from 1970-01-01 */
export function dateWords(day) {
  return new Date(day * DAY_MS).toLocaleDateString(locale(), { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
