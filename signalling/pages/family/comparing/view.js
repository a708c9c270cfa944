/**
 * Six digits over the picture: two people read them to each other, and say whether they are the same.
 *
 * Offered in a call with a person whose keys nobody here has checked. Nothing is believed before somebody presses "The same".
 */

import { element, say } from "../dom.js";
import { words, wordsOr } from "./words.js";

/** @typedef {import("../telling.js").Call} Call */

/** The button and the panel of one stage. */
export class ComparingView {
  #open = element("compare", HTMLButtonElement);
  #panel = element("comparing", HTMLElement);
  #number = element("comparing-number", HTMLElement);
  #text = element("comparing-text", HTMLParagraphElement);
  #verdict = element("comparing-verdict", HTMLElement);
  /** @type {Call | null} */
  #call = null;
  #isOpen = false;
  #wasBegun = false;

  constructor() {
    this.#open.addEventListener("click", () => this.#begin());
    element("comparing-same", HTMLButtonElement).addEventListener("click", () => void this.#call?.comparing.same());
    element("comparing-different", HTMLButtonElement).addEventListener("click", () => void this.#call?.comparing.different());
    element("comparing-close", HTMLButtonElement).addEventListener("click", () => this.#close());
  }

  /** @param {Call} call */
  show(call) {
    this.#call = call;
    const { comparing, contact } = call;
    const isOn = call.phase === "accepted" && contact.kind === "person";
    if (comparing.isBegun && !this.#wasBegun) this.#isOpen = true; // the other end began
    this.#wasBegun = comparing.isBegun;
    this.#open.hidden = !isOn || call.verified || comparing.verdict === "same";
    this.#panel.hidden = !isOn || !this.#isOpen;
    if (this.#panel.hidden) return;
    say(this.#number, comparing.number ? `${comparing.number.slice(0, 3)} ${comparing.number.slice(3)}` : "");
    say(this.#text, textOf(call));
    this.#text.classList.toggle("danger", comparing.verdict === "different" || comparing.stopped === "commitment");
    this.#verdict.hidden = comparing.number === null || comparing.verdict !== null;
  }

  /** The call is over: no digits stay. */
  clear() {
    this.#call = null;
    this.#isOpen = false;
    this.#wasBegun = false;
    this.#panel.hidden = true;
    this.#open.hidden = true;
    say(this.#number, "");
  }

  #begin() {
    const call = this.#call;
    if (!call) return;
    this.#isOpen = true;
    if (call.role === "caller" && (!call.comparing.isBegun || call.comparing.stopped)) void call.comparing.begin();
    this.show(call);
  }

  #close() {
    this.#isOpen = false;
    if (this.#call) this.show(this.#call);
    this.#open.focus();
  }
}

/** @param {Call} call */
function textOf({ comparing, contact, role }) {
  if (comparing.verdict === "same") return words("compare.done", { name: contact.name });
  if (comparing.verdict === "different") return words("compare.danger");
  if (comparing.stopped) return wordsOr(`compare.stopped.${comparing.stopped}`, "compare.stopped.other");
  if (comparing.number) return words("compare.ask");
  return words(role === "callee" && !comparing.isBegun ? "compare.callee" : "compare.waiting");
}
