/**
 * That the other end's camera or microphone is off, in words: in the picture's place, or over the picture.
 *
 * The last picture doesn't stay behind such words. It goes with them, and after them the next one is waited for.
 */

import { say } from "./dom.js";

/**
 * @typedef {import("../sdk/sending.js").Sends} Sends
 * @typedef {object} Sayings with the other end's name in them
 * @property {string} camera
 * @property {string} microphone
 * @property {string} both
 */

/** One screen's. A page's stage and a Komp's have one each. */
export class TheirMedia {
  #view;
  #video;
  #note;
  #awaited = 0;

  /**
   * @param {HTMLElement} view has the class `camera-off` while it is, and `no-picture` until one comes again
   * @param {HTMLVideoElement} video
   * @param {HTMLElement} note a live region
   */
  constructor(view, video, note) {
    this.#view = view;
    this.#video = video;
    this.#note = note;
  }

  /**
   * @param {Sends} theirs
   * @param {Sayings} sayings
   */
  show({ camera, microphone }, sayings) {
    const { classList } = this.#view;
    say(this.#note, camera && microphone ? "" : camera ? sayings.microphone : microphone ? sayings.camera : sayings.both);
    if (!camera) {
      this.#expectNone();
      classList.add("camera-off", "no-picture");
    } else if (classList.contains("camera-off")) {
      classList.remove("camera-off");
      this.#awaited = this.#video.requestVideoFrameCallback(() => classList.remove("no-picture"));
    }
  }

  /** The call is over. */
  clear() {
    this.#expectNone();
    this.#view.classList.remove("camera-off", "no-picture");
    say(this.#note, "");
  }

  #expectNone() {
    if (this.#awaited !== 0) this.#video.cancelVideoFrameCallback(this.#awaited);
    this.#awaited = 0;
  }
}
