/**
 * What the two ends of a call say to each other: contents in and out, over sealed, numbered boxes on a socket that may come and go.
 *
 * Nothing is sealed before the handshake is through; what is said earlier waits. A content that breaks its rules is counted and ignored.
 */

import { ContentRefused, decodeContent, encodeContent } from "./contents.js";
import { Mailbox } from "./mailbox.js";

/**
 * @typedef {import("./contents.js").Content} Content
 * @typedef {import("./socket.js").Message} Message
 * @typedef {object} Conversation what is said between two ends, in boxes
 * @property {(content: Content) => Promise<void>} say
 * @property {(message: Message) => Promise<void>} take a `box`
 * @property {() => void} returned
 * @property {() => void} close
 */

/**
 * Between two handshakes there is nobody to speak to.
 * @type {Conversation}
 */
export const NOBODY_HEARS = Object.freeze({ say: () => Promise.resolve(), take: () => Promise.resolve(), returned() {}, close() {} });

/** One handshake's conversation. */
export class Exchange {
  /** Contents that opened and broke a rule. */
  refused = 0;
  #call;
  #mailbox;
  #send;
  #received;
  #open = false;
  #closed = false;
  /** @type {Content[]} */
  #early = [];
  #timer = 0;
  #first = () => {};

  /**
   * @param {object} parts
   * @param {string} parts.call
   * @param {import("./mailbox.js").Seal} parts.seal
   * @param {(message: import("./socket.js").Message) => void} parts.send give to the socket; may drop it
   * @param {(content: Content) => void} parts.received each content once, in order
   * @param {number} [parts.handshake]
   */
  constructor({ call, seal, send, received, handshake = 0 }) {
    this.#call = call;
    this.#mailbox = new Mailbox(seal, handshake);
    this.#send = send;
    this.#received = received;
  }

  /** How many boxes have been delivered, repeated, refused and so on. */
  get counts() {
    return this.#mailbox.counts;
  }

  /** How many boxes of the other end have opened. */
  get received() {
    return this.#mailbox.received;
  }

  /**
   * @param {() => void} first called when the other end's first box has opened, before what it says is handed on
   */
  onFirst(first) {
    this.#first = first;
  }

  /**
   * The handshake is through: say `first`, then all that waited.
   * @param {Content} [first]
   */
  async begin(first) {
    if (this.#open) return;
    this.#open = true;
    const contents = first ? [first, ...this.#early] : this.#early;
    this.#early = [];
    await Promise.all(contents.map((content) => this.say(content)));
  }

  /**
   * Say a content to the other end; resolves when its box was given to the socket.
   * @param {Content} content
   */
  async say(content) {
    if (this.#closed) return;
    if (!this.#open) {
      this.#early.push(content);
      return;
    }
    this.#post(await this.#mailbox.put(encodeContent(content), performance.now()));
  }

  /**
   * A `box` of the other end.
   * @param {import("./socket.js").Message} message
   */
  async take(message) {
    if (this.#closed || !this.#open) return;
    const { handshake, ack, seq, box } = message;
    const { contents, send } = await this.#mailbox.take({ handshake, ack, seq, box }, performance.now());
    if (contents.length > 0 && this.received === contents.length) this.#first();
    for (const plaintext of contents) this.#deliver(plaintext);
    this.#post(send);
  }

  /** This end is back, or the other end is: everything unacknowledged goes again. */
  returned() {
    if (this.#open) this.#post(this.#mailbox.returned(performance.now()));
  }

  /** The call is over: nothing more is said, heard or kept. */
  close() {
    this.#closed = true;
    this.#early = [];
    clearTimeout(this.#timer);
  }

  /** @param {Uint8Array} plaintext */
  #deliver(plaintext) {
    let content;
    try {
      content = decodeContent(plaintext);
    } catch (problem) {
      if (!(problem instanceof ContentRefused)) throw problem;
      this.refused += 1;
      return;
    }
    if (content && !this.#closed) this.#received(content);
  }

  /** @param {import("./mailbox.js").Letter[]} letters */
  #post(letters) {
    if (this.#closed) return;
    for (const letter of letters) this.#send({ t: "box", call: this.#call, ...letter });
    clearTimeout(this.#timer);
    const due = this.#mailbox.nextDue;
    if (due === null) return;
    this.#timer = setTimeout(() => this.#post(this.#mailbox.due(performance.now())), Math.max(0, due - performance.now()));
  }
}
