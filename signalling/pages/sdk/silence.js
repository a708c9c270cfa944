/**
 * How a relay that died is noticed: nothing arrives any more, neither media nor a check of ICE. A browser says `disconnected` only after six seconds.
 *
 * It counts what came and never looks into it.
 */

/** As in `client_sim.connection`. */
const SILENCE_MS = 3_000;
const LOOK_MS = 250;

/** Watches one connection at a time. */
export class Silence {
  #fell;
  #timer = 0;

  /** @param {() => void} fell called at every look while nothing arrives */
  constructor(fell) {
    this.#fell = fell;
  }

  /** @param {() => Promise<number>} heard how much has arrived so far */
  watch(heard) {
    clearInterval(this.#timer);
    let before = -1;
    let since = performance.now();
    const timer = setInterval(async () => {
      const now = await heard();
      if (timer !== this.#timer) return;
      if (now !== before) [before, since] = [now, performance.now()];
      else if (performance.now() - since >= SILENCE_MS) this.#fell();
    }, LOOK_MS);
    this.#timer = timer;
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }
}
