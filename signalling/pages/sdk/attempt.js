/**
 * One attempt to reach somebody: a call id, its ring, its seal and its boxes. Where the other end has a newer key, the next attempt has new ones of each.
 *
 * It knows nothing of media and of how a call ends. Nothing is said in a box before the other end has joined.
 */

import { ContentRefused, decodeContent } from "./contents.js";
import { randomText } from "./encoding.js";
import { Exchange } from "./exchange.js";
import { Invite } from "./invite.js";
import { BoxError } from "./seal.js";

/**
 * @typedef {import("./contents.js").Content} Content
 * @typedef {import("./socket.js").Message} Message
 */

/** From the invite to the last box. */
export class Attempt {
  id = randomText();
  /** Whether this end's own record of the other says so; if not, nothing is described before the accept. */
  verified;
  #to;
  #endpoint;
  #invite;
  #exchange;

  /**
   * @param {object} parts
   * @param {import("./links.js").LinkRecord} parts.contact
   * @param {import("./linkbook.js").LinkBook} parts.book
   * @param {"video" | "audio" | "telepresence"} parts.media
   * @param {import("./socket.js").Socket} parts.socket
   * @param {(content: Content) => void} parts.received
   * @throws {TypeError} where nothing is known of the contact's keys
   */
  constructor({ contact, book, media, socket, received }) {
    const to = book.addressee(this.id, contact.endpoint);
    if (to === null) throw new TypeError("Somebody whose keys are unknown can't be called.");
    this.#to = to;
    this.#endpoint = contact.endpoint;
    this.verified = to.verified;
    this.#invite = new Invite({ call: this.id, contact, media, to, profile: book.profile, socket });
    const send = (/** @type {Message} */ message) => void socket.send(message);
    this.#exchange = new Exchange({ call: this.id, seal: to.seal, send, received });
  }

  /** The refusal that the ring waits out now, or null. */
  get waitsFor() {
    return this.#invite.waitsFor;
  }

  /**
   * Ring, for the first time or again, with the same bytes.
   * @returns {Promise<Message | null>} the server's `ok`; null while there is no connection
   * @throws {import("./socket.js").Refused}
   */
  ring() {
    return this.#invite.send();
  }

  /**
   * What `call.joined` brought: true where it opens the handshake's answer.
   * @param {Message} message
   */
  async opens({ endpoint, box }) {
    if (endpoint !== this.#endpoint) return false;
    try {
      return decodeContent(await this.#to.seal.readSecond(box))?.t === "join";
    } catch (problem) {
      if (problem instanceof BoxError || problem instanceof ContentRefused) return false;
      throw problem;
    }
  }

  /** The other end has joined: say that this one is here, and whatever waited. */
  async begin() {
    this.#invite.withdraw();
    await this.#exchange.begin({ t: "here" });
  }

  /** @param {Content} content */
  say(content) {
    return this.#exchange.say(content);
  }

  /** @param {Message} message a `box` */
  take(message) {
    return this.#exchange.take(message);
  }

  /** This end is back, or the other end is. */
  returned() {
    this.#exchange.returned();
  }

  /** It is rung no more. */
  withdraw() {
    this.#invite.withdraw();
  }

  /** Nothing more is said, heard or kept. */
  close() {
    this.#invite.withdraw();
    this.#exchange.close();
  }
}
