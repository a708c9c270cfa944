/**
 * What a page says, in the reader's language: Swedish, Norwegian bokmål or English.
 *
 * A part of a page brings its own catalogue of three languages, and all parts speak the same one. A language is kept only when somebody chose it here. What
 * stands in the page's HTML is filled in by `data-words` (its text), `data-label` (its accessible name) and `data-hint` (a field's placeholder).
 */

import { chosen } from "./language.js";

/** @typedef {"en" | "nb" | "sv"} Language */
/**
 * @template {string} Key
 * @typedef {{words(key: Key, told?: Record<string, string | number>): string, wordsOr(key: string, otherwise: Key, told?: Record<string, string | number>): string, has(key: string): boolean}} Catalogue
 */

/** How dates and numbers are written. */
export const LOCALES = Object.freeze({ en: "en-GB", nb: "nb-NO", sv: "sv-SE" });
const KEPT = "narvaro.language";
/** Letters of Hebrew, Arabic, Syriac, Thaana, N'Ko and their kin, and the marks that turn text. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** @type {Language} */
let language = chosen(new URLSearchParams(location.search).get("lang"), [kept(), ...navigator.languages]);

/** The language that is spoken now. */
export function spoken() {
  return language;
}

/** How its dates and numbers are written. */
export function locale() {
  return LOCALES[language];
}

/**
 * A part's words. `en` has every key; the other two have the same.
 * @template {Readonly<Record<string, string>>} English
 * @param {{en: English, nb: Readonly<Record<keyof English, string>>, sv: Readonly<Record<keyof English, string>>}} languages
 * @returns {Catalogue<keyof English & string>}
 */
export function catalogue(languages) {
  const { en } = languages;
  /**
   * Words for the screen, with what stands in their braces.
   * @param {keyof English & string} key
   * @param {Record<string, string | number>} [told]
   */
  function words(key, told = {}) {
    const text = /** @type {Record<string, string>} */ (languages[language])[key];
    return text.replace(/\{(\w+)\}/g, (whole, name) => isolated(String(told[name] ?? whole)));
  }
  return {
    words,
    has: (key) => Object.hasOwn(en, key),
    /** Words under a key that may not exist, such as a reason's, or others. */
    wordsOr: (key, otherwise, told) => words(Object.hasOwn(en, key) ? key : otherwise, told),
  };
}

/**
 * A name in a script that runs from right to left, kept from turning the sentence around it: Unicode's isolates (UAX #9, 2.4.1), as `<bdi>` in HTML.
 * @param {string} told
 */
function isolated(told) {
  return RIGHT_TO_LEFT.test(told) ? `\u2068${told}\u2069` : told;
}

/**
 * Say everything that stands in the page in the language that is spoken now. The first catalogue has the page's `title`.
 * @param {...Catalogue<any>} catalogues
 */
export function fillPage(...catalogues) {
  /** @param {string | null} key */
  const said = (key) => catalogues.find(({ has }) => key !== null && has(key))?.words(key) ?? "";
  document.documentElement.lang = language;
  document.title = said("title");
  for (const one of document.querySelectorAll("[data-words]")) one.textContent = said(one.getAttribute("data-words"));
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", said(one.getAttribute("data-label")));
  for (const one of document.querySelectorAll("[data-hint]")) one.setAttribute("placeholder", said(one.getAttribute("data-hint")));
}

/**
 * Let the reader choose.
 * @param {HTMLSelectElement} choice
 * @param {() => void} changed say all of it anew
 */
export function offerLanguages(choice, changed) {
  choice.value = language;
  choice.addEventListener("change", () => {
    language = chosen(choice.value, []);
    try {
      localStorage.setItem(KEPT, language);
    } catch {
      // A browser that keeps nothing is asked again next time.
    }
    changed();
  });
}

function kept() {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return ""; // nothing is kept here
  }
}
