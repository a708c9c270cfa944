/**
 * The ring that came and the join that answers it: read once, written once, and said with the same bytes until the caller's first box has opened.
 *
 * It claims the call at the server, and says the accept there; whether the call is taken is not its own to decide. What doesn't open is no ring.
 */

import { ContentRefused, decodeContent, encodeContent } from "./contents.js";
import { RESEND_AFTER_MS } from "./mailbox.js";
import { BoxError } from "./seal.js";
import { Disconnected, Refused } from "./socket.js";

/**
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./contents.js").Ring} Ring
 * @typedef {import("./call-seal.js").NoiseSeal} NoiseSeal
 */

/** The callee's half of one handshake. */
export class Joining {
  #call;
  #seal;
  #socket;
  #lost;
  /** @type {Message | null} */
  #join = null;
  #timer = 0;

  /**
   * @param {object} parts
   * @param {string} parts.call
   * @param {NoiseSeal} parts.seal
   * @param {import("./socket.js").Socket} parts.socket
   * @param {(reason: string | null) => void} parts.lost the call is over, or, without a reason, another endpoint's
   */
  constructor({ call, seal, socket, lost }) {
    this.#call = call;
    this.#seal = seal;
    this.#socket = socket;
    this.#lost = lost;
  }

  /** Whether the join was made: boxes may come. */
  get isMade() {
    return this.#join !== null;
  }

  /**
   * What the ring says, or null where it doesn't open.
   * @param {string} box
   * @returns {Promise<Ring | null>}
   */
  read(box) {
    return ringIn(this.#seal, box);
  }

  /** Write it, once. */
  async make() {
    const box = await this.#seal.writeSecond(encodeContent({ t: "join" }));
    this.#join = { t: "call.join", call: this.#call, box };
  }

  /** Say it now, and after 1, 2 and 4 s. */
  say(repeats = 0) {
    clearTimeout(this.#timer);
    if (this.#join === null) return;
    void this.#ask(this.#join);
    if (repeats < RESEND_AFTER_MS.length) this.#timer = setTimeout(() => this.say(repeats + 1), RESEND_AFTER_MS[repeats]);
  }

  /** The caller's first box has opened, or the call is over: it isn't said any more. */
  stop() {
    clearTimeout(this.#timer);
  }

  /** The call is taken here. */
  accept() {
    void this.#ask({ t: "call.accept", call: this.#call });
  }

  /**
   * `unknown_call` and `wrong_state` mean "not yet": it is said again.
   * @param {Message} message
   */
  async #ask(message) {
    try {
      await this.#socket.request(message);
    } catch (problem) {
      if (problem instanceof Refused && problem.code === "taken") this.#lost(null);
      else if (problem instanceof Refused && problem.code === "ended") this.#lost("cancelled");
      else if (!(problem instanceof Refused || problem instanceof Disconnected)) throw problem;
    }
  }
}

/**
 * What message 1 holds, if it opens and is a ring.
 * @param {NoiseSeal} seal
 * @param {string} box
 * @returns {Promise<Ring | null>}
 */
export async function ringIn(seal, box) {
  try {
    const content = decodeContent(await seal.readFirst(box));
    return content?.t === "ring" ? content : null;
  } catch (problem) {
    if (problem instanceof BoxError || problem instanceof ContentRefused) return null;
    throw problem;
  }
}
