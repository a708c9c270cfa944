/**
 * The list of those who can be called, whether they can be reached, and whether their keys were checked.
 */

import { CIRCLE } from "./circle/words.js";
import { built, buttonOf, element, fill, say } from "./dom.js";
import { words as sendWords } from "./send/words.js";
import { keysWords, presenceWords, words } from "./words.js";

/**
 * @typedef {import("../sdk/endpoint.js").Endpoint} Endpoint
 * @typedef {import("../sdk/links.js").LinkRecord} LinkRecord
 * @typedef {{item: Element, name: Element, presence: Element, keys: Element, button: HTMLButtonElement, label: Element, circle: HTMLElement, send: HTMLButtonElement}} Card
 */

/** One card for each record. It changes in place: a button never vanishes under a finger. */
export class PeopleView {
  #list = element("contacts", HTMLUListElement);
  #note = element("people-note", HTMLParagraphElement);
  #template = element("contact-card", HTMLTemplateElement);
  #call;
  #openCircle;
  #send;
  /** @type {Map<string, Card>} by endpoint, in the order of the list */
  #cards = new Map();

  /**
   * @param {object} does
   * @param {(endpoint: string) => void} does.call
   * @param {(komp: string) => void} does.openCircle show who else is there, by the Komp's party
   * @param {(endpoint: string) => void} does.send write to it
   */
  constructor({ call, openCircle, send }) {
    this.#call = call;
    this.#openCircle = openCircle;
    this.#send = send;
  }

  /**
   * @param {LinkRecord[]} contacts
   * @param {Endpoint} endpoint
   * @param {import("./circle/neighbours.js").Neighbours} neighbours
   */
  show(contacts, endpoint, neighbours) {
    if (contacts.map((contact) => contact.endpoint).join() !== [...this.#cards.keys()].join()) {
      this.#cards = new Map(contacts.map((contact) => [contact.endpoint, this.#cards.get(contact.endpoint) ?? this.#cardOf(contact)]));
      this.#list.replaceChildren(...Array.from(this.#cards.values(), ({ item }) => item));
    }
    for (const contact of contacts) {
      const card = /** @type {Card} */ (this.#cards.get(contact.endpoint));
      bringUp(card, contact, endpoint);
      card.circle.hidden = neighbours.of(contact.party) === null;
      say(card.circle, CIRCLE.words("circle.people"));
    }
    const silent = neighbours.silentKomps(endpoint.book).map(({ party, name = "Komp" }) => ({ party, name }));
    fill(element("silent-komps", HTMLUListElement), silent, () => silent.map((one) => this.#silentCardOf(one)));
    say(this.#note, contacts.length + silent.length > 0 ? "" : words("people.none"));
  }

  /**
   * Nobody can call a Komp that hasn't shown its keys, but who else is there can be seen.
   * @param {{party: string, name: string}} komp
   */
  #silentCardOf({ party, name }) {
    const who = built("div", "who", built("h2", "", name), built("p", "quiet", CIRCLE.words("circle.silent", { name })));
    return built("li", "contact", who, buttonOf("small circle-open", CIRCLE.words("circle.people"), () => this.#openCircle(party)));
  }

  /**
   * @param {LinkRecord} contact
   * @returns {Card}
   */
  #cardOf(contact) {
    const card = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const part = (/** @type {string} */ selector) => /** @type {Element} */ (card.querySelector(selector));
    const button = /** @type {HTMLButtonElement} */ (part(".call"));
    const send = /** @type {HTMLButtonElement} */ (part(".send"));
    button.addEventListener("click", () => this.#call(contact.endpoint));
    const circle = /** @type {HTMLElement} */ (part(".circle-open"));
    circle.addEventListener("click", () => this.#openCircle(contact.party));
    send.addEventListener("click", () => this.#send(contact.endpoint));
    const said = { item: part("li"), name: part("h2"), presence: part(".presence"), keys: part(".keys"), label: part(".call span") };
    return { ...said, button, circle, send };
  }
}

/**
 * @param {Card} card
 * @param {LinkRecord} contact
 * @param {Endpoint} endpoint
 */
function bringUp({ name, presence, keys, button, label, send }, contact, endpoint) {
  const seen = endpoint.presence.get(contact.endpoint);
  const state = seen?.state ?? "unknown";
  const isVerified = endpoint.book.isVerified(contact.endpoint);
  const reachable = state === "online" || state === "unknown";
  say(name, contact.name);
  presence.className = `presence ${state}`;
  say(presence, endpoint.isOnline ? presenceWords(seen) : words("presence.unknown"));
  keys.classList.toggle("unproven", !isVerified);
  say(keys, keysWords(contact, isVerified));
  button.classList.toggle("primary", reachable);
  button.disabled = !endpoint.isOnline || state === "blocked";
  say(label, words(reachable ? "people.call" : "people.try"));
  button.setAttribute("aria-label", words(reachable ? "people.call_whom" : "people.try_whom", { name: contact.name }));
  say(send, sendWords("send.open"));
  send.setAttribute("aria-label", sendWords("send.open_whom", { name: contact.name }));
}
