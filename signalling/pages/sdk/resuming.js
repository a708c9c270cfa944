/**
 * New keys in the middle of a call: a page that is loaded anew has lost its own, and begins another handshake. Both halves of it, since either end may be
 * the one: asking, and answering. The answering half is the twin of `client_sim.resuming`.
 *
 * Whoever answers goes on with the old keys until the first box of the new handshake has opened: only then is it sure that the resumer holds them. Of two
 * that ask at once the higher number counts, and of two alike the caller's. Source: docs/reference/protocol.md §8. It never changes who called whom.
 */

import { ContentRefused, decodeContent, encodeContent } from "./contents.js";
import { ringIn } from "./joining.js";
import { BoxError } from "./seal.js";
import { Disconnected, Refused } from "./socket.js";

/** An answer may be lost on the way, or the coordinator not know the call yet. */
const ASK_AGAIN_MS = Object.freeze([500, 1_000, 2_000, 4_000]);

/**
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./exchange.js").Exchange} Exchange
 * @typedef {import("./call-seal.js").NoiseSeal} NoiseSeal
 * @typedef {object} Parts
 * @property {() => string} call whose messages these are
 * @property {"caller" | "callee"} role
 * @property {() => string} peer the other end, in an accepted call
 * @property {import("./linkbook.js").LinkBook} book
 * @property {import("./socket.js").Socket} socket
 * @property {(seal: NoiseSeal, handshake: number) => Exchange} exchangeOf
 * @property {(exchange: Exchange, handshake: number) => void} resumed it takes the old one's place; what opens is heard after it
 */

/** The handshakes of one call after its first. */
export class Resumption {
  #parts;
  /** The newest that was begun, whoever began it. */
  #handshake = 0;
  /** @type {{seal: NoiseSeal, message: Message} | null} */
  #asking = null;
  #box = "";
  /** @type {Message | null} */
  #answer = null;
  /** @type {Exchange | null} */
  #exchange = null;
  #timer = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * This end has lost its keys: begin a handshake, until it is answered.
   * @param {number} above the newest that is known of
   */
  async ask(above) {
    const handshake = Math.max(above, this.#handshake) + 1;
    this.#handshake = handshake;
    const { book, peer, role } = this.#parts;
    const begun = book.resumes({ call: this.#parts.call(), handshake, peer: peer(), role });
    if (!begun) return;
    const { seal, fromKey, key } = begun;
    const box = await seal.writeFirst(encodeContent({ t: "ring", sent_at: Date.now(), media: "video", rung: 1 }));
    if (handshake !== this.#handshake) return;
    const message = { t: "call.resume", call: this.#parts.call(), handshake, from_key: fromKey, key, box };
    this.#asking = { seal, message };
    this.#say();
  }

  /** The session is new, or the other end's is: what was asked goes again. */
  returned() {
    if (this.#asking) this.#say();
  }

  /** @param {Message} message `call.resume`, which asks, or `call.resumed`, which answers */
  hear(message) {
    return message.t === "call.resume" ? this.#asked(message) : this.#answered(message);
  }

  /**
   * A box of a handshake that this end has answered: true where it is one, whether or not it opened.
   * @param {Message} message
   */
  async take(message) {
    const exchange = this.#exchange;
    if (!exchange || message.handshake !== this.#handshake) return false;
    await exchange.take(message);
    return true;
  }

  /** Ask no more. */
  stop() {
    this.#asking = null;
    clearTimeout(this.#timer);
  }

  /**
   * Answer it. The same one again gets the same bytes; an older one, or another, gets nothing.
   * @param {Message} resume
   */
  async #asked(resume) {
    const { handshake, box } = resume;
    const gaveWay = this.#asking !== null && this.#parts.role === "callee" && handshake === this.#handshake;
    if (handshake === this.#handshake && box === this.#box && this.#answer) this.#parts.socket.send(this.#answer);
    else if (handshake > this.#handshake || gaveWay) await this.#begin(resume);
  }

  /**
   * What the other end answered to this one's.
   * @param {Message} message
   */
  async #answered({ handshake, box }) {
    const asking = this.#asking;
    if (!asking || handshake !== asking.message.handshake) return;
    try {
      if (decodeContent(await asking.seal.readSecond(box))?.t !== "join") return;
    } catch (problem) {
      if (problem instanceof BoxError || problem instanceof ContentRefused) return;
      throw problem;
    }
    if (asking !== this.#asking) return;
    this.stop();
    const exchange = this.#parts.exchangeOf(asking.seal, handshake);
    this.#parts.resumed(exchange, handshake);
    await exchange.begin({ t: "here" });
  }

  /** @param {Message} resume */
  async #begin(resume) {
    const { book, peer, role } = this.#parts;
    const seal = book.reopens(resume, peer(), role);
    if (!seal || (await ringIn(seal, resume.box)) === null) return;
    if (resume.handshake < this.#handshake || (resume.handshake === this.#handshake && !this.#asking)) return;
    this.stop();
    this.#handshake = resume.handshake;
    this.#box = resume.box;
    this.#answer = null;
    const box = await seal.writeSecond(encodeContent({ t: "join" }));
    const exchange = this.#parts.exchangeOf(seal, resume.handshake);
    exchange.onFirst(() => {
      this.#exchange = null;
      this.#parts.resumed(exchange, resume.handshake);
    });
    await exchange.begin();
    this.#exchange = exchange;
    this.#answer = { t: "call.resumed", call: this.#parts.call(), handshake: resume.handshake, box };
    this.#parts.socket.send(this.#answer);
  }

  #say(repeats = 0) {
    clearTimeout(this.#timer);
    const asking = this.#asking;
    if (!asking) return;
    this.#parts.socket.request(asking.message).catch((problem) => this.#refused(asking, problem));
    const pause = ASK_AGAIN_MS[Math.min(repeats, ASK_AGAIN_MS.length - 1)];
    this.#timer = setTimeout(() => this.#say(repeats + 1), pause);
  }

  /**
   * That number was used: take a higher one. Anything else means "not yet", or that the end of the call is about to be heard.
   * @param {{message: Message}} asking
   * @param {unknown} problem
   */
  #refused(asking, problem) {
    if (problem instanceof Disconnected) return;
    if (!(problem instanceof Refused)) throw problem;
    if (problem.code === "conflict" && asking === this.#asking) void this.ask(this.#handshake);
  }
}
