/**
 * Camera and microphone in words: each end of a call tells the other that one is off, or on again (docs/reference/protocol.md §5.5). The JavaScript twin of
 * `client_sim.sending`.
 *
 * It is said on the data channel: the coordinator doesn't hear it, and needn't be there. A word belongs to the connection that it was said on, and each
 * begins with both on. It says what its user chose, decides nothing, and keeps, counts and logs nothing.
 */

/** @typedef {{camera: boolean, microphone: boolean}} Sends whether each is on */
/** @typedef {import("./peer.js").Peer} Peer */

/** How each connection begins. */
export const BOTH_ON = Object.freeze({ camera: true, microphone: true });

/** One call's, over all of its connections. */
export class Sending {
  /** @type {Sends} */
  #own = BOTH_ON;
  /** @type {WeakMap<Peer, Sends>} */
  #said = new WeakMap();
  /** @type {WeakMap<Peer, Sends>} */
  #heard = new WeakMap();

  /** This end's own, from now on. @param {Sends} own */
  choose({ camera, microphone }) {
    this.#own = { camera, microphone };
  }

  /** Say it on that connection, unless it is known there; where nothing can be said yet, later. @param {Peer} peer */
  sayOn(peer) {
    const { camera, microphone } = this.#own;
    const told = this.#said.get(peer) ?? BOTH_ON;
    if (told.camera === camera && told.microphone === microphone) return;
    if (peer.say("control", { t: "sends", camera, microphone })) this.#said.set(peer, this.#own);
  }

  /**
   * The other end's word.
   * @param {Peer} peer
   * @param {Sends} word the last one counts
   */
  hear(peer, { camera, microphone }) {
    this.#heard.set(peer, { camera, microphone });
  }

  /** What the other end said on that connection. @param {Peer} peer */
  of(peer) {
    return this.#heard.get(peer) ?? BOTH_ON;
  }
}
