/**
 * How a call is noticed: a sound where the browser allows one, a buzz on phones, and the name in the tab's title. Nothing of the caller's is played.
 *
 * A browser lets a page sound only after somebody has touched it; until then the title and the screen have to do.
 */

import { Ringer } from "../komp/ringer.js";

const FLASH_MS = 1_000;
const BUZZ_MS = [600, 300, 600, 900];
const LOUDNESS = 0.6;

/** Rings until it is stopped. */
export class Bell {
  #ringer = new Ringer();
  #timer = 0;
  #title = "";

  /**
   * @param {string} words what the title says in turns with its own
   * @param {boolean} isSilent the title alone
   */
  start(words, isSilent) {
    this.stop();
    this.#title = document.title;
    let turn = 0;
    const flash = () => {
      document.title = turn % 2 === 0 ? `☎ ${words}` : this.#title;
      if (!isSilent && turn % 3 === 0) navigator.vibrate?.(BUZZ_MS);
      turn += 1;
    };
    this.#timer = setInterval(flash, FLASH_MS);
    flash();
    if (!isSilent) this.#ringer.start(LOUDNESS);
  }

  /** At once. */
  stop() {
    if (this.#timer === 0) return;
    clearInterval(this.#timer);
    this.#timer = 0;
    document.title = this.#title;
    this.#ringer.stop();
    navigator.vibrate?.(0);
  }

  /** Whether it sounds, or would. */
  static get mayBeHeard() {
    return navigator.userActivation?.hasBeenActive ?? true;
  }
}
