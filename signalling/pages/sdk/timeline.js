/**
 * What happened in a call, and when: steps in the order they came, in milliseconds from the press of the button.
 *
 * Kept for the screen alone. It holds no name, address, candidate or description, and it goes with the call.
 */

/**
 * @typedef {"pressed" | "camera" | "invited" | "ringing" | "joined" | "offered" | "answered" | "ice" | "connected" | "accepted" | "picture"
 *   | "lost" | "back" | "ended" | "erased"} Step
 * @typedef {{step: Step, atMs: number, detail?: string}} Mark
 */

/** The steps of one call. */
export class Timeline {
  /** @type {Mark[]} */
  marks = [];
  #startedAt;
  #clock;
  #changed;

  /**
   * @param {(mark: Mark) => void} [changed] called with each new mark
   * @param {() => number} [clock] milliseconds, monotonic
   */
  constructor(changed = () => {}, clock = () => performance.now()) {
    this.#clock = clock;
    this.#changed = changed;
    this.#startedAt = clock();
  }

  /**
   * Of a call that an earlier page was in: from its accept on, so many milliseconds ago.
   * @param {number} agoMs
   * @param {(mark: Mark) => void} changed
   */
  static since(agoMs, changed) {
    const timeline = new Timeline(changed);
    timeline.#startedAt -= agoMs;
    timeline.marks.push({ step: "accepted", atMs: 0 });
    return timeline;
  }

  /**
   * @param {Step} step
   * @param {string} [detail] a word of ours, never of the other end's
   */
  mark(step, detail) {
    const mark = { step, atMs: Math.round(this.#clock() - this.#startedAt), detail };
    this.marks.push(mark);
    this.#changed(mark);
  }

  /**
   * Mark a step that happens once; later ones are left out.
   * @param {Step} step
   * @param {string} [detail]
   */
  markOnce(step, detail) {
    if (this.at(step) === null) this.mark(step, detail);
  }

  /**
   * When the first such step was, or null.
   * @param {Step} step
   */
  at(step) {
    return this.marks.find((mark) => mark.step === step)?.atMs ?? null;
  }
}
