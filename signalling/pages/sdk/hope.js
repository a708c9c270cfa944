/**
 * What is done from the accept on about a call that has no path yet: the relays are asked why, and it is said when nothing is left to hope for. Browsers try for
 * fifteen seconds, and one that found no address of its own never says that it can't.
 *
 * It ends nothing itself, and what it found out goes nowhere but to its owner.
 */

import { whyNoRelay } from "./relays.js";
import { HOPE_MS } from "./ways.js";

/** Where a relay is there a path is found by then, or there is something to ask. As in `client_sim.peer`. */
const DOUBT_MS = 1_500;
const LOOK_MS = 250;

/** Of one call at one end. */
export class Hope {
  /**
   * Why no relay gives a way, in the words of docs/reference/relay.md and separated by commas; null as long as none is missed, and where nothing is sure.
   * @type {string | null}
   */
  cause = null;
  #told;
  #timer = 0;
  #doubtTimer = 0;
  #over = new AbortController();

  /**
   * @param {object} told
   * @param {() => import("./peer.js").Peer | null} told.peer the connection that is being made, if one is
   * @param {() => RTCIceServer[]} told.iceServers
   * @param {() => void} told.gone nothing is left
   */
  constructor(told) {
    this.#told = told;
  }

  /** The path is needed from now on. */
  begin() {
    this.stop();
    this.#over = new AbortController();
    this.#doubtTimer = setTimeout(() => this.#ask(), DOUBT_MS);
    this.#lookIn(HOPE_MS, performance.now());
  }

  /** There is a path, or no call any more. */
  stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#doubtTimer);
    this.#over.abort();
  }

  /**
   * @param {number} ms
   * @param {number} since
   */
  #lookIn(ms, since) {
    this.#timer = setTimeout(() => {
      if (this.#told.peer()?.isHopeless(since)) this.#told.gone();
      else this.#lookIn(LOOK_MS, since);
    }, ms);
  }

  async #ask() {
    if (!this.#told.peer()?.isRelayed) this.cause = await whyNoRelay(this.#told.iceServers(), this.#over.signal);
  }
}
