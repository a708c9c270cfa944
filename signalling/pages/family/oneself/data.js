/**
 * One's own data: all of it as a file, and what an operator is asked to do about it, with the answers.
 */

import { Refused } from "../../sdk/asking.js";
import { built, element, fill, say } from "../dom.js";
import { dateWords, words, wordsOr } from "./words.js";

/**
 * @typedef {import("../../sdk/rights.js").Rights} Rights
 * @typedef {import("../../sdk/rights.js").OwnRequest} OwnRequest
 */

const KINDS = Object.freeze(/** @type {const} */ (["access", "rectification", "erasure", "restriction", "objection"]));
const SAVED_MS = 10_000;

/** A part of the view about oneself. */
export class OwnData {
  #rights;
  #form = element("rights-form", HTMLFormElement);
  #kind = element("rights-kind", HTMLSelectElement);
  #text = element("rights-text", HTMLTextAreaElement);
  /** @type {readonly OwnRequest[]} */
  #requests = [];
  /** @type {string | null} */
  #note = null;
  #language = "";

  /** @param {Rights} rights */
  constructor(rights) {
    this.#rights = rights;
    element("data-export", HTMLButtonElement).addEventListener("click", () => void this.#try(() => this.#save()));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#try(() => this.#ask());
    });
  }

  async load() {
    await this.#try(async () => void (this.#requests = await this.#rights.requests()));
  }

  show() {
    if (this.#language !== document.documentElement.lang) {
      this.#language = document.documentElement.lang;
      const asked = this.#kind.value;
      this.#kind.replaceChildren(...KINDS.map((one) => new Option(words(`rights.${one}`), one, false, one === asked)));
    }
    say(element("data-note", HTMLParagraphElement), this.#note ? wordsOr(`refused.${this.#note}`, "refused.other") : "");
    fill(element("rights-asked", HTMLUListElement), this.#requests, () => this.#requests.map(itemOf));
  }

  async #save() {
    const link = built("a", "");
    link.href = URL.createObjectURL(await this.#rights.export());
    link.download = "narvaro-my-data.zip";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), SAVED_MS);
  }

  async #ask() {
    await this.#rights.ask(/** @type {typeof KINDS[number]} */ (this.#kind.value), this.#text.value.trim());
    this.#form.reset();
    this.#requests = await this.#rights.requests();
  }

  /** @param {() => Promise<void>} deed */
  async #try(deed) {
    this.#note = null;
    try {
      await deed();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      this.#note = problem.code === "conflict" ? "too_many_requests" : problem.code;
    }
    this.show();
  }
}

/** @param {OwnRequest} request */
function itemOf({ kind, due_day: due, outcome, answer, decided_day: decided }) {
  const state = outcome ? words(`rights.${outcome}`, { when: dateWords(decided ?? due) }) : words("rights.due", { when: dateWords(due) });
  return built("li", "row", built("p", "", built("strong", "", words(`rights.${kind}`)), built("br", ""), state, ...(answer ? [built("br", ""), answer] : [])));
}
