/**
 * The lock on the page: choosing a PIN once, and giving it each time. No key is read before the PIN was right.
 */

import { element, say } from "../family/dom.js";
import { isPin, keepPin, tryPin, waitLeft } from "./pin.js";
import { words } from "./words.js";

const TICK_MS = 500;

/**
 * Have a PIN chosen.
 * @param {() => void} chosen
 */
export function choosePin(chosen) {
  const [first, second] = [element("choose-field", HTMLInputElement), element("choose-again", HTMLInputElement)];
  const problem = element("choose-problem", HTMLParagraphElement);
  element("choose-form", HTMLFormElement).onsubmit = async (event) => {
    event.preventDefault();
    if (!isPin(first.value)) {
      say(problem, words("choose.four"));
      return first.focus();
    }
    if (first.value !== second.value) {
      say(problem, words("choose.differ"));
      second.value = "";
      return second.focus();
    }
    const pin = first.value;
    first.value = second.value = "";
    say(problem, "");
    await keepPin(pin);
    void navigator.storage?.persist?.(); // so that a full disk doesn't take the key
    chosen();
  };
}

/**
 * Ask for the PIN until it is right.
 * @param {object} then
 * @param {() => void} then.opened
 * @param {() => void} then.forgotten everything here is to be forgotten
 */
export function askPin({ opened, forgotten }) {
  const field = element("pin-field", HTMLInputElement);
  const button = element("pin-button", HTMLButtonElement);
  const problem = element("pin-problem", HTMLParagraphElement);
  const forget = element("pin-forget", HTMLElement);
  let waiting = 0;

  const wait = (/** @type {number} */ ms) => {
    clearTimeout(waiting);
    const until = performance.now() + ms;
    const tick = () => {
      const left = until - performance.now();
      field.disabled = button.disabled = left > 0;
      if (left <= 0) return say(problem, "");
      say(problem, words("pin.wait", { seconds: Math.ceil(left / 1000) }));
      waiting = setTimeout(tick, TICK_MS);
    };
    tick();
  };

  element("pin-form", HTMLFormElement).onsubmit = async (event) => {
    event.preventDefault();
    const pin = field.value;
    field.value = "";
    if (!isPin(pin)) {
      say(problem, words("choose.four"));
      return field.focus();
    }
    button.disabled = true;
    const { isRight, left, waitMs } = await tryPin(pin);
    button.disabled = false;
    if (isRight) return opened();
    if (waitMs > 0) return wait(waitMs);
    say(problem, words("pin.wrong", { left }));
    field.focus();
  };
  element("pin-forgot", HTMLButtonElement).onclick = () => (forget.hidden = false);
  element("pin-keep", HTMLButtonElement).onclick = () => {
    forget.hidden = true;
    field.focus();
  };
  element("pin-forget-button", HTMLButtonElement).onclick = forgotten;
  void waitLeft().then((ms) => ms > 0 && wait(ms));
}
