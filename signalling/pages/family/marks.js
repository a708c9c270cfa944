/** What happens in a call, as a list of steps and times. */

import { stepTime, words } from "./words.js";

/**
 * Bring a list up to a timeline: it grows, and what stands in it stays.
 * @param {HTMLOListElement} list
 * @param {import("../sdk/timeline.js").Timeline} timeline
 */
export function marksInto(list, timeline) {
  if (list.childElementCount > timeline.marks.length) list.replaceChildren();
  for (const { step, atMs } of timeline.marks.slice(list.childElementCount)) {
    const item = document.createElement("li");
    const time = document.createElement("time");
    item.className = step;
    item.dataset.atMs = String(atMs);
    time.textContent = stepTime(atMs);
    item.append(words(`step.${step}`), time);
    list.append(item);
  }
}
