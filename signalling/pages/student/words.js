/** The words of the student's page. */

import { causeWords } from "../words/causes.js";
import { catalogue, fillPage as fill, spoken } from "../words/spoken.js";
import { EN } from "./words/en.js";
import { NB } from "./words/nb.js";
import { SV } from "./words/sv.js";

/** @typedef {keyof typeof EN} Key */

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
const STUDENT = catalogue(CATALOGUES);
export const { words, wordsOr } = STUDENT;

/**
 * Why a visit ended, and what can be done about it where that is known.
 * @param {{reason: string | null, cause: string | null}} call
 */
export function endedWords({ reason, cause }) {
  const known = causeWords(spoken(), cause);
  return { said: known?.why ?? wordsOr(`ended.${reason}`, "ended.other"), todo: known?.todo ?? "" };
}

/** Say everything that stands in the page in the language that is spoken now. */
export function fillPage() {
  fill(STUDENT);
}
