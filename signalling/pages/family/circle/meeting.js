/**
 * Two phones side by side prove each other's keys: this one shows a square, and the other's camera reads it.
 *
 * What it holds is a key, shown here and nowhere else. Whoever reads it must be a phone of the very person that was meant.
 */

import { clearSquare, drawSquare } from "../../komp/square.js";
import { MeetingError } from "../../sdk/meetings.js";
import { pairingFragment } from "../../sdk/pairing-code.js";
import { element, say } from "../dom.js";
import { words, wordsOr } from "./words.js";

/** @typedef {import("../../sdk/account.js").Contact} Contact */

/** One square at a time. */
export class Meeting {
  #endpoint;
  #dialog = element("meet", HTMLDialogElement);
  #square = element("meet-square", HTMLCanvasElement);
  #state = element("meet-state", HTMLParagraphElement);

  /** @param {import("../../sdk/endpoint.js").Endpoint} endpoint */
  constructor(endpoint) {
    this.#endpoint = endpoint;
  }

  /**
   * Show a square until that person's phone has read it, or somebody closes it.
   * @param {Contact} contact
   * @param {{heading?: string, done?: string}} [told] in other words, where it is one's own
   */
  async with({ party, name = "", endpoints }, { heading = words("meet.heading", { name }), done = words("meet.done", { name }) } = {}) {
    const stopping = new AbortController();
    const code = this.#endpoint.codeToShow("person");
    drawSquare(this.#square, `${location.origin}/family${pairingFragment(code)}`);
    say(element("meet-heading", HTMLHeadingElement), heading);
    say(this.#state, words("meet.text", { name }));
    this.#dialog.showModal();
    this.#dialog.addEventListener("close", () => stopping.abort(), { once: true });
    const isTheirs = (/** @type {import("../../sdk/pairing.js").Introduction} */ { statement }) => endpoints.some((one) => one.endpoint === statement.endpoint);
    try {
      await this.#endpoint.showTo(code, { party, name, kind: "person" }, { consents: isTheirs, signal: stopping.signal });
      say(this.#state, done);
    } catch (problem) {
      if (!(problem instanceof MeetingError)) throw problem;
      say(this.#state, wordsOr(`meet.failed.${problem.code}`, "refused.other"));
    } finally {
      clearSquare(this.#square);
    }
  }
}
