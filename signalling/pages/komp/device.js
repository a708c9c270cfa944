/**
 * The device: how a Komp meets rings, what its knob does, and which view that makes. The twin of `client_sim.komp`, with a screen.
 *
 * The countdown is the device's own: nobody can skip it, and until it is over nothing is sent or shown. Of a caller whose keys were never verified it rings
 * too, and takes the call only when somebody turns the knob a step. The knob turned off refuses calls and ends what is going on.
 */

import { openCamera } from "../family/camera.js";
import { Endpoint } from "../sdk/endpoint.js";
import { IncomingCall } from "../sdk/incoming.js";
import { Letters } from "../sdk/letters.js";
import { Persons } from "../sdk/persons.js";
import { Door } from "./door.js";
import { Knob } from "./knob.js";
import { LoudnessBar } from "./loudness.js";
import { Postman } from "./postman.js";
import { Ringer } from "./ringer.js";
import { Screen } from "./screen.js";
import { Slides } from "./slides.js";
import { Vouching } from "./vouching.js";

export const COUNTDOWN_MS = 10_000;
/** How long an end is told. */
const AFTER_MS = 6_000;
const TICK_MS = 200;
const SHOWS_THE_SQUARE = new Set(["p", "P"]);

/**
 * @typedef {import("../words/komp.js").KompWords} KompWords
 */

/** One Komp. */
export class Device {
  #words;
  #screen;
  #endpoint;
  #door;
  #album;
  #slides;
  #knob;
  #bar;
  #steps;
  #ringer = new Ringer();
  #countdownMs;
  /** @type {IncomingCall | null} */
  #call = null;
  #hasForgotten = false;
  #countdown = 0;
  #tick = 0;
  /** @type {{reason: string | null} | null} */
  #after = null;

  /**
   * @param {import("../sdk/linkbook.js").LinkBook} book
   * @param {import("../sdk/account.js").Account} account
   * @param {import("../sdk/post-box.js").PostBox} box
   * @param {{words: KompWords, screen: Screen, album: import("./album.js").Album, steps: import("../device/steps.js").Steps, countdownMs: number, wheel: import("./knob.js").Wheel}} told
   */
  constructor(book, account, box, { words, screen, album, steps, countdownMs, wheel }) {
    this.#words = words;
    this.#screen = screen;
    this.#album = album;
    this.#slides = new Slides(words, album, ({ author }) => book.link(author)?.name ?? words.somebody);
    this.#countdownMs = countdownMs;
    this.#knob = new Knob(wheel, { turned: () => this.#turned(), switched: (isOn) => this.#switched(isOn) });
    this.#bar = new LoudnessBar(words.volume);
    this.#steps = steps;
    steps.shown = () => this.#changed();
    const manner = {
      began: () => this.#tellState(),
      turnsAway: (/** @type {import("../sdk/socket.js").Message} */ ring) => this.#turnsAway(ring),
      open: openCamera,
      sounds: (/** @type {IncomingCall} */ call) => this.#sounds(call),
    };
    const post = () => void postman.go();
    this.#endpoint = new Endpoint(book, { isWatched: () => false, changed: () => this.#changed(), manner, posted: post, circled: post });
    this.#door = new Door(this.#endpoint, account, () => this.#changed());
    const expect = (/** @type {Uint8Array<ArrayBuffer>} */ secret, /** @type {number} */ until) => void this.#door.expect(secret, until);
    const letters = new Letters(book, box, (endpoint) => this.#endpoint.learnKeys(endpoint));
    const persons = new Persons({ book, letters, learnKeys: (endpoint, who) => this.#endpoint.learnKeys(endpoint, who) });
    const postman = new Postman({ letters, account, album, vouching: new Vouching({ book, account, letters, expect }), persons });
    addEventListener("keydown", ({ key }) => SHOWS_THE_SQUARE.has(key) && this.#toggleDoor());
    addEventListener("pagehide", () => this.#endpoint.leave());
    addEventListener("online", () => this.#endpoint.wake());
  }

  /** Be there. */
  start() {
    this.#screen.volume = this.#knob.loudness;
    this.#ringer.prepare();
    this.#goesOn();
    this.#endpoint.start();
    if (this.#endpoint.book.links.length === 0) void this.#door.open();
    this.#changed();
  }

  /** The page was loaded anew in a call: it is on the screen again; nothing rings, and nothing counts down. */
  #goesOn() {
    const call = this.#endpoint.resume(openCamera);
    if (call instanceof IncomingCall) this.#call = call;
    else call?.hangUp(); // one that this page can't show
  }

  // ------------------------------------------------------------ how it meets a ring

  /** @param {import("../sdk/socket.js").Message} ring */
  #turnsAway({ media }) {
    if (!this.#knob.isOn) return "knob_off";
    return media === "telepresence" ? "declined" : null;
  }

  /** @param {IncomingCall} call */
  #sounds(call) {
    this.#call = call;
    this.#after = null;
    this.#ringer.start(this.#knob.loudness);
    this.#tick = setInterval(() => this.#changed(), TICK_MS);
    if (!call.verified) return null;
    this.#countdown = setTimeout(() => void call.answer(), this.#countdownMs);
    return this.#countdownMs;
  }

  #tellState() {
    if (!this.#knob.isOn) this.#endpoint.tellState("off");
  }

  // ------------------------------------------------------------------------ the knob

  /** One step: it lets in whoever waits for it, and it is the volume. */
  #turned() {
    const isAsked = this.#call !== null && !this.#call.verified && this.#call.phase === "ringing";
    if (isAsked) void this.#call?.answer();
    else if (this.#door.stage === "asking") this.#door.turned();
    else this.#bar.show(this.#knob.loudness);
    this.#screen.volume = this.#knob.loudness;
    this.#ringer.loudness(this.#knob.loudness);
  }

  /** @param {boolean} isOn */
  #switched(isOn) {
    this.#endpoint.tellState(isOn ? "available" : "off");
    this.#call?.stop("knob_off");
    this.#after = null;
    if (!isOn) this.#door.shut();
    else if (this.#endpoint.book.links.length === 0) void this.#door.open();
    this.#changed();
  }

  #toggleDoor() {
    if (this.#door.isOpen) this.#door.shut();
    else if (this.#knob.isOn) void this.#door.open();
  }

  // ---------------------------------------------------------------------- the screen

  #changed() {
    if (this.#call?.isOver) this.#ended(this.#call);
    if (this.#endpoint.state === "refused") this.#forgetFamily();
    if (this.#call?.phase === "accepted" && this.#ringer.rings) this.#ringer.stop();
    this.#show();
  }

  /** @param {IncomingCall} call */
  #ended({ reason, timeline }) {
    this.#call = null;
    clearTimeout(this.#countdown);
    clearInterval(this.#tick);
    this.#ringer.stop();
    this.#screen.clear();
    if (reason === "knob_off" && !this.#knob.isOn) return;
    const after = { reason: timeline.at("accepted") === null && reason === "hangup" ? "cancelled" : reason };
    this.#after = after;
    setTimeout(() => {
      if (this.#after === after) this.#after = null;
      this.#show();
    }, AFTER_MS);
  }

  /** It was reset or replaced: no picture of those whose it was stays here. */
  #forgetFamily() {
    if (this.#hasForgotten) return;
    this.#hasForgotten = true;
    void this.#album.clear();
  }

  #show() {
    const { state, book } = this.#endpoint;
    const call = this.#call;
    this.#steps.show(this.#endpoint, this.#ringer.isSilenced);
    const isFree = !call && this.#knob.isOn && !this.#after && this.#door.stage === "closed" && state !== "superseded" && state !== "refused";
    if (isFree) this.#slides.go();
    else this.#slides.stop();
    if (call?.phase === "accepted") this.#screen.call(call);
    else if (call) this.#screen.ring(call, call.verified ? "" : this.#why(call), this.#countdownMs);
    else if (state === "superseded" || state === "refused") this.#screen.notice(state);
    else if (!this.#knob.isOn) this.#screen.off();
    else if (this.#after) this.#screen.after(this.#after.reason);
    else if (this.#door.stage !== "closed") this.#screen.door(this.#door);
    else this.#screen.idle(this.#foot(state === "online", book.links.length > 0));
  }

  /**
   * @param {boolean} isOnline
   * @param {boolean} isKnown whether anybody may call
   */
  #foot(isOnline, isKnown) {
    if (!isOnline) return this.#words.offline;
    if (this.#ringer.isSilenced) return this.#words.silent;
    return isKnown ? this.#words.ready : "";
  }

  /** @param {IncomingCall} call of a link that isn't verified */
  #why({ contact }) {
    const record = this.#endpoint.book.link(contact.endpoint) ?? contact;
    if (record.changed) return this.#words.whyChanged;
    const { persons } = this.#endpoint.book;
    if (persons.of(record.party)?.changed) return this.#words.whyLists;
    if (!persons.mayRing(record)) return this.#words.whyUnlisted;
    return record.how === "introduced" ? this.#words.whyIntroduced : this.#words.whyOld;
  }
}
