/**
 * The body of an AV1 as its watchdogs keep it: head, hand, eyes, and who may move them. Pure; `now` is an argument, in seconds. The JavaScript twin of
 * `client_sim.control.robot`.
 *
 * Nobody watches unseen: the eyes are dark unless an app is there, and a robot whose eyes are dark moves for nobody. What an app said belongs to its visit and
 * is gone with it.
 */

import { freshSet } from "./words.js";

export const PAN_DEGREES = 170;
export const TILT_DEGREES = 35;
/** The head hangs while nobody is there. */
export const REST_TILT_DEGREES = -35;
/** A second, at the most. */
export const SPEED_DEGREES = 120;
/** A look that is older than this when it comes is dropped. */
export const GLANCE_SECONDS = 0.3;
/** A velocity that isn't repeated stops after this. */
export const STEERED_SECONDS = 0.5;
export const LOOKS_A_SECOND = 20;
/** Nothing of the app for this long darkens the eyes. */
export const DARK_SECONDS = 5;

/**
 * @typedef {import("./words.js").Look} Look
 * @typedef {import("./words.js").Set} Set
 * @typedef {import("./words.js").Done} Done
 * @typedef {import("./words.js").Robot} Robot
 */

/** One way in which the head turns. */
class Axis {
  at;
  /** @type {number | null} */
  target = null;
  speed = 0;
  #limit;

  /**
   * @param {number} limit degrees to either side
   * @param {number} [at]
   */
  constructor(limit, at = 0) {
    this.#limit = limit;
    this.at = at;
  }

  /**
   * A target or a speed; what is no number changes nothing.
   * @param {number | null} target
   * @param {number | null} speed
   */
  aim(target, speed) {
    if (target !== null && Number.isFinite(target)) {
      this.target = clamped(target, this.#limit);
      this.speed = 0;
    } else if (speed !== null && Number.isFinite(speed)) {
      this.target = null;
      this.speed = clamped(speed, SPEED_DEGREES);
    }
  }

  /** @param {number} seconds */
  move(seconds) {
    if (this.target === null) {
      this.at = clamped(this.at + this.speed * seconds, this.#limit);
      return;
    }
    this.at += clamped(this.target - this.at, SPEED_DEGREES * seconds);
    if (this.at === this.target) this.target = null;
  }
}

/** One robot. Call `tick` at least ten times a second while the eyes are lit, and until the head hangs. */
export class Body {
  lit = false;
  shown = freshSet(0);
  /** Looks that came too late, too often, or out of their turn in this visit. */
  dropped = 0;
  #pan = new Axis(PAN_DEGREES);
  #tilt = new Axis(TILT_DEGREES, REST_TILT_DEGREES);
  /** @type {number | null} */
  #movedAt = null;
  /** @type {number | null} */
  #heardAt = null;
  /** @type {number | null} */
  #steeredAt = null;
  #lastLook = -1;
  /**
   * The least difference between the two clocks so far: a look's age is what it takes beyond that.
   * @type {number | null}
   */
  #delay = null;
  /** @type {number[]} */
  #looks = [];

  /** Degrees to the right of straight ahead. */
  get pan() {
    return this.#pan.at;
  }

  /** Degrees above the horizon. */
  get tilt() {
    return this.#tilt.at;
  }

  /** Whether the head is on its way somewhere. */
  get isMoving() {
    return [this.#pan, this.#tilt].some(({ target, speed }) => target !== null || speed !== 0);
  }

  /**
   * An app is there: raise the head, then the eyes are lit. Its visit begins with nothing chosen.
   * @param {number} now
   */
  light(now) {
    this.lit = true;
    this.#heardAt = this.#movedAt = now;
    this.#tilt.aim(0, null);
  }

  /** The app has left or is lost: eyes off, head down, hand and mood as if nobody had been there. */
  darken() {
    this.lit = false;
    this.shown = freshSet(0);
    this.#pan.aim(0, null);
    this.#tilt.aim(REST_TILT_DEGREES, null);
    this.#heardAt = this.#steeredAt = this.#delay = null;
    this.#lastLook = -1;
    this.dropped = 0;
    this.#looks = [];
  }

  /**
   * Anything of the app's: it is there.
   * @param {number} now
   */
  heard(now) {
    this.#heardAt = now;
  }

  /**
   * Look where the app looks; false where that came too late, too often or out of its turn.
   * @param {Look} said
   * @param {number} now
   */
  look(said, now) {
    this.heard(now);
    if (!this.lit || !this.#isFresh(said, now) || !this.#hasRoom(now)) {
      this.dropped += 1;
      return false;
    }
    this.#lastLook = said.seq;
    this.#pan.aim(said.pan, said.pan_speed);
    this.#tilt.aim(said.tilt, said.tilt_speed);
    this.#steeredAt = this.#pan.speed !== 0 || this.#tilt.speed !== 0 ? now : null;
    return true;
  }

  /**
   * Show what the app chose, unless something newer is shown. Either way it is acknowledged.
   * @param {Set} said
   * @param {number} now
   * @returns {Done}
   */
  set(said, now) {
    this.heard(now);
    if (this.lit && said.seq >= this.shown.seq) this.shown = said;
    return { t: "done", seq: said.seq };
  }

  /**
   * Move, and let the watchdogs bite.
   * @param {number} now
   */
  tick(now) {
    if (this.#steeredAt !== null && now - this.#steeredAt >= STEERED_SECONDS) this.#stopAt(this.#steeredAt + STEERED_SECONDS);
    this.#moveUntil(now);
    if (this.lit && this.silentSeconds(now) >= DARK_SECONDS) this.darken();
  }

  /**
   * How long nothing has come of the app.
   * @param {number} now
   */
  silentSeconds(now) {
    return this.#heardAt === null ? 0 : now - this.#heardAt;
  }

  /**
   * How it really stands, and what its hardware says of itself.
   * @param {{batteryPercent?: number | null, signalDbm?: number | null}} [hardware]
   * @returns {Robot}
   */
  told({ batteryPercent = null, signalDbm = null } = {}) {
    const { hand, passive, whisper, mute, eyes, volume } = this.shown;
    const shown = { hand, passive, whisper, mute, eyes: this.lit ? eyes : /** @type {const} */ ("neutral"), volume };
    return { t: "robot", lit: this.lit, pan: tenths(this.pan), tilt: tenths(this.tilt), ...shown, battery_percent: batteryPercent, signal_dbm: signalDbm };
  }

  /** @param {number} moment */
  #stopAt(moment) {
    this.#moveUntil(moment);
    this.#pan.speed = this.#tilt.speed = 0;
    this.#steeredAt = null;
  }

  /** @param {number} moment */
  #moveUntil(moment) {
    const seconds = this.#movedAt === null ? 0 : moment - this.#movedAt;
    if (seconds <= 0 && this.#movedAt !== null) return;
    this.#movedAt = moment;
    this.#pan.move(seconds);
    this.#tilt.move(seconds);
  }

  /**
   * @param {Look} said
   * @param {number} now
   */
  #isFresh(said, now) {
    const delay = now - said.at / 1000;
    this.#delay = this.#delay === null ? delay : Math.min(this.#delay, delay);
    return said.seq > this.#lastLook && delay - this.#delay <= GLANCE_SECONDS;
  }

  /** @param {number} now */
  #hasRoom(now) {
    this.#looks = this.#looks.filter((at) => now - at < 1);
    if (this.#looks.length >= LOOKS_A_SECOND) return false;
    this.#looks.push(now);
    return true;
  }
}

/**
 * @param {number} value
 * @param {number} limit
 */
function clamped(value, limit) {
  return Math.max(-limit, Math.min(limit, value));
}

/** @param {number} degrees */
function tenths(degrees) {
  return Math.round(degrees * 10) / 10;
}
