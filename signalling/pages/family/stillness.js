/** Notices when the other end's picture stands still although the path to it works. It looks at times alone. */

const STILL_MS = 3_000;

/** Watches one video element. */
export class Stillness {
  #video;
  #seenAt = Infinity;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
  }

  /** From the first picture on. */
  begin() {
    this.#seenAt = performance.now();
    this.#next();
  }

  /** The call is over. */
  end() {
    this.#seenAt = Infinity;
  }

  /** None is to be expected just now. */
  excuse() {
    if (this.#seenAt !== Infinity) this.#seenAt = performance.now();
  }

  /** Whether no picture has come for a while. A page that isn't looked at is given none. */
  get isStill() {
    if (document.visibilityState !== "visible") this.#seenAt = Math.max(performance.now(), this.#seenAt);
    return performance.now() - this.#seenAt > STILL_MS;
  }

  #next() {
    this.#video.requestVideoFrameCallback(() => {
      if (this.#seenAt === Infinity) return;
      this.#seenAt = performance.now();
      this.#next();
    });
  }
}
