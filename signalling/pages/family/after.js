/** What is said after a call: why it ended, what can be done, what happened, and when the coordinator had erased its record. */

import { element, say } from "./dom.js";
import { marksInto } from "./marks.js";
import { endedWords, nameOf, todoWords } from "./telling.js";
import { showView } from "./views.js";
import { lengthWords, warningWords, words } from "./words.js";
import { wordsOr as troubleWords } from "./words/call.js";
import { words as wordsOfEnds } from "./words/ends.js";

/** The view after a call. */
export class AfterView {
  #heading = element("after-heading", HTMLHeadingElement);
  #text = element("after-text", HTMLParagraphElement);
  #todo = element("after-todo", HTMLParagraphElement);
  #warning = element("after-warning", HTMLParagraphElement);
  #erased = element("after-erased", HTMLParagraphElement);
  #again = element("again", HTMLButtonElement);
  #marks = element("after-marks", HTMLOListElement);

  /** @param {{again: () => void, back: () => void}} told */
  constructor({ again, back }) {
    this.#again.addEventListener("click", again);
    element("back", HTMLButtonElement).addEventListener("click", back);
  }

  /**
   * @param {import("./telling.js").Call} call
   * @param {boolean} isOnline
   * @param {import("./trouble.js").Trouble | null} trouble why there was no camera and no microphone, where that ended it
   */
  show(call, isOnline, trouble) {
    const { timeline } = call;
    const accepted = timeline.at("accepted");
    const talkedMs = accepted === null ? null : (timeline.at("ended") ?? accepted) - accepted;
    const name = nameOf(call);
    const isWithout = call.reason === "no_camera" && trouble !== null && trouble !== "denied";
    say(this.#heading, isWithout ? wordsOfEnds("ended.no_devices") : endedWords(call));
    say(this.#text, talkedMs === null ? `${name}.` : words("after.together", { name, length: lengthWords(talkedMs) }));
    const warning = warningWords(call.reason) ?? "";
    say(this.#warning, warning);
    this.#warning.hidden = warning === "";
    const todo = isWithout ? withoutWords(trouble) : warning === "" ? todoWords(call) : "";
    say(this.#todo, todo);
    this.#todo.hidden = todo === "";
    this.#again.classList.toggle("primary", warning === "");
    this.#again.disabled = !isOnline;
    this.#erased.hidden = timeline.at("erased") === null;
    marksInto(this.#marks, call);
    showView("after", "after-heading");
  }

  /** Another language: what stands in the list is said anew. */
  say() {
    this.#marks.replaceChildren();
  }
}

/**
 * What can be done where there was neither a camera nor a microphone to call with.
 * @param {import("./trouble.js").Trouble} trouble
 */
function withoutWords(trouble) {
  if (trouble === "none") return wordsOfEnds("todo.no_devices");
  return trouble === "busy" ? wordsOfEnds("todo.devices_busy") : troubleWords(`trouble.microphone.${trouble}`, "trouble.microphone.other");
}
