/**
 * Joining one more Komp, on the screen: the question, and what came of it.
 *
 * An invitation is used when its user says so and never before, and is forgotten with the answer.
 */

import { Refused } from "../../sdk/asking.js";
import { element, say } from "../dom.js";
import { showView } from "../views.js";
import { words, wordsOr } from "./words.js";

/** @typedef {"ask" | "busy" | "joined" | "refused"} Stage */

/** One invitation at a time. */
export class Joining {
  #parts;
  #on = element("join-on", HTMLButtonElement);
  #off = element("join-off", HTMLButtonElement);
  /** @type {Stage | null} */
  #stage = null;
  #invitation = "";
  #name = "";
  #refusal = "";

  /**
   * @param {object} parts
   * @param {import("../../sdk/account.js").Account} parts.account
   * @param {import("../circle/neighbours.js").Neighbours} parts.neighbours
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

  /** @param {string} invitation */
  ask(invitation) {
    this.#invitation = invitation;
    this.#become("ask");
  }

  /**
   * This browser has just come in with an invitation.
   * @param {string | null} komp null: the invitation didn't hold
   */
  async came(komp) {
    if (komp === null) return this.#refuse("came_in");
    this.#become("busy");
    await this.#joined(komp);
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
      this.#refuse(problem.code);
    }
  }

  /** @param {string} komp */
  async #joined(komp) {
    await this.#parts.neighbours.learn();
    this.#name = this.#parts.neighbours.of(komp)?.name ?? "Komp";
    this.#become("joined");
  }

  /** @param {string} code */
  #refuse(code) {
    this.#refusal = code;
    this.#become("refused");
  }

  #close() {
    this.#invitation = "";
    this.#stage = null;
    this.#parts.changed();
  }

  /** @param {Stage} stage */
  #become(stage) {
    this.#stage = stage;
    this.#parts.changed();
  }
}
