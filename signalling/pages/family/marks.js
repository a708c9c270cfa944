/** What happens in a call, as a list of steps and times; at its end why, and what can be done about it. */

import { endedWords, stepWords, todoWords } from "./telling.js";
import { stepTime } from "./words.js";

/**
 * Bring a list up to a call's timeline: it grows, and what stands in it stays.
 * @param {HTMLOListElement} list
 * @param {import("./telling.js").Call} call
 */
export function marksInto(list, call) {
  const { marks } = call.timeline;
  if (list.childElementCount > marks.length) list.replaceChildren();
  for (const { step, atMs } of marks.slice(list.childElementCount)) {
    const item = document.createElement("li");
    const time = document.createElement("time");
    item.className = step;
    item.dataset.atMs = String(atMs);
    time.textContent = stepTime(atMs);
    item.append(stepWords(call, step), time);
    if (step === "ended") for (const why of [endedWords(call), todoWords(call)]) if (why) item.append(aside(why));
    list.append(item);
  }
}

/** @param {string} why */
function aside(why) {
  const text = document.createElement("small");
  text.textContent = why;
  return text;
}
