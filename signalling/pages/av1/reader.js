/**
 * How a robot comes to know its student: the camera reads the code that the student's page shows, and the two prove each other's keys.
 *
 * The code's secret comes by light alone and is gone with the reading. Only a student's code is taken; whoever was known before is forgotten here. While it
 * reads, the camera's picture stays on this screen.
 */

import { KeepingError } from "../sdk/keeping.js";
import { MeetingError } from "../sdk/meetings.js";
import { pairingCodeFrom, PairingCodeRefused } from "../sdk/pairing-code.js";
import { decoder } from "./decoder.js";

const LOOK_MS = 150;
/** The page that shows the code is open, or the code can't be used now. */
const MEET_MS = 20_000;
const TOLD_MS = 5_000;
const PICTURE = Object.freeze({ width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 15 } });

/**
 * `blind`: there is no camera.
 * @typedef {"shut" | "looking" | "meeting" | "met" | "failed" | "blind"} Stage
 */

/** Open while the camera looks for a code. */
export class Reader {
  /** @type {Stage} */
  stage = "shut";
  /** Why nothing came of it: a meeting's code, `no_code`, or `not_kept`. */
  failure = "";
  #video;
  #endpoint;
  #changed;
  /** @type {AbortController | null} */
  #open = null;

  /**
   * @param {HTMLVideoElement} video shows what the camera sees, here alone
   * @param {import("../sdk/endpoint.js").Endpoint} endpoint
   * @param {() => void} changed
   */
  constructor(video, endpoint, changed) {
    this.#video = video;
    this.#endpoint = endpoint;
    this.#changed = changed;
  }

  get isOpen() {
    return this.#open !== null;
  }

  /** Look until a code was read and its app was met, or it is shut. */
  async open() {
    if (this.#open) return;
    const open = new AbortController();
    this.#open = open;
    this.#become("looking");
    try {
      await this.#look(open.signal);
    } finally {
      if (this.#open === open) this.shut();
    }
  }

  /** The camera is off again. */
  shut() {
    this.#open?.abort();
    this.#open = null;
    this.#become("shut");
  }

  /** @param {AbortSignal} signal */
  async #look(signal) {
    const camera = await this.#camera(signal);
    if (!camera) return;
    try {
      await this.#find(signal);
    } finally {
      for (const track of camera.getTracks()) track.stop();
      this.#video.srcObject = null;
    }
    if (signal.aborted) return;
    this.#become("met");
    await pause(TOLD_MS, signal);
  }

  /**
   * Until a code was read and its app was met, or it is shut.
   * @param {AbortSignal} signal
   */
  async #find(signal) {
    const read = await decoder();
    for (; !signal.aborted; await pause(LOOK_MS, signal)) {
      const text = await read(this.#video);
      if (text !== null && !signal.aborted && (await this.#tried(text, signal))) return;
    }
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<MediaStream | null>}
   */
  async #camera(signal) {
    try {
      const camera = await navigator.mediaDevices.getUserMedia({ video: PICTURE });
      if (signal.aborted) {
        for (const track of camera.getTracks()) track.stop();
        return null;
      }
      this.#video.srcObject = camera;
      await this.#video.play().catch(() => undefined);
      return camera;
    } catch {
      if (signal.aborted) return null;
      this.#become("blind");
      await pause(TOLD_MS, signal);
      return null;
    }
  }

  /**
   * @param {string} text
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} whether it knows a student now
   */
  async #tried(text, signal) {
    const code = codeIn(text);
    if (code === null) return this.#failed("no_code", signal);
    this.#become("meeting");
    try {
      const record = await this.#endpoint.pair(code, AbortSignal.any([signal, AbortSignal.timeout(MEET_MS)]));
      await this.#endpoint.book.knowOnly(record.endpoint);
    } catch (problem) {
      if (problem instanceof MeetingError) return this.#failed(problem.code, signal);
      if (problem instanceof KeepingError) return this.#failed("not_kept", signal);
      throw problem;
    }
    return true;
  }

  /**
   * @param {string} failure
   * @param {AbortSignal} signal
   */
  async #failed(failure, signal) {
    if (signal.aborted) return false;
    this.failure = failure;
    this.#become("failed");
    await pause(TOLD_MS, signal);
    if (!signal.aborted) this.#become("looking");
    return false;
  }

  /** @param {Stage} stage */
  #become(stage) {
    this.stage = stage;
    this.#changed();
  }
}

/**
 * The student's code in what was read, or null.
 * @param {string} text
 */
export function codeIn(text) {
  try {
    const code = pairingCodeFrom(new URL(text).hash);
    return code?.kind === "person" ? code : null;
  } catch (problem) {
    if (problem instanceof TypeError || problem instanceof PairingCodeRefused) return null;
    throw problem;
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
