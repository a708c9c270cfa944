/**
 * The student's hand on the robot: what to send when, and what the robot is known to show. Pure; `now` is an argument, in seconds. The JavaScript twin of
 * `client_sim.control.hand`.
 *
 * It sends no faster than the robot takes, repeats a velocity as long as the finger rests, says every choice whole until it is acknowledged, and knows from
 * the robot's silence when to show that it is lost.
 */

import { freshSet } from "./words.js";

/** Nothing of the robot for this long shows as reconnecting. */
export const SILENT_SECONDS = 3;
/** A velocity is said again this often, while it lasts. */
export const REPEAT_SECONDS = 0.2;
/** Between two looks: twenty a second. */
export const LEAST_SECONDS = 0.05;
export const BEAT_SECONDS = 1;
/** A choice that isn't acknowledged is said again; the channel is reliable, the robot may have been loaded anew. */
export const AGAIN_SECONDS = 1;

/**
 * @typedef {import("./words.js").Look} Look
 * @typedef {import("./words.js").Set} Set
 * @typedef {import("./words.js").Beat} Beat
 * @typedef {import("./words.js").Done} Done
 * @typedef {import("./words.js").Robot} Robot
 * @typedef {Partial<Omit<Set, "t" | "seq">>} Choices
 * @typedef {readonly [number, number]} Pair
 */

/** One app's, for one call. */
export class Hand {
  chosen = freshSet(0);
  /**
   * As it last told of itself.
   * @type {Robot | null}
   */
  robot = null;
  #seq = 0;
  /**
   * A tap that hasn't gone out yet, in degrees.
   * @type {Pair | null}
   */
  #aim = null;
  /**
   * A swipe, in degrees a second, while it lasts; the stop of one until it has gone out.
   * @type {Pair | null}
   */
  #steers = null;
  #lookedAt = -Infinity;
  /** @type {number | null} */
  #lookAt = null;
  /** @type {number | null} */
  #sayAt = null;
  #beatAt = -Infinity;
  /** @type {number | null} */
  #heardAt = null;

  /**
   * Look there, in degrees.
   * @param {number} pan
   * @param {number} tilt
   * @param {number} now
   */
  tap(pan, tilt, now) {
    this.#aim = [pan, tilt];
    this.#steers = null;
    this.#lookAt = Math.max(now, this.#lookedAt + LEAST_SECONDS);
  }

  /**
   * Turn at that speed, in degrees a second, until another word; zero stops.
   * @param {number} panSpeed
   * @param {number} tiltSpeed
   * @param {number} now
   */
  swipe(panSpeed, tiltSpeed, now) {
    this.#aim = null;
    this.#steers = [panSpeed, tiltSpeed];
    this.#lookAt = Math.max(now, this.#lookedAt + LEAST_SECONDS);
  }

  /**
   * Raise the hand, show a mood, whisper: any field of `Set`.
   * @param {Choices} choices
   * @param {number} now
   */
  choose(choices, now) {
    this.chosen = { ...this.chosen, ...choices, seq: this.chosen.seq + 1 };
    this.#sayAt = now;
  }

  /**
   * What the robot says.
   * @param {Done | Robot} word
   * @param {number} now
   */
  hear(word, now) {
    this.#heardAt = now;
    if (word.t === "robot") this.robot = word;
    else if (word.seq >= this.chosen.seq) this.#sayAt = null;
  }

  /** Whether the robot shows what was chosen. */
  get isAcknowledged() {
    return this.#sayAt === null;
  }

  /**
   * Whether nothing has come of the robot for three seconds.
   * @param {number} now
   */
  isLost(now) {
    return this.#heardAt !== null && now - this.#heardAt >= SILENT_SECONDS;
  }

  /**
   * What goes out now.
   * @param {number} now
   * @returns {(Look | Set | Beat)[]}
   */
  due(now) {
    /** @type {(Look | Set | Beat)[]} */
    const words = [];
    if (this.#lookAt !== null && now >= this.#lookAt) words.push(this.#look(now));
    if (this.#sayAt !== null && now >= this.#sayAt) {
      this.#sayAt = now + AGAIN_SECONDS;
      words.push(this.chosen);
    }
    if (now - this.#beatAt >= BEAT_SECONDS) {
      this.#beatAt = now;
      words.push({ t: "beat" });
    }
    return words;
  }

  /** When `due` has something to say next. */
  nextDue() {
    return Math.min(this.#beatAt + BEAT_SECONDS, this.#lookAt ?? Infinity, this.#sayAt ?? Infinity);
  }

  /**
   * @param {number} now
   * @returns {Look}
   */
  #look(now) {
    this.#seq += 1;
    this.#lookedAt = now;
    const [pan, tilt] = this.#aim ?? [null, null];
    const [panSpeed, tiltSpeed] = this.#steers ?? [null, null];
    const goesOn = this.#steers !== null && this.#steers.some((speed) => speed !== 0);
    this.#lookAt = goesOn ? now + REPEAT_SECONDS : null;
    this.#aim = null;
    return { t: "look", seq: this.#seq, at: Math.max(0, Math.trunc(now * 1000)), pan, tilt, pan_speed: panSpeed, tilt_speed: tiltSpeed };
  }
}
