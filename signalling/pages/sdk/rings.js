/**
 * Rings that come to an endpoint: by whose keys they are read, whether they are taken, and the last words to those that are turned away.
 *
 * It opens nothing itself. Somebody who isn't known yet is introduced by a ring, and no more.
 */

import { Farewell } from "./farewell.js";
import { NAME_CHARACTERS } from "./links.js";
import { Disconnected, Refused } from "./socket.js";

/** Calls that are over, and whose ring may come once more. */
const REMEMBERED = 256;
/** A caller of whom the coordinator gave no profile. */
const UNNAMED = "somebody";

/**
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./call-seal.js").NoiseSeal} NoiseSeal
 */

/** One endpoint's. */
export class Rings {
  #parts;
  /** Rings that wait for their caller's keys. */
  #asking = new Set();
  /** @type {Map<string, string>} why each call ended, the oldest first */
  #ended = new Map();
  /** @type {Set<Farewell>} */
  #farewells = new Set();

  /**
   * @param {object} parts
   * @param {import("./linkbook.js").LinkBook} parts.book
   * @param {import("./socket.js").Socket} parts.socket
   * @param {(ring: Message, seal: NoiseSeal, contact: import("./links.js").LinkRecord, ended: string | null) => void} parts.opened
   *   it can be read; `ended` is why that call is over already, or null
   * @param {() => void} parts.changed the book has changed
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * A ring of a call that isn't under way here.
   * @param {Message} ring
   */
  async take(ring) {
    if (this.#asking.has(ring.call)) return;
    this.#asking.add(ring.call);
    try {
      let seal = this.#parts.book.opens(ring);
      if (seal === "their_key_unknown" && (await this.#learnt(ring))) seal = this.#parts.book.opens(ring);
      else if (seal === "their_key_unknown") return;
      this.#found(ring, seal);
    } finally {
      this.#asking.delete(ring.call);
    }
  }

  /**
   * A call that rang here is over.
   * @param {string} call
   * @param {string | null} reason
   */
  ended(call, reason) {
    if (reason !== null) this.#ended.set(call, reason);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= REMEMBERED) break;
      this.#ended.delete(oldest);
    }
  }

  /** The session is new: whatever the server has not heard yet. */
  returned() {
    for (const one of this.#farewells) void this.#say(one);
  }

  /**
   * Ask for the caller's newest statement. Without an answer the ring is forgotten; it is sent again while the call lives.
   * @param {Message} ring
   * @returns {Promise<boolean>} whether there was an answer
   */
  async #learnt(ring) {
    const { book, socket, changed } = this.#parts;
    const name = [...(ring.profile?.name ?? "")].slice(0, NAME_CHARACTERS).join("") || UNNAMED;
    try {
      const { keys = [] } = await socket.request({ t: "keys.get", endpoints: [ring.from] });
      for (const found of keys) if (await book.take(found, { party: found.party, name, kind: "person" })) changed();
      return true;
    } catch (problem) {
      if (problem instanceof Disconnected) return false;
      if (problem instanceof Refused) return true;
      throw problem;
    }
  }

  /**
   * @param {Message} ring
   * @param {NoiseSeal | string} seal
   */
  #found(ring, seal) {
    const contact = this.#parts.book.link(ring.from);
    if (typeof seal === "string" || contact === null) {
      this.#decline(ring.call, contact === null ? "peer_not_verified" : "stale_key");
    } else {
      this.#parts.opened(ring, seal, contact, this.#ended.get(ring.call) ?? null);
    }
  }

  /**
   * @param {string} call
   * @param {string} reason
   */
  #decline(call, reason) {
    const farewell = new Farewell(this.#parts.socket);
    farewell.owe({ t: "call.decline", call, reason });
    this.#farewells.add(farewell);
    void this.#say(farewell);
  }

  /** @param {Farewell} farewell */
  async #say(farewell) {
    await farewell.say();
    if (!farewell.isOwed) this.#farewells.delete(farewell);
  }
}
