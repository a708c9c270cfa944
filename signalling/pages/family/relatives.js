/**
 * The members of one's own Komps whose apps can be called: who they are, whether their page is open, how sure their keys are, and whom this browser blocks.
 *
 * The coordinator says who may be shown; whose keys are proven stands in the link book. Nobody is listed whom the coordinator would not let ring.
 */

import { Refused } from "../sdk/asking.js";
import { rungOf, thereOf } from "../sdk/rung.js";
import { Bell } from "./bell.js";
import { element, say } from "./dom.js";
import { personKeysWords } from "./telling.js";
import { words as basicWords } from "./words.js";
import { words } from "./words/ringing.js";

/**
 * @typedef {import("../sdk/links.js").LinkRecord} LinkRecord
 * @typedef {{item: HTMLElement, name: Element, presence: Element, keys: Element, button: HTMLButtonElement, label: Element, block: HTMLButtonElement}} Card
 */

/** One page's list. */
export class Relatives {
  #parts;
  #part = element("relatives-part", HTMLElement);
  #list = element("relatives", HTMLUListElement);
  #note = element("relatives-note", HTMLParagraphElement);
  #open = element("open-note", HTMLParagraphElement);
  #said = element("said", HTMLParagraphElement);
  #template = element("contact-card", HTMLTemplateElement);
  /** @type {Map<string, Card>} by party */
  #cards = new Map();
  /**
   * Members of the Komps in which one may call others' apps, where there are some in which one may not; null where that makes no difference.
   * @type {Set<string> | null}
   */
  #together = null;
  #isRestricted = false;

  /**
   * @param {object} parts
   * @param {import("../sdk/endpoint.js").Endpoint} parts.endpoint
   * @param {import("../sdk/account.js").Account} parts.account
   * @param {import("./circle/neighbours.js").Neighbours} parts.neighbours
   * @param {import("./blocking.js").Blocking} parts.blocking
   * @param {(contact: LinkRecord) => void} parts.call
   * @param {() => void} parts.changed
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Who is in the circle may be different, and is known by now. Without an answer nothing changes. */
  async learn() {
    const { neighbours, changed } = this.#parts;
    try {
      const komps = (neighbours.contacts ?? []).filter(({ kind }) => kind === "komp");
      const free = komps.filter(({ role }) => role !== "restricted");
      this.#together = free.length === komps.length ? null : await this.#membersOf(free.map(({ party }) => party));
      this.#isRestricted = komps.length > 0 && free.length === 0;
      changed();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem; // asked again when something changes
    }
  }

  /**
   * The endpoints of a person that are known here and were not taken away.
   * @param {string} party
   */
  endpointsOf(party) {
    const { endpoint, neighbours } = this.#parts;
    const named = neighbours.of(party)?.endpoints ?? null;
    return thereOf(endpoint.book, party, named).filter((one) => named === null || neighbours.isNamed(one));
  }

  /**
   * Those that a call rings, open pages first: of the ones that the person has told of, or else that the coordinator names.
   * @param {string} party
   */
  rungAt(party) {
    const { endpoint, neighbours } = this.#parts;
    const isOpen = (/** @type {LinkRecord} */ { endpoint: id }) => Number(endpoint.presence.get(id)?.state === "online");
    const there = thereOf(endpoint.book, party, neighbours.of(party)?.endpoints ?? null);
    return rungOf(endpoint.book, there.toSorted((one, other) => isOpen(other) - isOpen(one)));
  }

  /**
   * The one of those that stands for the person: its page is open, if any is.
   * @param {string} party
   * @returns {LinkRecord | null}
   */
  bestOf(party) {
    return this.rungAt(party)[0] ?? null;
  }

  /** The list, as things stand, in the language that is spoken now. */
  show() {
    const parties = this.#parties();
    if (parties.join() !== [...this.#cards.keys()].join()) {
      this.#cards = new Map(parties.map((party) => [party, this.#cards.get(party) ?? this.#cardOf(party)]));
      this.#list.replaceChildren(...Array.from(this.#cards.values(), ({ item }) => item));
    }
    for (const [party, card] of this.#cards) this.#bringUp(party, card);
    say(this.#note, this.#isRestricted ? words("relatives.restricted") : "");
    this.#note.hidden = !this.#isRestricted;
    say(this.#open, words(Bell.mayBeHeard ? "open.aloud" : "open.silent"));
    this.#part.hidden = parties.length === 0 && !this.#isRestricted;
  }

  /** @returns {string[]} */
  #parties() {
    const { endpoint, neighbours } = this.#parts;
    const isOther = (/** @type {LinkRecord} */ { kind, party }) => kind === "person" && party !== endpoint.book.party;
    const known = endpoint.book.links.filter((one) => isOther(one) && neighbours.isShown(one)).map(({ party }) => party);
    return [...new Set(known)].filter((party) => this.#together?.has(party) ?? true);
  }

  /**
   * Everybody who is in one of these Komps on one's own side.
   * @param {string[]} komps
   */
  async #membersOf(komps) {
    const members = await Promise.all(komps.map((komp) => this.#parts.account.members(komp)));
    return new Set(members.flat().map(({ party }) => party));
  }

  /**
   * @param {string} party
   * @returns {Card}
   */
  #cardOf(party) {
    const card = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (card.querySelector(selector));
    const button = /** @type {HTMLButtonElement} */ (part("button"));
    const block = document.createElement("button");
    block.className = "button small block";
    button.addEventListener("click", () => this.#call(party));
    block.addEventListener("click", () => this.#toggleBlock(party));
    part(".send").replaceWith(block); // a person has no screen to write to, and no circle of their own
    part(".circle-open").remove();
    return { item: part("li"), name: part("h2"), presence: part(".presence"), keys: part(".keys"), button, label: part("button span"), block };
  }

  /**
   * @param {string} party
   * @param {Card} card
   */
  #bringUp(party, { item, name, presence, keys, button, label, block }) {
    const { endpoint, blocking } = this.#parts;
    const record = this.bestOf(party);
    item.hidden = record === null;
    if (record === null) return;
    const isOpen = endpoint.presence.get(record.endpoint)?.state === "online";
    const isBlocked = blocking.isBlocked(party);
    const isVerified = endpoint.book.isVerified(record.endpoint);
    const whom = { name: record.name };
    say(name, record.name);
    presence.className = `presence ${isOpen ? "online" : "disconnected"}`;
    say(presence, endpoint.isOnline ? (isOpen ? basicWords("presence.online") : words("relatives.closed")) : basicWords("presence.unknown"));
    const hasTwoLists = endpoint.book.persons.of(party)?.changed ?? false;
    keys.classList.toggle("unproven", !isVerified || isBlocked || hasTwoLists);
    const sureness = hasTwoLists ? words("keys.person_lists") : personKeysWords(isVerified ? record : this.#asNamed(record), isVerified);
    say(keys, isBlocked ? words("block.is") : sureness);
    button.classList.toggle("primary", isOpen && !isBlocked);
    button.disabled = !endpoint.isOnline;
    say(label, basicWords(isOpen ? "people.call" : "people.try"));
    button.setAttribute("aria-label", basicWords(isOpen ? "people.call_whom" : "people.try_whom", whom));
    say(block, words(isBlocked ? "block.unblock" : "block.block"));
    block.setAttribute("aria-label", words(isBlocked ? "block.unblock_whom" : "block.block_whom", whom));
  }

  /**
   * Somebody of whom the coordinator names unproven endpoints alone, though one was proven here, is said to have other keys: it may be a new phone, or a lie.
   * @param {LinkRecord} record
   * @returns {LinkRecord}
   */
  #asNamed(record) {
    const { book } = this.#parts.endpoint;
    const isProven = book.links.some(({ party, endpoint }) => party === record.party && book.isVerified(endpoint));
    return isProven ? { ...record, changed: true } : record;
  }

  /** @param {string} party */
  #call(party) {
    const record = this.bestOf(party);
    if (record) this.#parts.call(record);
  }

  /** @param {string} party */
  #toggleBlock(party) {
    const { blocking, changed } = this.#parts;
    const isBlocked = !blocking.isBlocked(party);
    blocking.block(party, isBlocked);
    const name = this.bestOf(party)?.name ?? "";
    say(this.#said, words(isBlocked ? "block.blocked" : "block.unblocked", { name }));
    changed();
  }
}
