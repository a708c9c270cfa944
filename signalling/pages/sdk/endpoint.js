/**
 * This browser as an endpoint: its socket, whom it watches, and the calls it is in.
 *
 * The one part that a page talks to. It knows nothing of how the page looks, and keeps nothing of a call that is over.
 */

import { OutgoingCall } from "./call.js";
import { Socket } from "./socket.js";
import { Timeline } from "./timeline.js";
import { Tokens } from "./tokens.js";

/**
 * @typedef {import("./link.js").Contact} Contact
 * @typedef {import("./socket.js").Message} Message
 * @typedef {{state: "online" | "off" | "blocked" | "disconnected" | "turned_off", since: Date | null}} Presence
 */

/** An endpoint that is linked, and stays online while its page is open. */
export class Endpoint {
  /** @type {Map<string, Presence>} by endpoint */
  presence = new Map();
  #identity;
  #contacts;
  #changed;
  #socket;
  /** @type {Map<string, OutgoingCall>} */
  #calls = new Map();

  /**
   * @param {import("./link.js").Link} link
   * @param {() => void} changed something that a screen shows is different
   */
  constructor({ identity, contacts }, changed) {
    this.#identity = identity;
    this.#contacts = contacts;
    this.#changed = changed;
    this.#socket = new Socket({
      identity,
      tokens: new Tokens(identity),
      namedCalls: () => [...this.#calls.values()].map((call) => call.named).filter((named) => named !== null),
      received: (message) => this.#take(message),
      stateChanged: () => {
        if (!this.isOnline) this.presence.clear();
        changed();
      },
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
    for (const call of this.#calls.values()) call.hangUp();
    this.#socket.stop();
  }

  /**
   * Call somebody. It rings at once; the camera may still be starting.
   * @param {Contact} contact
   * @param {Promise<MediaStream>} local
   */
  call(contact, local) {
    for (const [id, earlier] of this.#calls) if (earlier.phase === "ended") this.#calls.delete(id);
    const call = new OutgoingCall({
      contact,
      endpoint: this.#identity.endpoint,
      media: "video",
      local,
      socket: this.#socket,
      timeline: new Timeline(() => this.#changed()),
      changed: () => this.#changed(),
    });
    this.#calls.set(call.id, call);
    void call.start();
    return call;
  }

  /** @param {Message} message */
  #take(message) {
    if (message.t === "ready") this.#ready();
    else if (message.t === "presence") this.#seen(message);
    else if (typeof message.call === "string") void this.#calls.get(message.call)?.take(message);
  }

  #ready() {
    const endpoints = this.#contacts.map(({ endpoint }) => endpoint);
    if (endpoints.length > 0) this.#socket.send({ t: "presence.watch", endpoints });
    for (const call of this.#calls.values()) call.returned();
  }

  /** @param {Message} message */
  #seen({ endpoint, state, since }) {
    this.presence.set(endpoint, { state, since: typeof since === "number" ? new Date(since * 1000) : null });
    this.#changed();
  }
}
