/**
 * Pairing on the screen: the question, the wait, and what came of it.
 *
 * A code is used when its user says so and never before, and is forgotten with the answer.
 */

import { MeetingError } from "../sdk/meetings.js";
import { element, say } from "./dom.js";
import { pairingWords } from "./words.js";

/**
 * @typedef {import("../sdk/pairing-code.js").PairingCode} PairingCode
 * @typedef {"asking" | "waiting" | "paired" | "failed"} Stage
 */

/** One question at a time. */
export class PairView {
  #heading = element("pair-heading", HTMLHeadingElement);
  #text = element("pair-text", HTMLParagraphElement);
  #note = element("pair-note", HTMLParagraphElement);
  #view = element("pair", HTMLElement);
  #on = element("pair-on", HTMLButtonElement);
  #off = element("pair-off", HTMLButtonElement);
  #endpoint;
  #changed;
  /** @type {PairingCode | null} */
  #code = null;
  /** @type {Stage} */
  #stage = "asking";
  /** @type {"qr" | "secret_link"} */
  #how = "qr";
  /** @type {string | null} */
  #failure = null;
  #stopping = new AbortController();

  /**
   * @param {import("../sdk/endpoint.js").Endpoint} endpoint
   * @param {() => void} changed another view may be due
   */
  constructor(endpoint, changed) {
    this.#endpoint = endpoint;
    this.#changed = changed;
    this.#on.addEventListener("click", () => (this.#stage === "paired" ? this.#close() : void this.#pair()));
    this.#off.addEventListener("click", () => this.#close());
  }

  /** Whether it has something to ask or to say. */
  get isOpen() {
    return this.#code !== null;
  }

  /** Another language: say it anew. */
  say() {
    if (this.isOpen) this.#show();
  }

  /**
   * @param {PairingCode} code
   * @param {"qr" | "secret_link"} [how] by which way it came
   */
  ask(code, how = "qr") {
    this.#code = code;
    this.#how = how;
    this.#become("asking");
  }

  async #pair() {
    const code = this.#code;
    if (!code) return;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#become("waiting");
    try {
      await this.#endpoint.pair(code, stopping.signal, this.#how);
      if (!stopping.signal.aborted) this.#become("paired");
    } catch (problem) {
      if (!stopping.signal.aborted) this.#become("failed", problem instanceof MeetingError ? problem.code : "not_kept");
    }
  }

  #close() {
    this.#stopping.abort();
    this.#code = null;
    this.#changed();
  }

  /**
   * @param {Stage} stage
   * @param {string | null} [failure]
   */
  #become(stage, failure = null) {
    this.#stage = stage;
    this.#failure = failure;
    this.#show();
    this.#changed();
    this.#heading.focus({ preventScroll: true });
  }

  #show() {
    const { heading, text, note, on, off } = pairingWords(this.#code?.name ?? "", this.#stage, this.#failure);
    say(this.#heading, heading);
    say(this.#text, text);
    say(this.#note, note);
    this.#note.hidden = note === "";
    this.#view.dataset.stage = this.#stage;
    for (const [button, label] of /** @type {const} */ ([[this.#on, on], [this.#off, off]])) {
      say(button, label ?? "");
      button.hidden = label === null;
    }
  }
}
