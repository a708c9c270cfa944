/**
 * ICE candidates on their way: ours in batches of 50 ms, theirs held until their description is there.
 */

import { CANDIDATES } from "./contents.js";

/** Candidates gathered within this time travel together: fewer messages for each call. */
const BATCH_MS = 50;

/** @typedef {import("./contents.js").Content} Content */
/** @typedef {import("./contents.js").Candidate} Candidate */

/** Collects what this end gathers and says it in batches. */
export class CandidateBatch {
  #say;
  #timer = 0;
  #generation = 0;
  #said = 0;
  /** @type {Candidate[]} */
  #waiting = [];

  /** @param {(content: Content) => void} say */
  constructor(say) {
    this.#say = say;
  }

  /**
   * @param {RTCIceCandidate | null} candidate null: gathering is over
   * @param {number} generation
   */
  add(candidate, generation) {
    if (generation !== this.#generation) {
      this.flush();
      this.#generation = generation;
      this.#said = 0;
    }
    if (candidate === null) {
      this.flush();
      this.#say({ t: "end_of_candidates", generation });
    } else if (candidate.candidate && this.#said + this.#waiting.length < CANDIDATES) {
      const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
      this.#waiting.push({ candidate: line, sdpMid, sdpMLineIndex });
      this.#timer ||= setTimeout(() => this.flush(), BATCH_MS);
    }
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#waiting.length === 0) return;
    const candidates = this.#waiting;
    this.#waiting = [];
    this.#said += candidates.length;
    this.#say({ t: "candidates", generation: this.#generation, candidates });
  }

  /** Say nothing more. */
  stop() {
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#say = () => {};
  }
}

/** The other end's candidates: at most 40 of a generation, kept until that generation's description has been applied. */
export class HeldCandidates {
  /** @type {Map<number, (Candidate | null)[]>} */
  #early = new Map();
  /** @type {Map<number, number>} */
  #counts = new Map();

  /**
   * What to add now, of what has just come; null is the end of candidates.
   * @param {Content} content `candidates` or `end_of_candidates`
   * @param {number} known the generation whose remote description is applied, -1 for none
   * @returns {(Candidate | null)[]}
   */
  due(content, known) {
    if (content.t !== "candidates" && content.t !== "end_of_candidates") return [];
    const { generation } = content;
    if (generation < known) return [];
    const taken = content.t === "candidates" ? this.#allowed(generation, content.candidates) : [null];
    if (generation === known) return taken;
    this.#early.set(generation, [...(this.#early.get(generation) ?? []), ...taken]);
    return [];
  }

  /**
   * What was held for a generation whose description has just been applied. Older ones are forgotten.
   * @param {number} generation
   * @returns {(Candidate | null)[]}
   */
  of(generation) {
    const held = this.#early.get(generation) ?? [];
    for (const key of [...this.#early.keys()]) if (key <= generation) this.#early.delete(key);
    return held;
  }

  /**
   * @param {number} generation
   * @param {Candidate[]} candidates
   */
  #allowed(generation, candidates) {
    const before = this.#counts.get(generation) ?? 0;
    const allowed = candidates.slice(0, Math.max(0, CANDIDATES - before));
    this.#counts.set(generation, before + allowed.length);
    return allowed;
  }
}
