/**
 * Coming in, on the screen: one question at a time, number, code, name.
 *
 * Nothing that was typed is kept by the page, and none of it stands in an address.
 */

import { Refused } from "../../sdk/asking.js";
import { spoken } from "../../words/spoken.js";
import { element, say } from "../dom.js";
import { showView } from "../views.js";
import { Entrance } from "./entrance.js";
import { numberFrom } from "./number.js";
import { words, wordsOr } from "./words.js";

/** @typedef {"phone" | "code" | "name"} Question */

const QUESTIONS = /** @type {const} */ (["phone", "code", "name"]);

/** One question is on the screen. */
export class ComingIn {
  #entrance;
  #because;
  #cameIn;
  /** @type {Question} */
  #question = "phone";
  /** @type {string | null} */
  #refusal = null;
  #isBusy = false;
  #code = "";
  #form = element("arrive-form", HTMLFormElement);
  #button = element("arrive-button", HTMLButtonElement);
  #again = element("arrive-again", HTMLButtonElement);

  /**
   * @param {{invitation: string | null, because: "nobody" | "code" | "invitation"}} told what brought somebody here
   * @param {(came: import("./entrance.js").CameIn) => void} cameIn
   */
  constructor({ invitation, because }, cameIn) {
    this.#entrance = new Entrance(invitation);
    this.#because = because;
    this.#cameIn = cameIn;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#answer();
    });
    this.#again.addEventListener("click", () => this.#ask("phone"));
    this.#show();
  }

  /** Another language: say it anew. */
  say() {
    this.#show();
  }

  async #answer() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#refusal = null;
    this.#show();
    try {
      await this.#take(this.#field(this.#question).value.trim());
    } catch (problem) {
      this.#refused(problem instanceof Refused ? problem.code : "unkept");
    } finally {
      this.#isBusy = false;
      this.#show();
      if (!this.#form.hidden) this.#field(this.#question).focus();
    }
  }

  /** @param {string} said */
  async #take(said) {
    switch (this.#question) {
      case "phone": {
        const phone = numberFrom(said, spoken());
        if (phone === null) return this.#refused("no_number");
        await this.#entrance.askCode(phone);
        return this.#ask("code");
      }
      case "code":
        this.#code = said.replace(/\D/g, "");
        if (this.#code.length !== 6) return this.#refused("no_code");
        return this.#enter();
      case "name":
        if (said === "") return this.#refused("no_name");
        return this.#enter(said);
    }
  }

  /** @param {string} [name] */
  async #enter(name) {
    try {
      const came = await this.#entrance.enter(this.#code, name);
      this.#code = "";
      for (const one of QUESTIONS) this.#field(one).value = "";
      this.#cameIn(came);
    } catch (problem) {
      if (!(problem instanceof Refused) || problem.code !== "name_needed") throw problem;
      this.#ask("name");
    }
  }

  /** @param {string} code */
  #refused(code) {
    // A code that was refused may be spent: there is nothing to do with a name then.
    if (code === "code_refused" && this.#question === "name") this.#ask("code");
    this.#refusal = code;
  }

  /** @param {Question} question */
  #ask(question) {
    this.#question = question;
    this.#refusal = null;
    this.#show();
    this.#field(question).focus();
  }

  #show() {
    const told = { phone: this.#entrance.phone };
    say(element("arrive-heading", HTMLHeadingElement), words(`arrive.${this.#question}.heading`));
    say(element("arrive-text", HTMLParagraphElement), words(this.#question === "phone" ? `arrive.${this.#because}` : `arrive.${this.#question}.text`, told));
    for (const one of QUESTIONS) element(`arrive-ask-${one}`, HTMLElement).hidden = one !== this.#question;
    const refusal = this.#refusal;
    say(element("arrive-problem", HTMLParagraphElement), refusal ? wordsOr(`arrive.refused.${refusal}`, "arrive.refused.other") : "");
    say(this.#button, words(this.#isBusy ? "arrive.busy" : `arrive.${this.#question}.button`));
    this.#button.disabled = this.#isBusy;
    this.#again.hidden = this.#question === "phone";
    element("arrive-else", HTMLElement).hidden = this.#question !== "phone";
    showView("arrive", "arrive-heading");
  }

  /** @param {Question} question */
  #field(question) {
    return element(`arrive-${question}`, HTMLInputElement);
  }
}
