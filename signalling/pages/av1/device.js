/**
 * The robot: whom an AV1 takes, what its button does, and what its coordinator tells it. The twin of `client_sim.av1`, with a drawing for a body.
 *
 * It takes its one student alone, whose keys it has proven itself. It takes no picture. After an attempt to record it takes nobody until somebody authorised
 * has unblocked it.
 */

import { openCamera } from "../family/camera.js";
import { Refused } from "../sdk/asking.js";
import { Endpoint } from "../sdk/endpoint.js";
import { stayAwake } from "../student/awake.js";
import { Reader } from "./reader.js";
import { Standing } from "./standing.js";
import { RAISE_MS, Visits } from "./visits.js";

/** How long an end is told. */
const AFTER_MS = 6_000;

/**
 * @typedef {import("../sdk/incoming.js").IncomingCall} IncomingCall
 * @typedef {import("../sdk/socket.js").Message} Message
 */

/** One robot. */
export class Device {
  #screen;
  #account;
  #endpoint;
  #reader;
  #visits = new Visits({ shown: () => this.#show(), ended: (reason) => this.#ended(reason) });
  #standing = new Standing();
  /** @type {{reason: string | null} | null} */
  #after = null;

  /**
   * @param {import("../sdk/linkbook.js").LinkBook} book
   * @param {import("../sdk/account.js").Account} account
   * @param {import("./screen.js").Screen} screen
   */
  constructor(book, account, screen) {
    this.#screen = screen;
    this.#account = account;
    /** @type {import("../sdk/manner.js").Manner} */
    const manner = {
      began: (ready) => this.#began(ready),
      turnsAway: (ring) => this.#turnsAway(ring),
      open: openCamera,
      sounds: (call) => this.#sounds(call),
      overheard: (call, word) => this.#visits.overheard(call, word),
      commanded: (command) => this.#commanded(command),
      circled: () => void this.#look(),
    };
    this.#endpoint = new Endpoint(book, { isWatched: () => false, changed: () => this.#changed(), manner });
    this.#reader = new Reader(screen.viewfinder, this.#endpoint, () => this.#show());
    screen.pressed({ power: () => this.#press(!this.#standing.isOn), read: () => this.#toggleReader() });
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

  // ------------------------------------------------------------ whom it takes

  /** @param {Message} ring */
  #turnsAway({ from, media }) {
    if (!this.#endpoint.book.isVerified(from)) return "peer_not_verified";
    return this.#standing.turnsAway ?? (media === "telepresence" ? null : "declined");
  }

  /** @param {IncomingCall} call */
  #sounds(call) {
    this.#after = null;
    this.#reader.shut();
    this.#visits.take(call);
    return RAISE_MS;
  }

  /** @param {string | null} reason */
  #ended(reason) {
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

  // ----------------------------------------------------------- what the coordinator says

  /** @param {Message} ready */
  #began({ blocked = false }) {
    this.#stands(blocked);
    void this.#tellBlock();
    if (!this.#standing.isOn) this.#endpoint.tellState("off");
    void this.#look();
  }

  /** @param {string} command */
  #commanded(command) {
    if (command === "restart") location.reload();
    else if (command === "block" || command === "unblock") this.#stands(command === "block");
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
    const { links } = book; // whoever is met in the meantime is not in an answer that was asked for before
    try {
      const circle = await this.#account.circle();
      const known = circle.flatMap(({ endpoints }) => endpoints.map(({ endpoint }) => endpoint));
      for (const one of links) if (!known.includes(one.endpoint)) await book.forget(one.endpoint);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem; // a coordinator that keeps no people knows no circle
    }
    this.#openReaderIfNeeded();
  }

  // --------------------------------------------------------------- what is pressed on it

  /**
   * The button on its back, the teacher's: ends what is going on, and takes no more visits.
   * @param {boolean} isOn
   */
  #press(isOn) {
    this.#standing.press(isOn);
    this.#endpoint.tellState(isOn ? "available" : "off");
    if (!isOn) {
      this.#visits.call?.stop("power_off");
      this.#reader.shut();
    }
    this.#after = null;
    this.#openReaderIfNeeded();
    this.#show();
  }

  #toggleReader() {
    if (this.#reader.isOpen) return this.#reader.shut();
    if (!this.#mayRead) return;
    this.#after = null;
    void this.#reader.open();
  }

  get #mayRead() {
    return this.#standing.isOn && !this.#standing.isBlocked && this.#visits.call === null;
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

  // ---------------------------------------------------------------------- the screen

  #changed() {
    this.#visits.changed();
    this.#show();
  }

  #show() {
    const { state } = this.#endpoint;
    const { call } = this.#visits;
    if ((state === "refused" || state === "superseded") && this.#reader.isOpen) this.#reader.shut();
    this.#screen.show({
      state,
      visits: this.#visits,
      visit: call && (call.phase === "accepted" ? "on" : "coming"),
      standing: this.#standing,
      reader: this.#reader,
      isKnown: this.#isKnown,
      mayRead: this.#mayRead,
      after: this.#after,
    });
  }
}
