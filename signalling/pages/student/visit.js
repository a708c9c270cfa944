/**
 * One visit to the classroom: what the student does goes to the robot over the call's own data channels, and what the robot says of itself comes back.
 *
 * Head moves, a raised hand and a mood are data about a child: nothing here keeps them, and they go nowhere else.
 */

import { Hand } from "../sdk/control/hand.js";

/**
 * @typedef {import("../sdk/control/hand.js").Choices} Choices
 * @typedef {import("../sdk/control/words.js").Said} Said
 */

const CHANNELS = Object.freeze({ look: "look", set: "control", beat: "telemetry" });

/** From the accept to the end of a call. */
export class Visit {
  #call;
  #local;
  #changed;
  #hand = new Hand();
  #next = 0;
  #isDark = false;
  /** Whether the hand was raised in this visit. */
  hasRaised = false;

  /**
   * @param {import("../sdk/call.js").OutgoingCall} call
   * @param {Promise<MediaStream>} local
   * @param {() => void} changed the robot said something
   */
  constructor(call, local, changed) {
    this.#call = call;
    this.#local = local;
    this.#changed = changed;
    this.#say();
  }

  /** What was chosen. */
  get chosen() {
    return this.#hand.chosen;
  }

  /** How the robot really stands, as it last told; null before it did. */
  get robot() {
    return this.#hand.robot;
  }

  /** Whether nothing has come of the robot for three seconds. */
  get isLost() {
    return this.#hand.isLost(seconds());
  }

  /**
   * Look so many degrees beside where the robot looks now.
   * @param {number} panDegrees
   * @param {number} tiltDegrees
   */
  lookBeside(panDegrees, tiltDegrees) {
    const { pan = 0, tilt = 0 } = this.#hand.robot ?? {};
    this.#hand.tap(pan + panDegrees, tilt + tiltDegrees, seconds());
    this.#say();
  }

  lookAhead() {
    this.#hand.tap(0, 0, seconds());
    this.#say();
  }

  /**
   * @param {number} panSpeed degrees a second
   * @param {number} tiltSpeed
   */
  turn(panSpeed, tiltSpeed) {
    this.#hand.swipe(panSpeed, tiltSpeed, seconds());
    this.#say();
  }

  /** @param {Choices} choices */
  choose(choices) {
    if (choices.mute !== undefined) this.#mute(choices.mute);
    this.hasRaised ||= choices.hand === true;
    this.#hand.choose(choices, seconds());
    this.#say();
  }

  /**
   * What the robot says. A robot that has been dark has forgotten what was chosen, and the class has seen the hand go: hand and mood are let go here too, the
   * rest is chosen anew.
   * @param {Said} word
   */
  hear(word) {
    if (word.t !== "done" && word.t !== "robot") return;
    this.#hand.hear(word, seconds());
    if (word.t === "robot" && this.#isDark === word.lit) {
      this.#isDark = !word.lit;
      if (!word.lit || this.#hand.chosen.seq > 0) this.choose({ hand: false, eyes: "neutral" });
    }
    this.#changed();
  }

  /** Nothing more is said. */
  stop() {
    clearTimeout(this.#next);
  }

  /**
   * The microphone stops here, whatever the robot makes of it.
   * @param {boolean} isMuted
   */
  #mute(isMuted) {
    const quiet = (/** @type {MediaStream} */ stream) => stream.getAudioTracks().forEach((track) => (track.enabled = !isMuted));
    void this.#local.then(quiet).catch(() => undefined);
  }

  /** Whatever is due, as long as the visit lasts. */
  #say() {
    clearTimeout(this.#next);
    if (this.#call.phase === "ended") return;
    const now = seconds();
    for (const word of this.#hand.due(now)) {
      this.#call.say(/** @type {import("../sdk/control/words.js").Channel} */ (CHANNELS[word.t]), word);
    }
    this.#next = setTimeout(() => this.#say(), Math.max(10, (this.#hand.nextDue() - now) * 1000));
  }
}

function seconds() {
  return performance.now() / 1000;
}
