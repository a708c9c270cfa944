/**
 * How a relay that died is noticed: nothing arrives any more, neither media nor a check of ICE. Chromium says `disconnected` only after six seconds, and
 * doesn't say that a path is back where it never said that it was gone.
 *
 * It counts what came and never looks into it.
 */

/** As in `client_sim.connection`. */
const SILENCE_MS = 3_000;
const LOOK_MS = 250;

/**
 * What has arrived so far; only growth means anything.
 * @typedef {{media: number, checks: number}} Heard
 */

/** Watches one connection at a time. */
export class Silence {
  #fell;
  #came;
  #timer = 0;

  /**
   * @param {() => void} fell called at every look while nothing arrives
   * @param {() => void} came called at every look since which media came
   */
  constructor(fell, came) {
    this.#fell = fell;
    this.#came = came;
  }

  /** @param {() => Promise<Heard>} heard */
  watch(heard) {
    this.stop();
    /** @type {Heard} */
    let before = { media: Infinity, checks: 0 };
    let since = performance.now();
    const timer = setInterval(async () => {
      const now = await heard();
      if (timer !== this.#timer) return;
      const isSilent = now.media === before.media && now.checks === before.checks;
      const isMedia = now.media > before.media;
      before = now;
      if (!isSilent) since = performance.now();
      if (isMedia) this.#came();
      else if (performance.now() - since >= SILENCE_MS) this.#fell();
    }, LOOK_MS);
    this.#timer = timer;
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }
}
