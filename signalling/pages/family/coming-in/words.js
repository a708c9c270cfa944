/** What the family app says to somebody who comes in, in the reader's language. */

import { catalogue } from "../../words/spoken.js";
import { EN } from "./words/en.js";
import { NB } from "./words/nb.js";
import { SV } from "./words/sv.js";

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
export const COMING_IN = catalogue(CATALOGUES);
export const { words, wordsOr } = COMING_IN;
