/** What happened in a call, as a list of steps and their times, in the words of whichever page shows it. */

/**
 * @typedef {import("../sdk/timeline.js").Mark} Mark
 * @typedef {{step: (step: Mark["step"]) => string, why: () => string[]}} Said words of a step; at the end why, and what can be done about it
 */

/**
 * Bring a list up to a call's steps: it grows, and what stands in it stays.
 * @param {HTMLOListElement} list
 * @param {readonly Mark[]} marks
 * @param {Said} said
 */
export function stepsInto(list, marks, said) {
  if (list.childElementCount > marks.length) list.replaceChildren();
  for (const { step, atMs } of marks.slice(list.childElementCount)) {
    const item = document.createElement("li");
    const time = document.createElement("time");
    item.className = step;
    item.dataset.atMs = String(atMs);
    time.textContent = stepTime(atMs);
    item.append(said.step(step), time);
    if (step === "ended") for (const why of said.why()) if (why) item.append(aside(why));
    list.append(item);
  }
}

/** @param {number} ms */
export function stepTime(ms) {
  return ms < 10_000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** @param {string} why */
function aside(why) {
  const text = document.createElement("small");
  text.textContent = why;
  return text;
}
