/**
 * ICE candidates on their way: ours in batches of 50 ms, theirs held until their description is there.
 *
 * A relay that never answers keeps a browser gathering for forty seconds, or for ever. The other end isn't kept waiting for what doesn't come.
 */

import { CANDIDATES } from "./contents.js";
import { HOPE_MS } from "./ways.js";

/** Candidates gathered within this time travel together: fewer messages for each call. */
const BATCH_MS = 50;

/** @typedef {import("./contents.js").Content} Content */
/** @typedef {import("./contents.js").Candidate} Candidate */

/** Collects what this end gathers and says it in batches. */
export class CandidateBatch {
  #say;
  #timer = 0;
  #endTimer = 0;
  #generation = -1;
  #said = 0;
  #isEnded = false;
  /** @type {Candidate[]} */
  #waiting = [];

  /** @param {(content: Content) => void} say */
  constructor(say) {
    this.#say = say;
  }

  /**
   * That generation is described, and gathering begins. Without a new candidate for six seconds the other end hears that there are no more.
   * @param {number} generation
   */
  begin(generation) {
    if (generation !== this.#generation) {
      this.flush();
      this.#generation = generation;
      this.#said = 0;
      this.#isEnded = false;
    }
    clearTimeout(this.#endTimer);
    if (!this.#isEnded) this.#endTimer = setTimeout(() => this.#end(), HOPE_MS);
  }

  /**
   * @param {RTCIceCandidate | null} candidate null: gathering is over
   * @param {number} generation
   */
  add(candidate, generation) {
    this.begin(generation);
    if (this.#isEnded) return;
    if (candidate === null) {
      this.#end();
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
    clearTimeout(this.#endTimer);
    this.#waiting = [];
    this.#say = () => {};
  }

  #end() {
    clearTimeout(this.#endTimer);
    this.flush();
    this.#isEnded = true;
    this.#say({ t: "end_of_candidates", generation: this.#generation });
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
