/**
 * This browser as an endpoint: its keys, its socket, whom it watches, and the calls it is in.
 *
 * The one part that a page talks to. It knows nothing of how the page looks, and keeps nothing of a call that is over.
 */

import { OutgoingCall } from "./call.js";
import { Certificates } from "./certificates.js";
import { IncomingCall } from "./incoming.js";
import { Meetings } from "./meetings.js";
import { Rings } from "./rings.js";
import { Disconnected, Refused, Socket } from "./socket.js";
import { Timeline } from "./timeline.js";
import { Tokens } from "./tokens.js";

/** Endpoints that one request may name. */
const AT_ONCE = 64;

/**
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {import("./links.js").Who} Who
 * @typedef {import("./socket.js").Message} Message
 * @typedef {{state: "online" | "off" | "blocked" | "disconnected" | "turned_off", since: Date | null}} Presence
 */

/** An endpoint that is linked, and stays online while its page is open. */
export class Endpoint {
  /** @type {Map<string, Presence>} by endpoint */
  presence = new Map();
  /** Whom it knows, and its own keys. */
  book;
  #changed;
  #isWatched;
  #socket;
  #meetings;
  #certificates = new Certificates();
  #manner;
  #rings;
  /** @type {Set<OutgoingCall | IncomingCall>} */
  #calls = new Set();

  /**
   * @param {import("./linkbook.js").LinkBook} book
   * @param {object} told
   * @param {(record: LinkRecord) => boolean} told.isWatched whose presence this page shows
   * @param {() => void} told.changed something that a screen shows is different
   * @param {import("./incoming.js").Manner & {began?: () => void} | null} [told.manner] how it meets rings, and what it says when a session begins;
   *   without it every ring is declined
   */
  constructor(book, { isWatched, changed, manner = null }) {
    this.book = book;
    this.#manner = manner;
    this.#isWatched = isWatched;
    this.#changed = changed;
    const { identity } = book;
    this.#socket = new Socket({
      identity,
      tokens: new Tokens(identity),
      namedCalls: () => [...this.#calls].map((call) => call.named).filter((named) => named !== null),
      received: (message) => this.#take(message),
      stateChanged: () => {
        if (!this.isOnline) this.presence.clear();
        changed();
      },
    });
    this.#meetings = new Meetings(this.#socket);
    this.#rings = new Rings({
      book,
      socket: this.#socket,
      opened: (ring, seal, contact, ended) => this.#rung(ring, seal, contact, ended),
      changed,
    });
  }

  get isOnline() {
    return this.#socket.state === "online";
  }

  /** How the connection to the coordinator stands. */
  get state() {
    return this.#socket.state;
  }

  /** Be online from now on; a superseded endpoint takes its place back. */
  start() {
    this.#socket.start();
  }

  /** Be online at once again, if it was waiting to try. */
  wake() {
    this.#socket.wake();
  }

  /** Hang up, say goodbye, and be turned off. */
  stop() {
    for (const call of this.#calls) {
      if (call instanceof IncomingCall) call.stop(call.phase === "accepted" ? "hangup" : "power_off");
      else call.hangUp();
    }
    this.#socket.stop();
  }

  /** The call that is on, or rings here, if there is one. */
  get engaged() {
    return [...this.#calls].find((call) => !call.isOver) ?? null;
  }

  /**
   * A device: whether it takes calls. Said anew after each `ready`, by `began`.
   * @param {"available" | "off" | "blocked"} state
   */
  tellState(state) {
    this.#socket.send({ t: "device.state", state });
  }

  /**
   * Call somebody. It rings at once; the camera may still be starting.
   * @param {LinkRecord} contact
   * @param {Promise<MediaStream>} local
   */
  call(contact, local) {
    this.#forgetEnded();
    const call = new OutgoingCall({
      contact,
      book: this.book,
      fetchKeys: (endpoints) => this.fetchKeys(endpoints),
      media: "video",
      local,
      socket: this.#socket,
      timeline: new Timeline(() => this.#changed()),
      certificates: this.#certificates,
      changed: () => this.#changed(),
    });
    this.#calls.add(call);
    void call.start();
    return call;
  }

  /**
   * Meet whoever showed a pairing code, and know them from now on.
   * @param {import("./pairing-code.js").PairingCode} code
   * @param {AbortSignal} [signal] stops it
   * @returns {Promise<LinkRecord>}
   * @throws {import("./meetings.js").MeetingError}
   */
  async pair({ secret, identity, party, name, kind }, signal) {
    const keys = await this.#meetings.read(secret, await this.book.introduction(), { expected: identity, signal });
    const record = await this.book.pair({ party, name, kind }, keys, "qr");
    this.#watch();
    this.#changed();
    return record;
  }

  /**
   * Meet whoever reads the secret that this endpoint shows: their keys, once `consents` said yes. What is made of them is the asker's.
   * @param {Uint8Array<ArrayBuffer>} secret
   * @param {import("./meetings.js").Consent} consents
   * @param {AbortSignal} [signal] stops it
   * @returns {Promise<import("./pairing.js").Introduction>}
   * @throws {import("./meetings.js").MeetingError}
   */
  async show(secret, consents, signal) {
    return this.#meetings.show(secret, await this.book.introduction(), { consents, signal });
  }

  /**
   * A device, after a pairing and a turn of its knob: that endpoint's person may ring it from now on.
   * @param {string} endpoint
   * @throws {Refused | Disconnected}
   */
  async admit(endpoint) {
    await this.#socket.request({ t: "device.admit", endpoint });
  }

  /**
   * Ask the coordinator for the newest statements of endpoints that are known, and take those that are newer. Without an answer nothing changes.
   * @param {string[]} endpoints
   * @param {Map<string, Who>} [strangers] of whom nothing is known yet: their keys make an introduced link
   */
  async fetchKeys(endpoints, strangers = new Map()) {
    for (let at = 0; at < endpoints.length; at += AT_ONCE) {
      try {
        const { keys = [] } = await this.#socket.request({ t: "keys.get", endpoints: endpoints.slice(at, at + AT_ONCE) });
        for (const found of keys) if (await this.book.take(found, strangers.get(found.endpoint) ?? null)) this.#changed();
      } catch (problem) {
        if (!(problem instanceof Refused || problem instanceof Disconnected)) throw problem;
      }
    }
  }

  /** @param {Message} message */
  #take(message) {
    if (message.t === "ready") this.#ready();
    else if (message.t === "presence") this.#seen(message);
    else if (message.t === "circle.changed") this.#learn();
    else if (message.t === "pair.met" || message.t === "pair.box") void this.#meetings.take(message);
    else if (typeof message.call === "string") this.#takeOfCall(message);
  }

  /** @param {Message} message */
  #takeOfCall(message) {
    const call = this.#callOf(message.call);
    if (call) void call.take(message);
    else if (message.t === "call.ring") void this.#rings.take(message);
  }

  /**
   * @param {Message} ring
   * @param {import("./call-seal.js").NoiseSeal} seal
   * @param {LinkRecord} contact
   * @param {string | null} ended
   */
  #rung(ring, seal, contact, ended) {
    this.#forgetEnded();
    const manner = this.#manner ?? NOBODY;
    const declines = ended ?? (this.engaged ? "busy" : manner.turnsAway(ring));
    const call = new IncomingCall({
      ring,
      seal,
      contact,
      book: this.book,
      manner,
      certificates: this.#certificates,
      socket: this.#socket,
      timeline: new Timeline(() => this.#changed()),
      changed: () => this.#changed(),
    });
    this.#calls.add(call);
    void call.start(declines);
  }

  #forgetEnded() {
    for (const call of this.#calls) {
      if (!call.isOver || call.isFarewellOwed) continue;
      if (call instanceof IncomingCall) this.#rings.ended(call.id, call.reason);
      this.#calls.delete(call);
    }
  }

  #ready() {
    void this.#publish();
    this.#learn();
    this.#meetings.returned();
    this.#manner?.began?.();
    for (const call of this.#calls) call.returned();
    this.#rings.returned();
  }

  async #publish() {
    this.#socket.send({ t: "keys.publish", statement: await this.book.statement() });
  }

  /** Whom may be seen, and by which keys, may have changed: ask for both anew. */
  #learn() {
    this.#watch();
    const strangers = new Map(this.book.strangers.map((one) => [one.endpoint, one]));
    void this.fetchKeys([...this.book.links.map(({ endpoint }) => endpoint), ...strangers.keys()], strangers);
  }

  #watch() {
    const endpoints = this.book.links.filter(this.#isWatched).map(({ endpoint }) => endpoint).slice(0, AT_ONCE);
    if (endpoints.length > 0) this.#socket.send({ t: "presence.watch", endpoints });
  }

  /** @param {string} id */
  #callOf(id) {
    return [...this.#calls].find((call) => call.id === id);
  }

  /** @param {Message} message */
  #seen({ endpoint, state, since }) {
    this.presence.set(endpoint, { state, since: typeof since === "number" ? new Date(since * 1000) : null });
    this.#changed();
  }
}

/** @type {import("./incoming.js").Manner} */
const NOBODY = {
  turnsAway: () => "declined",
  open: () => Promise.reject(new TypeError("Nobody answers here.")),
  sounds: () => null,
};
