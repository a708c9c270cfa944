/**
 * The robot: how an AV1 meets its student, and who may move it. The twin of `client_sim.av1`, with a drawing for a body.
 *
 * Nobody watches unseen: the eyes are lit, and that is on the screen, before anything leaves the robot. It takes no picture. When the app leaves it is dark at
 * once; when the app is lost it is dark within five seconds, sends and plays nothing, and lights first when the app returns.
 */

import { openCamera } from "../family/camera.js";
import { Refused } from "../sdk/asking.js";
import { Body } from "../sdk/control/robot.js";
import { Endpoint } from "../sdk/endpoint.js";
import { stayAwake } from "../student/awake.js";
import { painted } from "./drawing.js";
import { hardware } from "./hardware.js";
import { Reader } from "./reader.js";
import { Standing } from "./standing.js";

/** How long the head takes to rise. The eyes are lit from its beginning, and the call is taken after it. */
const RAISE_MS = 400;
/** From the loss of the path, which a browser may tell late, to darkness; the body's own watchdog bites without it. */
const DARK_AFTER_MS = 1_000;
const TICK_MS = 50;
const TELL_MS = 1_000;
/** How long an end is told. */
const AFTER_MS = 6_000;

/**
 * @typedef {import("../sdk/incoming.js").IncomingCall} IncomingCall
 * @typedef {import("../sdk/control/words.js").Said} Said
 * @typedef {import("./screen.js").Screen} Screen
 */

/** One robot. */
export class Device {
  #screen;
  #steps;
  #account;
  #endpoint;
  #reader;
  #body = new Body();
  #standing = new Standing();
  /** @type {IncomingCall | null} */
  #call = null;
  /** Lighting up and going dark are steps: whichever was begun last counts. */
  #step = 0;
  #darkening = 0;
  #ticking = 0;
  #toldAt = -Infinity;
  /** @type {"waiting" | "connected" | "lost"} */
  #path = "waiting";
  /** @type {{reason: string | null} | null} */
  #after = null;

  /**
   * @param {import("../sdk/linkbook.js").LinkBook} book
   * @param {import("../sdk/account.js").Account} account
   * @param {Screen} screen
   * @param {import("../device/steps.js").Steps} steps
   */
  constructor(book, account, screen, steps) {
    this.#screen = screen;
    this.#steps = steps;
    steps.shown = () => this.#show();
    this.#account = account;
    const manner = {
      began: (/** @type {import("../sdk/socket.js").Message} */ ready) => this.#began(ready.blocked === true),
      turnsAway: (/** @type {import("../sdk/socket.js").Message} */ ring) => this.#turnsAway(ring),
      open: openCamera,
      sounds: (/** @type {IncomingCall} */ call) => this.#sounds(call),
      overheard: (/** @type {IncomingCall} */ call, /** @type {Said} */ word) => this.#overheard(call, word),
      commanded: (/** @type {string} */ command) => this.#commanded(command),
    };
    this.#endpoint = new Endpoint(book, { isWatched: () => false, changed: () => this.#changed(), circled: () => void this.#look(), manner });
    this.#reader = new Reader(screen.viewfinder, this.#endpoint, () => this.#show());
    screen.pressed({ power: () => this.#press(!this.#standing.isOn), read: () => this.#toggleReader() });
    document.addEventListener("visibilitychange", () => this.#seen());
    addEventListener("pagehide", () => this.#endpoint.stop());
    addEventListener("online", () => this.#endpoint.wake());
  }

  /** Be there. */
  start() {
    stayAwake();
    this.#endpoint.start();
    this.#openReaderIfNeeded();
    this.#show();
  }

  // ----------------------------------------------------------- what the coordinator says

  /** @param {boolean} isBlocked */
  #began(isBlocked) {
    this.#stands(isBlocked);
    void this.#tellBlock();
    if (!this.#standing.isOn) this.#endpoint.tellState("off");
  }

  /** @param {string} command */
  #commanded(command) {
    if (command === "restart") return location.reload();
    if (command === "block" || command === "unblock") this.#stands(command === "block");
  }

  /** @param {boolean} isBlocked by the coordinator's word */
  #stands(isBlocked) {
    this.#standing.told(isBlocked);
    if (this.#standing.isBlocked) this.#reader.shut();
    else this.#openReaderIfNeeded();
    this.#show();
  }

  /** Say that it is blocked, until the coordinator has heard it: again with each session. */
  async #tellBlock() {
    if (this.#standing.block === "untold" && (await this.#endpoint.tellBlocked())) this.#standing.heard();
  }

  /** An app that the coordinator doesn't know as this robot's any more is forgotten here too, and another code is looked for. */
  async #look() {
    const { book } = this.#endpoint;
    try {
      const circle = await this.#account.circle();
      const known = circle.flatMap(({ endpoints }) => endpoints.map(({ endpoint }) => endpoint));
      for (const one of book.links) if (!known.includes(one.endpoint)) await book.forget(one.endpoint);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem; // a coordinator that keeps no people knows no circle
    }
    this.#openReaderIfNeeded();
  }

  // ------------------------------------------------------------ how it meets its student

  /** @param {import("../sdk/socket.js").Message} ring */
  #turnsAway({ from, media }) {
    if (!this.#endpoint.book.isVerified(from)) return "peer_not_verified";
    return this.#standing.turnsAway ?? (media === "telepresence" ? null : "declined");
  }

  /** @param {IncomingCall} call */
  #sounds(call) {
    this.#call = call;
    this.#path = "waiting";
    this.#after = null;
    this.#reader.shut();
    void this.#light(call);
    return RAISE_MS;
  }

  /**
   * Raise the head and light the eyes; once that can be seen, take the call, or let its media through again.
   * @param {IncomingCall} call
   */
  async #light(call) {
    if (document.hidden) return; // nobody could see it
    const step = this.#begin();
    this.#body.light(seconds());
    this.#tick();
    await Promise.all([new Promise((resolve) => setTimeout(resolve, RAISE_MS)), painted()]);
    if (step !== this.#step || call.isOver) return;
    if (call.phase === "accepted") call.reopen();
    else await call.answer();
    this.#show();
  }

  /** @param {IncomingCall | null} call */
  #goDark(call) {
    this.#begin();
    call?.shut();
    this.#body.darken();
    this.#tick();
  }

  #begin() {
    clearTimeout(this.#darkening);
    this.#darkening = 0;
    return ++this.#step;
  }

  /**
   * What the student does. To a dark robot it says that the student is back.
   * @param {IncomingCall} call
   * @param {Said} word
   */
  #overheard(call, word) {
    const now = seconds();
    if (word.t === "look") this.#body.look(word, now);
    else if (word.t === "set") call.say("control", this.#body.set(word, now));
    else this.#body.heard(now);
    if (!this.#body.lit && call.path === "connected") void this.#light(call);
    if (word.t === "set") this.#show();
  }

  /** Twenty times a second while somebody is there, or the head moves: the body moves, and its watchdogs bite. */
  #tick() {
    const [now, call] = [seconds(), this.#call];
    const wasLit = this.#body.lit;
    this.#body.tick(now);
    if (wasLit && !this.#body.lit) this.#goDark(call);
    if (call?.phase === "accepted" && now - this.#toldAt >= TELL_MS / 1000 && call.say("telemetry", this.#body.told(hardware()))) this.#toldAt = now;
    this.#show();
    const goesOn = this.#call !== null || this.#body.isMoving;
    if (goesOn && !this.#ticking) this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    if (goesOn) return;
    clearInterval(this.#ticking);
    this.#ticking = 0;
  }

  #changed() {
    const call = this.#call;
    if (call?.isOver) this.#ended(call);
    else if (call && call.path !== this.#path) this.#follow(call);
    this.#show();
  }

  /** @param {IncomingCall} call whose path is another than it was */
  #follow(call) {
    this.#path = call.path;
    if (call.path === "lost") this.#darkening ||= setTimeout(() => this.#goDark(call), DARK_AFTER_MS);
    else if (this.#body.lit) clearTimeout(this.#darkening), (this.#darkening = 0);
  }

  /** @param {IncomingCall} call */
  #ended({ reason }) {
    this.#call = null;
    this.#toldAt = -Infinity;
    this.#goDark(null);
    if (reason === "recording") {
      this.#standing.recorded();
      void this.#tellBlock();
    }
    const after = { reason };
    this.#after = after;
    setTimeout(() => {
      if (this.#after === after) this.#after = null;
      this.#openReaderIfNeeded();
      this.#show();
    }, AFTER_MS);
  }

  /** A page that nobody can see has no eyes: it goes dark, and lights again with the page. */
  #seen() {
    const call = this.#call;
    if (document.hidden && this.#body.lit) this.#goDark(call);
    else if (!document.hidden && call && !this.#body.lit) void this.#light(call);
  }

  // --------------------------------------------------------------- what is pressed on it

  /**
   * The button on its back, the teacher's: ends what is going on, and takes no more visits.
   * @param {boolean} isOn
   */
  #press(isOn) {
    this.#standing.press(isOn);
    this.#endpoint.tellState(isOn ? "available" : "off");
    this.#after = null;
    if (isOn) this.#openReaderIfNeeded();
    else {
      this.#call?.stop("power_off");
      this.#after = null;
      this.#reader.shut();
    }
    this.#show();
  }

  #toggleReader() {
    if (this.#reader.isOpen) this.#reader.shut();
    else if (this.#mayRead) {
      this.#after = null;
      void this.#reader.open();
    }
  }

  get #mayRead() {
    return this.#standing.isOn && !this.#standing.isBlocked && this.#call === null;
  }

  get #isKnown() {
    const { book } = this.#endpoint;
    return book.links.some(({ endpoint }) => book.isVerified(endpoint));
  }

  #openReaderIfNeeded() {
    const { state } = this.#endpoint;
    if (this.#isKnown || this.#after || !this.#mayRead || state === "refused" || state === "superseded") return;
    void this.#reader.open();
  }

  #show() {
    const { state } = this.#endpoint;
    const call = this.#call;
    if (state === "refused" || state === "superseded") this.#reader.shut();
    this.#steps.show(this.#endpoint);
    this.#screen.show({
      state,
      body: this.#body,
      standing: this.#standing,
      reader: this.#reader,
      isKnown: this.#isKnown,
      mayRead: this.#mayRead,
      silentSeconds: this.#body.silentSeconds(seconds()),
      visit: call && (call.phase === "accepted" ? "on" : "coming"),
      sound: this.#body.lit ? (call?.remote ?? null) : null,
      after: this.#after,
    });
  }
}

function seconds() {
  return performance.now() / 1000;
}
