/**
 * What staff have read of one's own data: what, what for and when, the newest first. Never who: that is about somebody else, and doesn't come here.
 *
 * That nobody has looked is said only where the coordinator said so.
 */

import { Refused } from "../../sdk/asking.js";
import { built, element, fill, say } from "../dom.js";
import { momentWords, words, wordsOr } from "./words.js";

/** @typedef {import("../../sdk/rights.js").StaffRead} StaffRead */

/** So many stand there at once; the rest is unfolded. */
const AT_ONCE = 10;
const MINUTE_MS = 60_000;

/** A part of the view about oneself. */
export class StaffReads {
  #rights;
  #state = element("reads-state", HTMLParagraphElement);
  #earlier = element("reads-earlier", HTMLDetailsElement);
  /**
   * The newest first; null while it isn't known.
   * @type {readonly StaffRead[] | null}
   */
  #reads = null;
  /** @type {string | null} */
  #trouble = null;

  /** @param {import("../../sdk/rights.js").Rights} rights */
  constructor(rights) {
    this.#rights = rights;
    element("reads-again", HTMLButtonElement).addEventListener("click", () => {
      element("reads-heading", HTMLHeadingElement).focus(); // the button goes
      void this.load();
    });
  }

  async load() {
    this.#trouble = null;
    this.show();
    try {
      this.#reads = [...(await this.#rights.reads())].reverse();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      this.#reads = null;
      this.#trouble = problem.code;
    }
    this.show();
  }

  show() {
    const [reads, trouble] = [this.#reads ?? [], this.#trouble];
    this.#state.className = trouble === null ? "quiet" : "problem";
    say(this.#state, trouble !== null ? wordsOr(`refused.${trouble}`, "refused.other") : this.#reads === null ? words("reads.moment") : reads.length === 0 ? words("reads.none") : "");
    element("reads-trouble", HTMLParagraphElement).hidden = trouble === null;
    const [newest, older] = [reads.slice(0, AT_ONCE), reads.slice(AT_ONCE)];
    fill(element("own-reads", HTMLUListElement), newest, () => newest.map(itemOf));
    fill(element("own-reads-earlier", HTMLUListElement), older, () => older.map(itemOf));
    say(element("reads-earlier-open", HTMLElement), words("reads.earlier", { count: older.length }));
    this.#earlier.hidden = older.length === 0;
  }
}

/** @param {StaffRead} read */
function itemOf({ record, purpose, minute }) {
  const moment = new Date(minute * MINUTE_MS);
  const when = built("time", "", momentWords(moment));
  when.dateTime = moment.toISOString();
  const [what, why] = [wordsOr(`reads.record.${record}`, "reads.record.other"), wordsOr(`reads.purpose.${purpose}`, "reads.purpose.other")];
  return built("li", "row", built("p", "", built("strong", "", what), built("br", ""), why, built("br", ""), when));
}
