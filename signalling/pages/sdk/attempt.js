/**
 * One attempt to reach somebody: a call id, its ring at each of their endpoints, and the boxes of the one that joins. Where the other end has a newer key, the
 * next attempt has new ones of each.
 *
 * It knows nothing of media and of how a call ends. Nothing is said in a box before an endpoint has joined under its own seal; from then on only that
 * endpoint's boxes open, and the seals of the others are gone.
 */

import { ContentRefused, decodeContent } from "./contents.js";
import { randomText } from "./encoding.js";
import { Exchange } from "./exchange.js";
import { Invite } from "./invite.js";
import { rungOf } from "./rung.js";
import { BoxError } from "./seal.js";

/**
 * @typedef {import("./contents.js").Content} Content
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {import("./socket.js").Message} Message
 * @typedef {object} Parts
 * @property {readonly LinkRecord[]} contacts endpoints of one party, of which `rungOf` says whom to ring
 * @property {import("./linkbook.js").LinkBook} book
 * @property {"video" | "audio" | "telepresence"} media
 * @property {import("./socket.js").Socket} socket
 * @property {(content: Content) => void} received
 */

/** From the invite to the last box. */
export class Attempt {
  id = randomText();
  /** Whom it rings. */
  contacts;
  /** Whether this end's own records of all of them say so; if not, nothing is described before the accept. */
  verified;
  #parts;
  /** @type {Map<string, import("./call-seal.js").NoiseSeal>} of those that may still join, by endpoint */
  #seals;
  #invite;
  /**
   * Null until one has joined.
   * @type {Exchange | null}
   */
  #exchange = null;
  /** @type {Content[]} what is said before that */
  #early = [];

  /**
   * @param {Parts} parts
   * @throws {TypeError} where nothing is known of their keys
   */
  constructor(parts) {
    const { contacts, book, media, socket } = parts;
    const rung = rungOf(book, contacts).flatMap((contact) => {
      const to = book.addressee(this.id, contact.endpoint);
      return to === null ? [] : [{ contact, to }];
    });
    if (rung.length === 0) throw new TypeError("Somebody whose keys are unknown can't be called.");
    this.#parts = parts;
    this.contacts = rung.map(({ contact }) => contact);
    this.verified = rung.every(({ to }) => to.verified);
    this.#seals = new Map(rung.map(({ contact, to }) => [contact.endpoint, to.seal]));
    this.#invite = new Invite({ call: this.id, rung, media, profile: book.profile, socket });
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
   * What `call.joined` brought: who has joined, where it opens that endpoint's handshake, and is the first that does; else null.
   * @param {Message} message
   * @returns {Promise<LinkRecord | null>}
   */
  async opens({ endpoint, box }) {
    const seal = this.#seals.get(endpoint);
    if (!seal || !(await isJoin(seal, box)) || !this.#seals.has(endpoint)) return null;
    this.#seals.clear();
    const { socket, received } = this.#parts;
    const send = (/** @type {Message} */ message) => void socket.send(message);
    this.#exchange = new Exchange({ call: this.id, seal, send, received });
    return this.contacts.find((one) => one.endpoint === endpoint) ?? null;
  }

  /** It has joined: say that this end is here, and whatever waited. */
  async begin() {
    this.#invite.withdraw();
    for (const content of this.#early.splice(0)) void this.#exchange?.say(content);
    await this.#exchange?.begin({ t: "here" });
  }

  /** @param {Content} content */
  async say(content) {
    if (this.#exchange) await this.#exchange.say(content);
    else this.#early.push(content);
  }

  /** @param {Message} message a `box` */
  async take(message) {
    await this.#exchange?.take(message);
  }

  /** This end is back, or the other end is. */
  returned() {
    this.#exchange?.returned();
  }

  /** It is rung no more. */
  withdraw() {
    this.#invite.withdraw();
  }

  /** Nothing more is said, heard or kept. */
  close() {
    this.#invite.withdraw();
    this.#seals.clear();
    this.#early = [];
    this.#exchange?.close();
  }
}

/**
 * @param {import("./call-seal.js").NoiseSeal} seal
 * @param {string} box
 */
async function isJoin(seal, box) {
  try {
    return decodeContent(await seal.readSecond(box))?.t === "join";
  } catch (problem) {
    if (problem instanceof BoxError || problem instanceof ContentRefused) return false;
    throw problem;
  }
}
