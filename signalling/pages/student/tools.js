/**
 * The student's tools in class: hand, passive, whisper, mute, volume, eyes, and the way out.
 *
 * A tool shows what was chosen, and apart from that whether the robot shows it: until it has told so, the choice is on its way.
 */

import { element, say } from "../family/dom.js";
import { words } from "./words.js";

/**
 * @typedef {import("./visit.js").Visit} Visit
 * @typedef {"hand" | "passive" | "whisper" | "mute"} Tool
 */

/** @type {Record<Tool, [off: import("./words.js").Key, on: import("./words.js").Key]>} */
const LABELS = {
  hand: ["tool.hand", "tool.hand_on"],
  passive: ["tool.passive", "tool.passive"],
  whisper: ["tool.whisper", "tool.whisper"],
  mute: ["tool.mute", "tool.mute_on"],
};

/** The row of tools. */
export class Tools {
  /** @type {Map<Tool, HTMLButtonElement>} */
  #toggles = new Map();
  #moods = /** @type {NodeListOf<HTMLInputElement>} */ (document.getElementsByName("mood"));
  #volume = element("volume", HTMLInputElement);
  #leave = element("leave", HTMLButtonElement);

  /**
   * @param {object} told
   * @param {() => Visit | null} told.visit the one that is on
   * @param {() => void} told.leave
   */
  constructor({ visit, leave }) {
    for (const button of document.querySelectorAll("button[data-tool]")) {
      const tool = /** @type {Tool} */ (/** @type {HTMLButtonElement} */ (button).dataset.tool);
      this.#toggles.set(tool, /** @type {HTMLButtonElement} */ (button));
      button.addEventListener("click", () => {
        const one = visit();
        one?.choose({ [tool]: !one.chosen[tool] });
        this.show(one);
      });
    }
    for (const mood of this.#moods) {
      mood.addEventListener("change", () => visit()?.choose({ eyes: /** @type {import("../sdk/control/words.js").Eyes} */ (mood.value) }));
    }
    this.#volume.addEventListener("change", () => visit()?.choose({ volume: this.#volume.valueAsNumber }));
    this.#leave.addEventListener("click", leave);
  }

  /** @param {Visit | null} visit null while the robot hasn't answered */
  show(visit) {
    const robot = visit?.robot ?? null;
    const chosen = visit?.chosen ?? null;
    for (const [tool, button] of this.#toggles) {
      const isOn = chosen?.[tool] ?? false;
      button.disabled = visit === null;
      button.setAttribute("aria-pressed", String(isOn));
      button.classList.toggle("on-its-way", robot !== null && robot[tool] !== isOn);
      // The state is the button's own: a label that changes with it would say it twice.
      button.setAttribute("aria-label", words(LABELS[tool][0]));
      say(/** @type {Element} */ (button.querySelector("span")), words(LABELS[tool][isOn ? 1 : 0]));
    }
    for (const mood of this.#moods) {
      mood.disabled = visit === null;
      mood.checked = mood.value === (chosen?.eyes ?? "neutral");
      mood.closest("label")?.classList.toggle("on-its-way", mood.checked && robot !== null && robot.eyes !== mood.value);
    }
    this.#volume.disabled = visit === null;
    if (document.activeElement !== this.#volume) this.#volume.valueAsNumber = chosen?.volume ?? 50;
    say(/** @type {Element} */ (this.#leave.querySelector("span")), words(visit === null ? "tool.stop" : "tool.leave"));
  }
}
