/** Which view is on the screen, and the small ones that need no file of their own. */

import { element, say } from "../family/dom.js";
import { words } from "./words.js";

const VIEWS = ["starting", "notice", "keyword", "choose", "pin", "code", "ready", "call", "after"];

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
 * @param {"replaced" | "superseded" | "taken" | "unkept"} which
 * @param {() => void} [act]
 */
export function showNotice(which, act) {
  const button = element("notice-button", HTMLButtonElement);
  say(element("notice-heading", HTMLHeadingElement), words(`notice.${which}.heading`));
  say(element("notice-text", HTMLParagraphElement), words(`notice.${which}.text`));
  button.hidden = which !== "replaced" && which !== "superseded";
  if (which === "replaced" || which === "superseded") say(button, words(`notice.${which}.button`));
  button.onclick = () => act?.();
  showView("notice", "notice-heading");
}

/**
 * The steps of a visit, with their times.
 * @param {HTMLOListElement} list
 * @param {import("../sdk/timeline.js").Timeline} timeline
 */
export function stepsInto(list, { marks }) {
  list.replaceChildren(
    ...marks.map(({ step, atMs }) => {
      const item = document.createElement("li");
      const time = document.createElement("time");
      item.className = step;
      time.textContent = `${(atMs / 1000).toFixed(1)} s`;
      item.append(words(`step.${step}`), time);
      return item;
    }),
  );
}
