/**
 * One's own list of devices, on the screen: which stand on it, and putting one on or taking one off.
 *
 * A device is put on once its keys are proven here: by a square that it reads off this screen, or because the two had met before. What the coordinator
 * names is shown as not on the list, and never put there by its word.
 */

import { DeviceListError } from "../../sdk/device-list.js";
import { Meeting } from "../circle/meeting.js";
import { built, buttonOf, element, fill } from "../dom.js";
import { isSure } from "../sure.js";
import { markOf } from "./devices.js";
import { words } from "./list-words.js";
import { dateWords } from "./words.js";

const DAY_SECONDS = 86_400;

/**
 * @typedef {object} Parts
 * @property {import("../../sdk/endpoint.js").Endpoint} endpoint
 * @property {import("../../sdk/persons.js").Persons} persons
 * @property {(said: string) => void} tell something stands on the screen now, in words
 */

/** A part of the view about oneself. */
export class OwnList {
  #parts;
  #meeting;
  #part = element("own-list", HTMLDivElement);

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#meeting = new Meeting(parts.endpoint);
  }

  /** @param {number} count how many devices one has, by the coordinator's word */
  show(count) {
    const text = this.#text(count);
    const mayBegin = this.#isElsewhere;
    fill(this.#part, [text, mayBegin], () => [
      ...(text === "" ? [] : [built("p", this.#isChanged ? "warning" : "quiet", text)]),
      ...(mayBegin ? [built("p", "", buttonOf("small", words("list.begin"), () => this.#begin()))] : []),
    ]);
  }

  /**
   * How a device of one's own stands, and what can be done about it: its item's last words and button.
   * @param {string} endpoint
   * @returns {{state: string, button: HTMLButtonElement | null}}
   */
  standing(endpoint) {
    const isOn = this.#list?.endpoints.some((one) => one.endpoint === endpoint) ?? false;
    const isOwn = endpoint === this.#parts.endpoint.book.identity.endpoint;
    const state = isOn ? words("list.on") : isOwn && this.#list === null ? "" : words("list.off");
    if (isOwn || this.#isElsewhere) return { state, button: null };
    const act = isOn ? () => this.#take(endpoint) : () => this.#put(endpoint);
    return { state, button: buttonOf("small", words(isOn ? "list.take" : "list.put"), act) };
  }

  /** What the items rest on: made anew when it is different. */
  get told() {
    return [this.#list?.version, this.#isElsewhere];
  }

  /** The list that this browser signs, or that another of one's own brought. */
  get #list() {
    return this.#parts.persons.own ?? this.#known?.newest ?? null;
  }

  get #known() {
    const { book } = this.#parts.endpoint;
    return book.party === null ? null : book.persons.of(book.party);
  }

  get #isElsewhere() {
    return this.#parts.persons.own === null && this.#list !== null;
  }

  get #isChanged() {
    return this.#known?.changed ?? false;
  }

  /** @param {number} count */
  #text(count) {
    const list = this.#list;
    if (this.#isChanged) return words("list.changed");
    if (list === null) return count > 1 ? words("list.none") : "";
    const when = dateWords(Math.floor(list.not_after / DAY_SECONDS));
    if (!this.#isElsewhere) return words("list.kept", { when });
    return words(list.not_after < this.#parts.endpoint.book.now() ? "list.over" : "list.elsewhere", { when });
  }

  /** @param {string} endpoint */
  async #put(endpoint) {
    const { endpoint: here, persons, tell } = this.#parts;
    const { book } = here;
    if (!book.isVerified(endpoint) && book.party !== null) {
      const oneself = { party: book.party, name: book.name, kind: /** @type {const} */ ("person"), endpoints: [{ endpoint, identity: "" }] };
      await this.#meeting.with(oneself, { heading: words("list.meet"), done: words("list.met") });
    }
    const record = book.link(endpoint);
    if (record === null || !book.isVerified(endpoint)) return tell(words("list.unproven"));
    try {
      await persons.put(record);
    } catch (problem) {
      if (!(problem instanceof DeviceListError)) throw problem;
      return tell(words("list.full"));
    }
    tell(words("list.put.done", { mark: markOf(endpoint) }));
  }

  /** @param {string} endpoint */
  async #take(endpoint) {
    const told = { mark: markOf(endpoint) };
    if (!(await isSure({ heading: words("list.take.heading", told), text: words("list.take.text"), yes: words("list.take.yes"), no: words("list.no") }))) return;
    await this.#parts.persons.takeOff(endpoint);
    this.#parts.tell(words("list.take.done", told));
  }

  async #begin() {
    const yes = await isSure({ heading: words("list.begin.heading"), text: words("list.begin.text"), yes: words("list.begin.yes"), no: words("list.no") });
    if (!yes) return;
    await this.#parts.persons.begin();
    this.#parts.tell(words("list.begun"));
  }
}
