/**
 * The other end has lost its keys, as a page does that is loaded anew, and begins a new handshake for the same call. The JavaScript twin of
 * `client_sim.resuming`.
 *
 * This end answers it and goes on with the old keys until the first box of the new handshake has opened: only then is it sure that the resumer holds
 * them. Source: docs/reference/protocol.md §8. It never changes who called whom.
 */

import { encodeContent } from "./contents.js";
import { ringIn } from "./joining.js";

/**
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./exchange.js").Exchange} Exchange
 * @typedef {import("./call-seal.js").NoiseSeal} NoiseSeal
 */

/** Answers to resumes in one call. */
export class Resumption {
  #parts;
  #handshake = 0;
  #box = "";
  /** @type {Message | null} */
  #answer = null;
  /** @type {Exchange | null} */
  #exchange = null;

  /**
   * @param {object} parts
   * @param {string} parts.call
   * @param {import("./socket.js").Socket} parts.socket
   * @param {(resume: Message) => NoiseSeal | null} parts.reseal the seal of a handshake that the other end began; null while its key isn't known
   * @param {(seal: NoiseSeal, handshake: number) => Exchange} parts.exchangeOf
   * @param {(exchange: Exchange) => void} parts.resumed it takes the old one's place; what opened is heard after it
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * A resume came: answer it. The same one again gets the same bytes; an older one, or another, gets nothing.
   * @param {Message} resume
   */
  async asked(resume) {
    const { handshake, box } = resume;
    if (handshake === this.#handshake && box === this.#box && this.#answer) this.#parts.socket.send(this.#answer);
    else if (handshake > this.#handshake) await this.#begin(resume);
  }

  /**
   * A box of the new handshake: true where it is one, whether or not it opened.
   * @param {Message} message
   */
  async take(message) {
    const exchange = this.#exchange;
    if (!exchange || message.handshake !== this.#handshake) return false;
    await exchange.take(message);
    return true;
  }

  /** @param {Message} resume */
  async #begin(resume) {
    const seal = this.#parts.reseal(resume);
    if (!seal || (await ringIn(seal, resume.box)) === null) return;
    if (resume.handshake <= this.#handshake) return;
    this.#handshake = resume.handshake;
    this.#box = resume.box;
    const box = await seal.writeSecond(encodeContent({ t: "join" }));
    const exchange = this.#parts.exchangeOf(seal, resume.handshake);
    exchange.onFirst(() => {
      this.#exchange = null;
      this.#parts.resumed(exchange);
    });
    await exchange.begin();
    this.#exchange = exchange;
    this.#answer = { t: "call.resumed", call: this.#parts.call, handshake: resume.handshake, box };
    this.#parts.socket.send(this.#answer);
  }
}
