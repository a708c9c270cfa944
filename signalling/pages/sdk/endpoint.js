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
import { takenNote } from "./note.js";
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
  #circled;
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
   * @param {() => void} [told.circled] whom its owner is linked with may be different
   * @param {string} [told.origin] the coordinator's, where it isn't the page's own
   * @param {Tokens} [told.tokens] shared with whatever else asks for this endpoint
   */
  constructor(book, told) {
    const { isWatched, changed, manner = NOBODY, posted = () => {}, circled = () => {}, origin = location.origin } = told;
    const { tokens = new Tokens(book.identity, origin) } = told;
    this.book = book;
    this.#manner = manner;
    this.#posted = posted;
    this.#circled = circled;
    this.#changed = changed;
    const { identity } = book;
    this.#socket = new Socket({
      identity,
      tokens,
      origin,
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
    for (const call of this.#calls) this.#stop(call);
    this.#socket.stop();
  }

  /**
   * This page goes: an accepted call waits a while for the one that may come in its place, and anything else is over. To be called in `pagehide`; whether a
   * page is loaded anew or closed, nobody can know there.
   */
  leave() {
    const accepted = [...this.#calls].filter(({ phase }) => phase === "accepted");
    for (const call of this.#calls) if (!accepted.includes(call)) this.#stop(call);
    for (const call of accepted) call.goAway();
    if (accepted.length > 0) this.#socket.leave();
    else this.#socket.stop();
  }

  /**
   * The call that this tab was in when its page was loaded anew, or null. To be called before `start`, which names it.
   * @param {() => Promise<MediaStream>} open camera and microphone of a call that this end placed; without them it goes on all the same
   * @param {{media?: "video" | "telepresence", overheard?: (word: import("./control/words.js").Said) => void}} [told] as for `call`
   * @returns {OutgoingCall | IncomingCall | null}
   */
  resume(open, told = {}) {
    const note = takenNote();
    const contact = note && this.book.link(note.peer);
    if (!note || !contact) return null;
    const timeline = Timeline.since(Math.max(0, Date.now() - note.since), () => this.#changed());
    const call =
      note.role === "caller"
        ? this.#placing([contact], open().catch(() => new MediaStream()), { ...told, timeline, resumes: note.call })
        : this.#taking(ringBefore(note, told.media), null, contact, timeline);
    this.#calls.add(call);
    void call.resume(note);
    return call;
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
   * Call somebody: at one endpoint, or at several of theirs, of which verified ones ring alone where there are any. It rings at once; the camera may still
   * be starting.
   * @param {LinkRecord | LinkRecord[]} whom
   * @param {Promise<MediaStream>} local
   * @param {{media?: "video" | "telepresence", overheard?: (word: import("./control/words.js").Said) => void}} [told] of a robot: what it says
   */
  call(whom, local, told = {}) {
    const contacts = [whom].flat();
    if (new Set(contacts.map(({ party }) => party)).size !== 1) throw new TypeError("A call is to endpoints of one party.");
    this.#forgetEnded();
    const call = this.#placing(contacts, local, told);
    this.#calls.add(call);
    void call.start();
    return call;
  }

  /**
   * Meet whoever showed a pairing code, and know them from now on.
   * @param {import("./pairing-code.js").PairingCode} code
   * @param {AbortSignal} [signal] stops it
   * @param {"qr" | "secret_link"} [how] by which way the code came
   * @returns {Promise<LinkRecord>}
   * @throws {import("./meetings.js").MeetingError}
   */
  async pair({ secret, identity, party, name, kind }, signal, how = "qr") {
    const keys = await this.#meetings.read(secret, await this.book.introduction(), { expected: identity, signal });
    const record = await this.book.pair({ party, name, kind }, keys, how);
    this.#acquaintance.watch();
    this.#changed();
    return record;
  }

  /**
   * Know the endpoints of those whom the coordinator calls this one's circle: introduced, and no more.
   * @param {import("./account.js").Contact[]} contacts
   */
  meet(contacts) {
    return this.#acquaintance.meet(contacts);
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

  /**
   * Ask for the newest key of an endpoint that is known, or of which it is known whose it is: introduced, and no more.
   * @param {string} endpoint
   * @param {import("./links.js").Who} [who]
   */
  learnKeys(endpoint, who) {
    return this.#acquaintance.fetchKeys([endpoint], new Map(who ? [[endpoint, who]] : []));
  }

  /** @param {Message} message */
  #take(message) {
    if (message.t === "ready") this.#ready(message);
    else if (message.t === "presence") this.#acquaintance.seen(message);
    else if (message.t === "circle.changed") this.#circleChanged();
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
    const declines = ended ?? (this.#isBusyFor(contact) ? "busy" : this.#manner.turnsAway(ring));
    const call = this.#taking(ring, seal, contact);
    this.#calls.add(call);
    void call.start(declines);
  }

  /**
   * Two that call each other at once are in no other's way: which of the two calls goes on is the coordinator's to say.
   * @param {LinkRecord} caller
   */
  #isBusyFor(caller) {
    const { engaged } = this;
    const isGlare = engaged instanceof OutgoingCall && engaged.phase !== "accepted" && engaged.contact.party === caller.party;
    return engaged !== null && !isGlare;
  }

  /**
   * @param {LinkRecord[]} contacts
   * @param {Promise<MediaStream>} local
   * @param {Partial<import("./call.js").Parts>} told
   */
  #placing(contacts, local, { media = "video", ...told }) {
    const fetchKeys = (/** @type {string[]} */ endpoints) => this.#acquaintance.fetchKeys(endpoints);
    return new OutgoingCall({ ...this.#shared(), contacts, local, media, fetchKeys, ...told });
  }

  /**
   * @param {Message} ring
   * @param {import("./call-seal.js").NoiseSeal | null} seal
   * @param {LinkRecord} contact
   * @param {Timeline} [timeline]
   */
  #taking(ring, seal, contact, timeline) {
    const shared = this.#shared();
    return new IncomingCall({ ...shared, ring, seal, contact, manner: this.#manner, timeline: timeline ?? shared.timeline });
  }

  /** What every call of this endpoint's has. */
  #shared() {
    return {
      book: this.book,
      certificates: this.#certificates,
      socket: this.#socket,
      timeline: new Timeline(() => this.#changed()),
      changed: () => this.#changed(),
    };
  }

  /**
   * The page goes: the server hears of it now, for afterwards nothing more is said here.
   * @param {OutgoingCall | IncomingCall} call
   */
  #stop(call) {
    if (call instanceof IncomingCall) call.stop(call.phase === "accepted" ? "hangup" : "power_off");
    else call.hangUp();
    call.sayFarewell();
  }

  #forgetEnded() {
    for (const call of this.#calls) {
      if (!call.isOver || call.isFarewellOwed) continue;
      if (call instanceof IncomingCall) this.#rings.ended(call.id, call.reason);
      this.#calls.delete(call);
    }
  }

  #circleChanged() {
    this.#acquaintance.learn();
    this.#circled();
  }

  /** @param {Message} ready */
  #ready(ready) {
    this.#acquaintance.returned();
    this.#meetings.returned();
    this.#manner.began(ready);
    this.#posted();
    this.#circled();
    for (const call of this.#calls) call.returned();
    this.#rings.returned();
  }

  /** @param {string} id */
  #callOf(id) {
    return [...this.#calls].find((call) => call.id === id);
  }
}

/**
 * What is left of the ring of a call that an earlier page took.
 * @param {import("./note.js").Note} note
 * @param {"video" | "telepresence"} [media]
 * @returns {Message}
 */
function ringBefore({ call, peer }, media = "video") {
  return { t: "call.ring", call, from: peer, media, ice_servers: [] };
}
