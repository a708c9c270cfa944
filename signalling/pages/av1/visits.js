/**
 * The robot's body and who is there: lit before anything leaves it, dark when the student leaves or is lost, moved by nobody else. The twin of what
 * `client_sim.av1` does in a call.
 *
 * Nobody watches unseen: the eyes are lit, and that is on the screen, before a visit is taken or its media flow again. While they are dark the robot sends and
 * plays nothing. It decides nothing of whom it takes.
 */

import { Body } from "../sdk/control/robot.js";
import { painted } from "./drawing.js";
import { hardware } from "./hardware.js";

/** How long the head takes to rise. The eyes are lit from its beginning, and the call is taken after it. */
export const RAISE_MS = 400;
/** From the loss of the path, which a browser may tell late, to darkness; the body's own watchdog bites without it. */
const DARK_AFTER_MS = 1_000;
const TICK_MS = 50;
const TELL_SECONDS = 1;

/**
 * @typedef {import("../sdk/incoming.js").IncomingCall} IncomingCall
 * @typedef {import("../sdk/control/words.js").Said} Said
 */

/** One robot's, one at a time. */
export class Visits {
  body = new Body();
  /** @type {IncomingCall | null} */
  call = null;
  #told;
  /** Lighting up and going dark are steps: whichever was begun last counts. */
  #step = 0;
  #darkening = 0;
  #ticking = 0;
  #toldAt = -Infinity;
  /** @type {"waiting" | "connected" | "lost"} */
  #path = "waiting";
  /** How often the app in the call was loaded anew, as far as the body knows. */
  #renewals = 0;

  /** @param {{shown: () => void, ended: (reason: string | null) => void}} told the body stands otherwise; a visit is over */
  constructor(told) {
    this.#told = told;
    document.addEventListener("visibilitychange", () => this.#seen());
  }

  /** The student's sound, while it may be played. */
  get sound() {
    return this.body.lit ? (this.call?.remote ?? null) : null;
  }

  /** How long nothing has come of the app. */
  get silentSeconds() {
    return this.body.silentSeconds(seconds());
  }

  /** @param {IncomingCall} call that rings: it is taken once the robot is lit */
  take(call) {
    this.call = call;
    this.#path = "waiting";
    this.#renewals = call.renewals;
    void this.#light(call);
  }

  /**
   * What the student does. To a dark robot it says that the student is back.
   * @param {IncomingCall} call
   * @param {Said} word
   */
  overheard(call, word) {
    const now = seconds();
    if (word.t === "look") this.body.look(word, now);
    else if (word.t === "set") call.say("control", this.body.set(word, now));
    else this.body.heard(now);
    if (!this.body.lit && call.path === "connected") void this.#light(call);
    if (word.t === "set") this.#told.shown();
  }

  /** Something happened to the call. */
  changed() {
    const call = this.call;
    if (call?.isOver) this.#ended(call);
    else if (call && call.renewals !== this.#renewals) this.#renewed(call);
    else if (call && call.path !== this.#path) this.#follow(call);
  }

  /**
   * Raise the head and light the eyes; once that can be seen, take the call, or let its media through again.
   * @param {IncomingCall} call
   */
  async #light(call) {
    if (document.hidden) return; // nobody could see it
    const step = this.#begin();
    this.body.light(seconds());
    this.#tick();
    await Promise.all([new Promise((resolve) => setTimeout(resolve, RAISE_MS)), painted()]);
    if (step !== this.#step || call.isOver) return;
    if (call.phase === "accepted") call.reopen();
    else await call.answer();
    this.#told.shown();
  }

  #goDark() {
    this.#begin();
    this.call?.shut();
    this.body.darken();
    this.#tick();
  }

  #begin() {
    clearTimeout(this.#darkening);
    this.#darkening = 0;
    return ++this.#step;
  }

  /** Twenty times a second while somebody is there, or the head moves: the body moves, and its watchdogs bite. */
  #tick() {
    const [now, wasLit] = [seconds(), this.body.lit];
    this.body.tick(now);
    if (wasLit && !this.body.lit) this.#goDark();
    this.#tell(now);
    this.#told.shown();
    const goesOn = this.call !== null || this.body.isMoving;
    if (goesOn && !this.#ticking) this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    if (goesOn) return;
    clearInterval(this.#ticking);
    this.#ticking = 0;
  }

  /** @param {number} now */
  #tell(now) {
    if (this.call?.phase !== "accepted" || now - this.#toldAt < TELL_SECONDS) return;
    if (this.call.say("telemetry", this.body.told(hardware()))) this.#toldAt = now;
  }

  /** @param {IncomingCall} call whose path is another than it was */
  #follow({ path }) {
    this.#path = path;
    if (path === "lost") this.#darkening ||= setTimeout(() => this.#goDark(), DARK_AFTER_MS);
    else if (this.body.lit) clearTimeout(this.#darkening), (this.#darkening = 0);
  }

  /**
   * The app was loaded anew and counts its words from the beginning: what it had chosen is gone, and its first word lights the robot again.
   * @param {IncomingCall} call
   */
  #renewed({ renewals, path }) {
    this.#renewals = renewals;
    this.#path = path;
    this.#goDark();
  }

  /** @param {IncomingCall} call */
  #ended({ reason }) {
    this.call = null;
    this.#toldAt = -Infinity;
    this.#goDark();
    this.#told.ended(reason);
  }

  /** A page that nobody can see has no eyes: it goes dark, and lights again with the page. */
  #seen() {
    if (document.hidden && this.body.lit) this.#goDark();
    else if (!document.hidden && this.call && !this.body.lit) void this.#light(this.call);
  }
}

function seconds() {
  return performance.now() / 1000;
}
