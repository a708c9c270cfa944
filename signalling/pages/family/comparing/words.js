/** What is said of comparing digits in a call, in the reader's language. */

import { catalogue } from "../../words/spoken.js";
import { EN } from "./words/en.js";
import { NB } from "./words/nb.js";
import { SV } from "./words/sv.js";

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
export const COMPARING = catalogue(CATALOGUES);
export const { words, wordsOr } = COMPARING;
