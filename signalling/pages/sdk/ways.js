/**
 * What ways a connection has had so far, ours and the other end's: whether there is anything left to wait for.
 *
 * It counts addresses and looks into none.
 */

/** Without a new address from either end for so long, none comes that would help: as in `client_sim.negotiation`. */
export const HOPE_MS = 6_000;

/** Of one connection. */
export class Ways {
  #clock;
  #newAt;
  #isRelayed = false;
  #isAllHeard = false;

  /** @param {() => number} [clock] milliseconds, monotonic */
  constructor(clock = () => performance.now()) {
    this.#clock = clock;
    this.#newAt = clock();
  }

  /** Whether a relay of ours gave a way. */
  get isRelayed() {
    return this.#isRelayed;
  }

  /** @param {Pick<RTCIceCandidate, "type"> | null} candidate one of ours; null: there are no more */
  found(candidate) {
    if (candidate) this.#newAt = this.#clock();
    if (candidate?.type === "relay") this.#isRelayed = true;
  }

  /** @param {unknown} candidate one of the other end's; null: it has no more */
  heard(candidate) {
    if (candidate === null) this.#isAllHeard = true;
    else this.#newAt = this.#clock();
  }

  /**
   * Whether nothing can come any more: no relay of ours gave a way, the other end has told all of its addresses, and those that are known had their time.
   * @param {number} since when a way was first needed
   */
  isHopeless(since) {
    return !this.#isRelayed && this.#isAllHeard && this.#clock() - Math.max(since, this.#newAt) >= HOPE_MS;
  }
}
