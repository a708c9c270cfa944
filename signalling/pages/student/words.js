/** The words of the student's page. */

import { catalogue, fillPage as fill } from "../words/spoken.js";
import { EN } from "./words/en.js";
import { NB } from "./words/nb.js";
import { SV } from "./words/sv.js";

/** @typedef {keyof typeof EN} Key */

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
const STUDENT = catalogue(CATALOGUES);
export const { words, wordsOr } = STUDENT;

/** Say everything that stands in the page in the language that is spoken now. */
export function fillPage() {
  fill(STUDENT);
}
