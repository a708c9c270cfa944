/** What happens in a call, as a list of steps and times; at its end why, and what can be done about it. */

import { stepsInto } from "../words/steps.js";
import { endedWords, stepWords, todoWords } from "./telling.js";

/**
 * Bring a list up to a call's timeline: it grows, and what stands in it stays.
 * @param {HTMLOListElement} list
 * @param {import("./telling.js").Call} call
 */
export function marksInto(list, call) {
  stepsInto(list, call.timeline.marks, {
    step: (step) => stepWords(call, step),
    why: () => [endedWords(call), todoWords(call)],
  });
}
