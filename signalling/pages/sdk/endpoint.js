/**
 * This browser as an endpoint: its keys, its socket, whom it watches, and the calls it is in.
 *
 * The one part that a page talks to. It knows nothing of how the page looks, and keeps nothing of a call that is over.
 */

import { Acquaintance } from "./acquaintance.js";
import { OutgoingCall } from "./call.js";
import { Certificates } from "./certificates.js";
import { IncomingCall } from "./incoming.js";
import { NOBODY } from "./manner.js";
import { Meetings } from "./meetings.js";
import { SECRET_BYTES } from "./pairing.js";
import { Rings } from "./rings.js";
import { Disconnected, Refused, Socket } from "./socket.js";
import { Timeline } from "./timeline.js";
import { Tokens } from "./tokens.js";

/**
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./acquaintance.js").Presence} Presence
 */

/** An endpoint that is linked, and stays online while its page is open. */
export class Endpoint {
  /** Whom it knows, and its own keys. */
  book;
  #changed;
  #socket;
  #meetings;
  #acquaintance;
  #certificates = new Certificates();
  #manner;
  #posted;
  #rings;
  /** @type {Set<OutgoingCall | IncomingCall>} */
  #calls = new Set();

  /**
   * @param {import("./linkbook.js").LinkBook} book
   * @param {object} told
   * @param {(record: LinkRecord) => boolean} told.isWatched whose presence this page shows
   * @param {() => void} told.changed something that a screen shows is different
   * @param {import("./manner.js").Manner} [told.manner] how it meets rings
   * @param {() => void} [told.posted] a letter may wait for this endpoint
   */
  constructor(book, { isWatched, changed, manner = NOBODY, posted = () => {} }) {
    this.book = book;
    this.#manner = manner;
    this.#posted = posted;
    this.#changed = changed;
    const { identity } = book;
    this.#socket = new Socket({
      identity,
      tokens: new Tokens(identity),
      namedCalls: () => [...this.#calls].map((call) => call.named).filter((named) => named !== null),
      received: (message) => this.#take(message),
      stateChanged: () => {
        if (!this.isOnline) this.#acquaintance.presence.clear();
        changed();
      },
    });
    this.#acquaintance = new Acquaintance({ book, socket: this.#socket, isWatched, changed });
    this.#meetings = new Meetings(this.#socket);
    this.#rings = new Rings({
      book,
      socket: this.#socket,
      opened: (ring, seal, contact, ended) => this.#rung(ring, seal, contact, ended),
      changed,
    });
  }

  /** How those stand whose presence this page shows, by endpoint. */
  get presence() {
    return this.#acquaintance.presence;
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
   * A device: somebody tried to record through it.
   * @returns {Promise<boolean>} whether the coordinator has heard it
   */
  async tellBlocked() {
    try {
      await this.#socket.request({ t: "device.state", state: "blocked" });
      return true;
    } catch (problem) {
      if (problem instanceof Refused || problem instanceof Disconnected) return false;
      throw problem;
    }
  }

  /**
   * Call somebody. It rings at once; the camera may still be starting.
   * @param {LinkRecord} contact
   * @param {Promise<MediaStream>} local
   * @param {{media?: "video" | "telepresence", overheard?: (word: import("./control/words.js").Said) => void}} [told] of a robot: what it says
   */
  call(contact, local, { media = "video", overheard } = {}) {
    this.#forgetEnded();
    const call = new OutgoingCall({
      contact,
      book: this.book,
      fetchKeys: (endpoints) => this.#acquaintance.fetchKeys(endpoints),
      media,
      local,
      overheard,
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
    this.#acquaintance.watch();
    this.#changed();
    return record;
  }

  /**
   * A fresh code that names this endpoint: what is held before a robot's camera.
   * @param {import("./links.js").Kind} kind
   * @returns {import("./pairing-code.js").PairingCode}
   */
  codeToShow(kind) {
    const { party, name, identity } = this.book;
    if (party === null) throw new TypeError("An endpoint that doesn't know whose it is shows no code.");
    return Object.freeze({ secret: crypto.getRandomValues(new Uint8Array(SECRET_BYTES)), identity: identity.publicKey, party, kind, name });
  }

  /**
   * Wait until `reader` has read the code, and know them from now on. `consents` says whether the keys of whoever came are the reader's.
   * @param {import("./pairing-code.js").PairingCode} code
   * @param {import("./links.js").Who} reader
   * @param {{consents: (keys: import("./pairing.js").Introduction) => boolean, signal?: AbortSignal}} told `signal` stops it
   * @returns {Promise<LinkRecord>}
   * @throws {import("./meetings.js").MeetingError}
   */
  async showTo({ secret }, reader, told) {
    const keys = await this.#meetings.show(secret, await this.book.introduction(), told);
    const record = await this.book.pair(reader, keys, "qr");
    this.#acquaintance.watch();
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

  /** @param {Message} message */
  #take(message) {
    if (message.t === "ready") this.#ready(message);
    else if (message.t === "presence") this.#acquaintance.seen(message);
    else if (message.t === "circle.changed") (this.#acquaintance.learn(), this.#manner.circled?.());
    else if (message.t === "device.command") this.#manner.commanded?.(message.command);
    else if (message.t === "post.waiting") this.#posted();
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
    const declines = ended ?? (this.engaged ? "busy" : this.#manner.turnsAway(ring));
    const call = new IncomingCall({
      ring,
      seal,
      contact,
      book: this.book,
      manner: this.#manner,
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

  /** @param {Message} ready */
  #ready(ready) {
    this.#acquaintance.returned();
    this.#meetings.returned();
    this.#manner.began(ready);
    this.#posted();
    for (const call of this.#calls) call.returned();
    this.#rings.returned();
  }

  /** @param {string} id */
  #callOf(id) {
    return [...this.#calls].find((call) => call.id === id);
  }
}
