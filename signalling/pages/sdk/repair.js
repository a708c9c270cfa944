/**
 * When a path that was lost is looked for anew: docs/reference/protocol.md §6. The caller's end alone asks; the callee follows what it is offered.
 *
 * It knows no connection and decides only on moments: at once where a relay fell silent, after two seconds where the path was direct and may come back by
 * itself, then every eight seconds, and at once when fresh servers come. It never ends a call.
 */

const WAIT_MS = 2_000;
const EVERY_MS = 8_000;

/** The attempts to bring one call's path back. */
export class Repair {
  #begin;
  #isLost = false;
  #tries = 0;
  #timer = 0;

  /** @param {(tries: number) => void} begin told how often it was tried since the loss */
  constructor(begin) {
    this.#begin = begin;
  }

  /** @param {boolean} isRelayed whether the path that is gone went through a relay: one that is silent doesn't come back */
  lost(isRelayed) {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#tries = 0;
    this.#tryIn(isRelayed ? 0 : WAIT_MS);
  }

  /** What was tried can't work, or could only work by luck: fresh servers came, or the other end has another connection. */
  again() {
    if (this.#isLost && this.#tries > 0) this.#tryIn(0);
  }

  /** The path is back, or the call is over. */
  stop() {
    this.#isLost = false;
    clearTimeout(this.#timer);
  }

  /** @param {number} ms */
  #tryIn(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#tryIn(EVERY_MS);
      this.#begin(this.#tries++);
    }, ms);
  }
}
