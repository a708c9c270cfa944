/** The bar that shows how loud it is, for a moment after the knob was turned. */

import { element, say } from "../family/dom.js";

const SHOWN_MS = 1_500;

/** One bar. */
export class LoudnessBar {
  #bar = element("loudness", HTMLElement);
  #timer = 0;

  /** @param {string} word */
  constructor(word) {
    say(element("loudness-word", HTMLElement), word);
  }

  /** @param {number} loudness 0 to 1 */
  show(loudness) {
    this.#bar.style.setProperty("--loud", String(loudness));
    this.#bar.hidden = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#bar.hidden = true), SHOWN_MS);
  }
}
