/** Which view is on the screen, and what is said before there is anything to show. */

import { element, say } from "./dom.js";
import { words, wordsOr } from "./words.js";

/** @typedef {"damaged" | "damaged_code" | "unkept" | "refused" | "superseded"} Notice */

/** What the notice on the screen is, to be said anew in another language. */
let again = () => {};

/**
 * Show one view; the focus follows, so that keyboard and screen reader are where the eye is.
 * @param {string} name
 * @param {string} focus
 */
export function showView(name, focus) {
  if (document.body.dataset.view === name) return;
  document.body.dataset.view = name;
  for (const view of document.querySelectorAll(".view")) /** @type {HTMLElement} */ (view).hidden = view.id !== name;
  scrollTo(0, 0);
  element(focus, HTMLElement).focus({ preventScroll: true });
}

/**
 * Something that must be said before anything else, with at most one thing to do about it.
 * @param {Notice} which
 * @param {() => void} [act]
 */
export function showNotice(which, act) {
  const told = () => ({
    heading: words(`notice.${which}.heading`),
    text: words(`notice.${which}.text`),
    button: wordsOr(`notice.${which}.button`, "after.again"),
  });
  showNoticeOf(told, act);
}

/**
 * The same in words of another catalogue.
 * @param {() => {heading: string, text: string, button: string}} told in the language that is spoken now
 * @param {() => void} [act]
 */
export function showNoticeOf(told, act) {
  again = () => showNoticeOf(told, act);
  const { heading, text, button: label } = told();
  const button = element("notice-button", HTMLButtonElement);
  say(element("notice-heading", HTMLHeadingElement), heading);
  say(element("notice-text", HTMLParagraphElement), text);
  button.hidden = act === undefined;
  say(button, act ? label : "");
  button.onclick = () => act?.();
  showView("notice", "notice-heading");
}

/** Another language: a notice that is on the screen is said anew. */
export function sayNotice() {
  if (document.body.dataset.view === "notice") again();
}
