/**
 * The list of those who can be called, and whether they can be reached.
 */

import { element, say } from "./dom.js";
import { presenceWords } from "./words.js";

/** @typedef {import("../sdk/link.js").Contact} Contact */

/** The contacts' cards. They are made once, and change in place: a button never vanishes under a finger. */
export class PeopleView {
  #list = element("contacts", HTMLUListElement);
  #note = element("people-note", HTMLParagraphElement);
  /** @type {{contact: Contact, presence: Element, button: HTMLButtonElement, label: Element}[]} */
  #cards;

  /**
   * @param {Contact[]} contacts
   * @param {(contact: Contact) => void} call
   */
  constructor(contacts, call) {
    const template = element("contact-card", HTMLTemplateElement);
    this.#cards = contacts.map((contact) => {
      const card = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
      const button = /** @type {HTMLButtonElement} */ (card.querySelector("button"));
      say(/** @type {Element} */ (card.querySelector("h2")), contact.name);
      button.addEventListener("click", () => call(contact));
      const presence = /** @type {Element} */ (card.querySelector(".presence"));
      const label = /** @type {Element} */ (button.querySelector("span"));
      this.#list.append(card);
      return { contact, presence, button, label };
    });
    say(this.#note, contacts.length > 0 ? "" : "There is nobody in your private link yet. Ask whoever sent it for a new one.");
  }

  /** @param {import("../sdk/endpoint.js").Endpoint} endpoint */
  show(endpoint) {
    for (const { contact, presence, button, label } of this.#cards) {
      const seen = endpoint.presence.get(contact.endpoint);
      const state = seen?.state ?? "unknown";
      presence.className = `presence ${state}`;
      say(presence, endpoint.isOnline ? presenceWords(seen) : "Not known: this page has no connection");
      const reachable = state === "online" || state === "unknown";
      button.classList.toggle("primary", reachable);
      button.disabled = !endpoint.isOnline || state === "blocked";
      say(label, reachable ? "Call" : "Try to call");
      button.setAttribute("aria-label", `${label.textContent} ${contact.name}`);
    }
  }
}
