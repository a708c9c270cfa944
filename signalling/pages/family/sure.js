/** "Are you sure?", asked aloud before something that can't be taken back. Nothing is done without a yes. */

import { element, say } from "./dom.js";

/**
 * Ask; true is a yes. With `typed`, that very text must be typed first.
 * @param {{heading: string, text: string, yes: string, no: string, typed?: {label: string, text: string}}} told
 * @returns {Promise<boolean>}
 */
export function isSure({ heading, text, yes, no, typed }) {
  const dialog = element("sure", HTMLDialogElement);
  const go = element("sure-yes", HTMLButtonElement);
  const field = element("sure-typed", HTMLInputElement);
  say(element("sure-heading", HTMLHeadingElement), heading);
  say(element("sure-text", HTMLParagraphElement), text);
  say(go, yes);
  say(element("sure-no", HTMLButtonElement), no);
  element("sure-type", HTMLElement).hidden = typed === undefined;
  say(element("sure-label", HTMLElement), typed?.label ?? "");
  field.value = "";
  const isTyped = () => typed === undefined || folded(field.value) === folded(typed.text);
  field.oninput = () => (go.disabled = !isTyped());
  go.disabled = !isTyped();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" && isTyped()), { once: true });
  });
}

/** @param {string} text as people type a name: case, blanks and the kind of apostrophe are free */
function folded(text) {
  return text.trim().replace(/[’‘ʼ`]/g, "'").replace(/\s+/g, " ").toLocaleLowerCase();
}
