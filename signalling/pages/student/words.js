/**
 * The page's words in the reader's language: Swedish, Norwegian bokmål or English.
 *
 * A language is kept only when somebody chose it here. What stands in the page's HTML is filled in from the catalogue by `data-words` and `data-label`.
 */

import { EN } from "./words/en.js";
import { NB } from "./words/nb.js";
import { SV } from "./words/sv.js";

/** @typedef {keyof typeof EN} Key */

export const CATALOGUES = Object.freeze({ sv: SV, nb: NB, en: EN });
const KEPT = "narvaro.language";
const SPOKEN = Object.freeze({ sv: "sv", nb: "nb", nn: "nb", no: "nb", da: "nb", en: "en" });

/** @type {keyof typeof CATALOGUES} */
let language = preferred();

/**
 * Words for the screen, with what stands in their braces.
 * @param {Key} key
 * @param {Record<string, string | number>} [told]
 */
export function words(key, told = {}) {
  return CATALOGUES[language][key].replace(/\{(\w+)\}/g, (whole, name) => String(told[name] ?? whole));
}

/**
 * Words under a key that may not exist, such as a reason's, or others.
 * @param {string} key
 * @param {Key} otherwise
 */
export function wordsOr(key, otherwise) {
  return words(Object.hasOwn(EN, key) ? /** @type {Key} */ (key) : otherwise);
}

/** The language that is spoken now. */
export function spoken() {
  return language;
}

/** Say everything that stands in the page in the language that is spoken now. */
export function fillPage() {
  document.documentElement.lang = language;
  document.title = words("title");
  for (const one of document.querySelectorAll("[data-words]")) one.textContent = words(keyOf(one, "data-words"));
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", words(keyOf(one, "data-label")));
}

/**
 * Let the reader choose, and say all of it anew.
 * @param {HTMLSelectElement} choice
 * @param {() => void} changed what the page says besides
 */
export function offerLanguages(choice, changed) {
  choice.value = language;
  choice.addEventListener("change", () => {
    language = /** @type {typeof language} */ (choice.value);
    try {
      localStorage.setItem(KEPT, language);
    } catch {
      // A browser that keeps nothing is asked again next time.
    }
    fillPage();
    changed();
  });
}

/**
 * @param {Element} element
 * @param {string} attribute
 */
function keyOf(element, attribute) {
  return /** @type {Key} */ (element.getAttribute(attribute));
}

/** @returns {keyof typeof CATALOGUES} */
function preferred() {
  let kept = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // Nothing is kept here.
  }
  for (const wanted of [kept ?? "", ...navigator.languages]) {
    const known = /** @type {Record<string, string>} */ (SPOKEN)[wanted.slice(0, 2)];
    if (known) return /** @type {keyof typeof CATALOGUES} */ (known);
  }
  return "en";
}
