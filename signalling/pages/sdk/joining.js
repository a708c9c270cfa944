/**
 * The ring that came and the join that answers it: read once, written once, and said with the same bytes until the caller's first box has opened.
 *
 * It decides nothing about whether the call is taken. What doesn't open is no ring.
 */

import { ContentRefused, decodeContent, encodeContent } from "./contents.js";
import { RESEND_AFTER_MS } from "./mailbox.js";
import { BoxError } from "./seal.js";

/**
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./contents.js").Ring} Ring
 * @typedef {import("./call-seal.js").NoiseSeal} NoiseSeal
 */

/** The callee's half of one handshake. */
export class Joining {
  #seal;
  #ask;
  /** @type {Message | null} */
  #join = null;
  #timer = 0;

  /**
   * @param {NoiseSeal} seal
   * @param {(join: Message) => void} ask
   */
  constructor(seal, ask) {
    this.#seal = seal;
    this.#ask = ask;
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

  /** @param {string} call */
  async make(call) {
    const box = await this.#seal.writeSecond(encodeContent({ t: "join" }));
    this.#join = { t: "call.join", call, box };
  }

  /** Say it now, and after 1, 2 and 4 s. */
  say(repeats = 0) {
    clearTimeout(this.#timer);
    if (this.#join === null) return;
    this.#ask(this.#join);
    if (repeats < RESEND_AFTER_MS.length) this.#timer = setTimeout(() => this.say(repeats + 1), RESEND_AFTER_MS[repeats]);
  }

  /** The caller's first box has opened, or the call is over: it isn't said any more. */
  stop() {
    clearTimeout(this.#timer);
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
