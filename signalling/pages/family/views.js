/** Which view is on the screen, and what is said before there is anything to show. */

import { element, say } from "./dom.js";
import { words, wordsOr } from "./words.js";

/** @typedef {"unlinked" | "damaged" | "damaged_code" | "unlinked_code" | "unkept" | "refused" | "superseded"} Notice */

/** What the notice on the screen is, to be said anew in another language. */
let again = () => {};

const VIEWS = ["starting", "notice", "people", "pair", "send", "call", "after"];

/**
 * Show one view; the focus follows, so that keyboard and screen reader are where the eye is.
 * @param {string} name
 * @param {string} focus
 */
export function showView(name, focus) {
  if (document.body.dataset.view === name) return;
  document.body.dataset.view = name;
  for (const view of VIEWS) element(view, HTMLElement).hidden = view !== name;
  scrollTo(0, 0);
  element(focus, HTMLElement).focus({ preventScroll: true });
}

/**
 * Something that must be said before anything else, with at most one thing to do about it.
 * @param {Notice} which
 * @param {() => void} [act]
 */
export function showNotice(which, act) {
  again = () => showNotice(which, act);
  const button = element("notice-button", HTMLButtonElement);
  say(element("notice-heading", HTMLHeadingElement), words(`notice.${which}.heading`));
  say(element("notice-text", HTMLParagraphElement), words(`notice.${which}.text`));
  button.hidden = act === undefined;
  say(button, act ? wordsOr(`notice.${which}.button`, "after.again") : "");
  button.onclick = () => act?.();
  showView("notice", "notice-heading");
}

/** Another language: a notice that is on the screen is said anew. */
export function sayNotice() {
  if (document.body.dataset.view === "notice") again();
}
