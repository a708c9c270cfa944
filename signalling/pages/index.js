/** The front door, in the reader's language. Without JavaScript it stands in English, and every link leads where it says. */

import { element } from "./family/dom.js";
import { FRONT } from "./index/words.js";
import { fillPage, offerLanguages, spoken } from "./words/spoken.js";

function show() {
  fillPage(FRONT);
  for (const id of ["my-data", "privacy"]) element(id, HTMLAnchorElement).hash = spoken();
}

const choice = element("language", HTMLSelectElement);
choice.hidden = false;
offerLanguages(choice, show);
show();
