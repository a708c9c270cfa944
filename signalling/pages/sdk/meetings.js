/**
 * Pairings under way at this endpoint: two ends that share a one-time secret meet, and say who they are. The JavaScript twin of `client_sim.meetings`.
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
 * @typedef {(introduction: Introduction) => boolean | Promise<boolean>} Consent
 * @typedef {object} Room
 * @property {() => void} met the other end is there
 * @property {(box: string) => Promise<void>} opened what came opens, or throws
 * @property {(problem: unknown) => void} reject
 */

/** No pairing came of it: `nobody_came`, `somebody_else`, `declined`, `stopped`, or what the coordinator refused with. */
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
    const { name } = pairing;
    const first = await pairing.writeFirst(own);
    return this.#meet(name, signal, (resolve) => ({
      met: () => void this.#ask(name, { t: "pair.box", name, box: first }),
      opened: async (box) => resolve(await pairing.readSecond(box)),
    }));
  }

  /**
   * This end has shown the secret: who read it. `consents` is asked before this end says who it is.
   * @param {Uint8Array<ArrayBuffer>} secret
   * @param {Introduction} own
   * @param {{consents: Consent, signal?: AbortSignal}} told `signal` stops it
   * @returns {Promise<Introduction>}
   * @throws {MeetingError}
   */
  async show(secret, own, { consents, signal }) {
    const pairing = await Pairing.begin(secret, { reads: false });
    const { name } = pairing;
    let isRead = false;
    return this.#meet(name, signal, (resolve) => ({
      met: () => {},
      opened: async (box) => {
        if (isRead) return; // the same once more, while somebody makes up their mind
        const found = await pairing.readFirst(box);
        isRead = true;
        if (!(await consents(found))) throw new MeetingError("declined");
        await this.#ask(name, { t: "pair.box", name, box: await pairing.writeSecond(own) });
        resolve(found);
      },
    }));
  }

  /** The session is new: be at every rendezvous again. */
  returned() {
    for (const name of this.#rooms.keys()) void this.#ask(name, { t: "pair.open", name });
  }

  /** @param {Message} message `pair.met` or `pair.box` */
  async take({ t, name, box }) {
    const room = this.#rooms.get(name);
    if (!room) return;
    if (t === "pair.met") return room.met();
    try {
      await room.opened(box);
    } catch (problem) {
      if (problem instanceof SomebodyElse) room.reject(new MeetingError("somebody_else"));
      else if (!(problem instanceof PairingError)) room.reject(problem);
    }
  }

  /**
   * @param {string} name
   * @param {AbortSignal | undefined} signal
   * @param {(resolve: Resolve) => Omit<Room, "reject">} furnish
   * @returns {Promise<Introduction>}
   */
  async #meet(name, signal, furnish) {
    let deadline = 0;
    try {
      return await new Promise((resolve, reject) => {
        this.#rooms.set(name, { ...furnish(resolve), reject });
        deadline = setTimeout(() => reject(new MeetingError("nobody_came")), MEETING_MS);
        const stop = () => reject(new MeetingError("stopped"));
        if (signal?.aborted) stop();
        signal?.addEventListener("abort", stop, { once: true });
        void this.#ask(name, { t: "pair.open", name });
      });
    } finally {
      clearTimeout(deadline);
      this.#rooms.delete(name);
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
