/**
 * What happens at this device, for whoever sets it up: how it is connected, and the steps of a call, with the reason of its end and what can be done.
 *
 * `T` shows it and hides it; whoever lives with the screen never sees it by itself. Of a call it holds steps and times, until the next one or until it is
 * hidden; of the caller nothing.
 */

import { element, say } from "../family/dom.js";
import { causeWords } from "../words/causes.js";
import { stepsInto } from "../words/steps.js";

/**
 * @typedef {import("../words/happens.js").HappensWords} HappensWords
 * @typedef {import("../sdk/endpoint.js").Endpoint} Endpoint
 */

const TOGGLES = new Set(["t", "T"]);

/** The panel at the side. */
export class Steps {
  /** It is shown, and wants to be told how things stand: the device's to say. */
  shown = () => {};
  #words;
  #panel = element("happens", HTMLElement);
  #standing = element("happens-standing", HTMLParagraphElement);
  #none = element("happens-none", HTMLParagraphElement);
  #list = element("happens-steps", HTMLOListElement);
  /** @type {{timeline: import("../sdk/timeline.js").Timeline, reason: string | null, cause: string | null, isOver: boolean} | null} */
  #call = null;

  /** @param {HappensWords} words */
  constructor(words) {
    this.#words = words;
    say(element("happens-heading", HTMLElement), this.#words.heading);
    say(element("happens-hide", HTMLElement), this.#words.hide);
    addEventListener("keydown", ({ key, ctrlKey, altKey, metaKey }) => {
      if (!TOGGLES.has(key) || ctrlKey || altKey || metaKey) return;
      this.#panel.hidden = !this.#panel.hidden;
      if (this.#panel.hidden) this.#forget();
      else this.shown();
    });
  }

  /**
   * How things stand now. Rings that never sounded are followed too.
   * @param {Endpoint} endpoint
   * @param {boolean} [isSilenced] this browser may not ring aloud
   */
  show({ engaged, isOnline, state }, isSilenced = false) {
    if (this.#panel.hidden) return;
    if (engaged && engaged.timeline !== this.#call?.timeline) this.#list.replaceChildren();
    if (engaged) this.#call = engaged;
    const words = this.#words;
    this.#standing.classList.toggle("online", isOnline && !isSilenced);
    say(this.#standing, isSilenced ? words.silent : (words.standing[state] ?? words.standing.offline));
    say(this.#none, this.#call ? "" : words.none);
    if (!this.#call) return;
    const { reason, cause, timeline, isOver } = this.#call;
    const why = () => this.#why(reason, cause, timeline.at("accepted") !== null);
    stepsInto(this.#list, timeline.marks, { step: (step) => words.steps[step], why });
    if (isOver) this.#call = { reason, cause, timeline, isOver }; // the call itself is let go
  }

  /**
   * @param {string | null} reason
   * @param {string | null} cause of `ice_failed`
   * @param {boolean} wasTaken
   */
  #why(reason, cause, wasTaken) {
    const { causes, todo, language } = this.#words;
    const known = causeWords(language, cause);
    if (known) return [known.why, known.todo];
    const key = reason === "hangup" && !wasTaken ? "cancelled" : (reason ?? "taken");
    return [causes[key] ?? causes.other, todo[key] ?? ""];
  }

  #forget() {
    this.#call = null;
    this.#list.replaceChildren();
  }
}
