/**
 * What the coordinator hands over of others, and is told of this endpoint: keys by the rules of the link book, and who is there.
 *
 * A key from here makes an introduced link and no more.
 */

import { Disconnected, Refused } from "./socket.js";

/** Endpoints that one request may name. */
const AT_ONCE = 64;

/**
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {import("./links.js").Who} Who
 * @typedef {{state: "online" | "off" | "blocked" | "disconnected" | "turned_off", since: Date | null}} Presence
 */

/** One endpoint's view of those it knows. */
export class Acquaintance {
  /** @type {Map<string, Presence>} by endpoint */
  presence = new Map();
  #parts;

  /**
   * @param {object} parts
   * @param {import("./linkbook.js").LinkBook} parts.book
   * @param {import("./socket.js").Socket} parts.socket
   * @param {(record: LinkRecord) => boolean} parts.isWatched whose presence is asked for
   * @param {() => void} parts.changed
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /** A session is live: say this endpoint's key, and ask for the others'. */
  returned() {
    void this.#publish();
    this.learn();
  }

  /** Whom may be seen, and by which keys, may have changed: ask for both anew. */
  learn() {
    const { book } = this.#parts;
    this.watch();
    const strangers = new Map(book.strangers.map((one) => [one.endpoint, one]));
    void this.fetchKeys([...book.links.map(({ endpoint }) => endpoint), ...strangers.keys()], strangers);
  }

  watch() {
    const { book, isWatched, socket } = this.#parts;
    const endpoints = book.links.filter(isWatched).map(({ endpoint }) => endpoint).slice(0, AT_ONCE);
    if (endpoints.length > 0) socket.send({ t: "presence.watch", endpoints });
  }

  async #publish() {
    const { book, socket } = this.#parts;
    socket.send({ t: "keys.publish", statement: await book.statement() });
  }

  /**
   * Know the endpoints of those whom the coordinator calls this one's circle: on its word, and no more.
   * @param {import("./account.js").Contact[]} contacts
   */
  async meet(contacts) {
    const { book, changed } = this.#parts;
    let isNew = false;
    for (const { party, kind, name, endpoints } of contacts) {
      const who = name ? { party, kind, name } : null;
      for (const { endpoint, identity, statement } of endpoints) {
        const named = statement && { ...statement, endpoint };
        if (await book.take({ endpoint, party, identity, statement: named }, who)) isNew = true;
      }
    }
    if (!isNew) return;
    this.watch();
    changed();
  }

  /** @param {import("./socket.js").Message} message `presence` */
  seen({ endpoint, state, since }) {
    this.presence.set(endpoint, { state, since: typeof since === "number" ? new Date(since * 1000) : null });
    this.#parts.changed();
  }

  /**
   * Ask for the newest statements of endpoints that are known, and take those that are newer. Without an answer nothing changes.
   * @param {string[]} endpoints
   * @param {Map<string, Who>} [strangers] of whom nothing is known yet: their keys make an introduced link
   */
  async fetchKeys(endpoints, strangers = new Map()) {
    const { book, socket, changed } = this.#parts;
    for (let at = 0; at < endpoints.length; at += AT_ONCE) {
      try {
        const { keys = [] } = await socket.request({ t: "keys.get", endpoints: endpoints.slice(at, at + AT_ONCE) });
        for (const found of keys) if (await book.take(found, strangers.get(found.endpoint) ?? null)) changed();
      } catch (problem) {
        if (!(problem instanceof Refused || problem instanceof Disconnected)) throw problem;
      }
    }
  }
}
