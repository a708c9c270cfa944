/**
 * Pairings under way at this endpoint: two ends that share a one-time secret meet, and say who they are. The JavaScript twin of `client_sim.meetings`,
 * for the end that reads the secret.
 *
 * What is made of an introduction is its owner's. A box that doesn't open is passed over; whoever has not the secret can neither find the rendezvous nor
 * end a pairing. Whoever has it and is somebody else ends it: the secret is known to more than two.
 */

import { Pairing, PairingError, SomebodyElse } from "./pairing.js";
import { Disconnected, Refused } from "./socket.js";

/** How long the coordinator keeps a rendezvous. */
export const MEETING_MS = 300_000;

/**
 * @typedef {import("./pairing.js").Introduction} Introduction
 * @typedef {import("./socket.js").Message} Message
 * @typedef {(introduction: Introduction) => void} Resolve
 * @typedef {{pairing: Pairing, first: string, resolve: Resolve, reject: (problem: unknown) => void}} Room
 */

/** No pairing came of it: `nobody_came`, `somebody_else`, `stopped`, or what the coordinator refused with. */
export class MeetingError extends Error {
  /** @param {string} code */
  constructor(code) {
    super(`No pairing came of it: ${code}`);
    this.code = code;
  }
}

/** One endpoint's. */
export class Meetings {
  #socket;
  /** @type {Map<string, Room>} by the name of the rendezvous */
  #rooms = new Map();

  /** @param {import("./socket.js").Socket} socket */
  constructor(socket) {
    this.#socket = socket;
  }

  /**
   * This end has read the secret: who showed it. With `expected`, that identity alone.
   * @param {Uint8Array<ArrayBuffer>} secret
   * @param {Introduction} own
   * @param {{expected?: Uint8Array<ArrayBuffer> | null, signal?: AbortSignal}} [told] `signal` stops it
   * @returns {Promise<Introduction>}
   * @throws {MeetingError}
   */
  async read(secret, own, { expected = null, signal } = {}) {
    const pairing = await Pairing.begin(secret, { reads: true, expected });
    const first = await pairing.writeFirst(own);
    let deadline = 0;
    try {
      return await new Promise((resolve, reject) => {
        this.#rooms.set(pairing.name, { pairing, first, resolve, reject });
        deadline = setTimeout(() => reject(new MeetingError("nobody_came")), MEETING_MS);
        const stop = () => reject(new MeetingError("stopped"));
        if (signal?.aborted) stop();
        signal?.addEventListener("abort", stop, { once: true });
        void this.#ask(pairing.name, { t: "pair.open", name: pairing.name });
      });
    } finally {
      clearTimeout(deadline);
      this.#rooms.delete(pairing.name);
    }
  }

  /** The session is new: be at every rendezvous again. */
  returned() {
    for (const name of this.#rooms.keys()) void this.#ask(name, { t: "pair.open", name });
  }

  /** @param {Message} message `pair.met` or `pair.box` */
  async take({ t, name, box }) {
    const room = this.#rooms.get(name);
    if (!room) return;
    if (t === "pair.met") return this.#ask(name, { t: "pair.box", name, box: room.first });
    try {
      room.resolve(await room.pairing.readSecond(box));
    } catch (problem) {
      if (problem instanceof SomebodyElse) room.reject(new MeetingError("somebody_else"));
      else if (!(problem instanceof PairingError)) room.reject(problem);
    }
  }

  /**
   * Without a connection it is asked again after the next `ready`.
   * @param {string} name
   * @param {Message} message
   */
  async #ask(name, message) {
    try {
      await this.#socket.request(message);
    } catch (problem) {
      if (problem instanceof Refused) this.#rooms.get(name)?.reject(new MeetingError(problem.code));
      else if (!(problem instanceof Disconnected)) throw problem;
    }
  }
}
