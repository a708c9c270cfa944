/**
 * Joining one more Komp, on the screen: the question, and what came of it.
 *
 * An invitation is used when its user says so and never before, and is forgotten with the answer.
 */

import { Refused } from "../../sdk/asking.js";
import { element, say } from "../dom.js";
import { showView } from "../views.js";
import { words, wordsOr } from "./words.js";

/**
 * @typedef {"ask" | "busy" | "joined" | "refused"} Stage
 * @typedef {import("../../sdk/pairing-code.js").PairingCode} PairingCode
 */

/** One invitation at a time. */
export class Joining {
  #parts;
  #on = element("join-on", HTMLButtonElement);
  #off = element("join-off", HTMLButtonElement);
  /** @type {Stage | null} */
  #stage = null;
  #invitation = "";
  /** @type {PairingCode | null} */
  #code = null;
  #name = "";
  #refusal = "";

  /**
   * @param {object} parts
   * @param {import("../../sdk/account.js").Account} parts.account
   * @param {import("../circle/neighbours.js").Neighbours} parts.neighbours
   * @param {(code: PairingCode) => void} parts.pair the invitation's own secret may be used now
   * @param {() => void} parts.changed another view may be due
   */
  constructor(parts) {
    this.#parts = parts;
    this.#on.addEventListener("click", () => (this.#stage === "ask" ? void this.#join() : this.#close()));
    this.#off.addEventListener("click", () => this.#close());
  }

  /** Whether it has something to ask or to say. */
  get isOpen() {
    return this.#stage !== null;
  }

  /**
   * @param {string} invitation
   * @param {PairingCode | null} code the secret that came with it, if it came from somebody's own phone
   */
  ask(invitation, code) {
    this.#invitation = invitation;
    this.#code = code;
    this.#become("ask");
  }

  /**
   * This browser has just come in with an invitation.
   * @param {string | null} komp null: the invitation didn't hold
   * @param {PairingCode | null} code
   */
  async came(komp, code) {
    this.#code = code;
    this.#become("busy");
    if (komp === null) await this.#refuse("came_in");
    else await this.#joined(komp);
  }

  show() {
    if (this.#stage === null) return;
    const stage = this.#stage;
    say(element("join-heading", HTMLHeadingElement), words(`join.${stage}.heading`, { name: this.#name }));
    const text = { ask: () => words("join.ask.text"), busy: () => "", joined: () => words("join.joined.introduced") };
    say(element("join-text", HTMLParagraphElement), stage === "refused" ? wordsOr(`join.refused.${this.#refusal}`, "join.refused.other") : text[stage]());
    this.#on.hidden = stage === "busy";
    say(this.#on, stage === "busy" ? "" : words(`join.${stage}.on`));
    this.#off.hidden = stage !== "ask";
    say(this.#off, words("join.ask.off"));
    showView("join", "join-heading");
  }

  async #join() {
    this.#become("busy");
    try {
      await this.#joined(await this.#parts.account.join(this.#invitation));
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      await this.#refuse(problem.code);
    }
  }

  /** @param {string} komp */
  async #joined(komp) {
    await this.#parts.neighbours.learn();
    if (this.#paired()) return;
    this.#name = this.#parts.neighbours.of(komp)?.name ?? "Komp";
    this.#become("joined");
  }

  /**
   * Who used the invitation before may still have its secret to use: the Komp was off, perhaps.
   * @param {string} code
   */
  async #refuse(code) {
    await this.#parts.neighbours.learn();
    if (this.#paired()) return;
    this.#refusal = code;
    this.#become("refused");
  }

  /** Go on to the secret, where there is one and its Komp is in the circle: a Komp lets nobody else in by it. */
  #paired() {
    const code = this.#code;
    if (code === null || this.#parts.neighbours.of(code.party) === null) return false;
    this.#parts.pair(code);
    this.#close();
    return true;
  }

  #close() {
    this.#invitation = "";
    this.#code = null;
    this.#stage = null;
    this.#parts.changed();
  }

  /** @param {Stage} stage */
  #become(stage) {
    this.#stage = stage;
    this.#parts.changed();
  }
}
