/**
 * The members of one's own side of a Komp, as a list: who they are, what they may, how sure their phones' keys are, and what an administrator may change.
 */

import { presenceWords, words as familyWords } from "../words.js";
import { buttonOf, built, say } from "../dom.js";
import { presenceOf, recordsOf, surenessOf } from "./reachable.js";
import { roleWords, sureWords, words } from "./words.js";

/**
 * @typedef {import("../../sdk/account.js").Member} Member
 * @typedef {import("../../sdk/account.js").Contact} Contact
 * @typedef {import("../../sdk/links.js").LinkRecord} LinkRecord
 * @typedef {object} Doings what can be done with a member
 * @property {(contact: Contact) => void} [call] place a call to their apps
 * @property {(member: Member, change: {role?: import("../../sdk/account.js").Role, video_only?: boolean}) => void} change
 * @property {(member: Member) => void} remove
 * @property {(member: Member, proven: LinkRecord[]) => void} vouch
 * @property {(contact: Contact) => void} meet prove each other's keys, side by side
 * @typedef {{member: Member, contact: Contact | null, presence: HTMLElement, keys: HTMLElement, call: HTMLButtonElement | null}} Row
 */

export const ROLES = Object.freeze(/** @type {const} */ (["admin", "user", "restricted"]));

/** One list. It is made anew when who is in it changes; how they stand changes in place. */
export class MemberList {
  #parts;
  #doings;
  /** @type {Row[]} */
  #rows = [];
  /** @type {Set<string>} parties whose changes are open */
  #opened = new Set();
  #drawn = "";

  /**
   * @param {{list: HTMLUListElement, endpoint: import("../../sdk/endpoint.js").Endpoint, faces: import("./face.js").Faces}} parts
   * @param {Doings} doings
   */
  constructor(parts, doings) {
    this.#parts = parts;
    this.#doings = doings;
  }

  /**
   * @param {readonly Member[]} members
   * @param {{of: (party: string) => Contact | null, own: Member | null, komp: LinkRecord | null}} around `komp`: a verified link, through which one may vouch
   */
  show(members, around) {
    const contacts = members.map(({ party }) => around.of(party));
    const sure = contacts.map((contact) => surenessOf(contact, this.#parts.endpoint));
    const drawn = JSON.stringify([members, contacts, sure, around.own, around.komp?.endpoint, document.documentElement.lang]);
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.#rows = [];
      this.#parts.list.replaceChildren(...members.map((member, at) => this.#item(member, contacts[at], around)));
    }
    for (const row of this.#rows) this.#bringUp(row);
  }

  /** The next `show` makes every item anew. */
  drawAnew() {
    this.#drawn = "";
  }

  /** @param {Row} row */
  #bringUp({ contact, presence, keys, call }) {
    const { endpoint } = this.#parts;
    const seen = presenceOf(contact, endpoint);
    const state = seen?.state ?? "unknown";
    const sureness = surenessOf(contact, endpoint);
    presence.className = `presence ${state}`;
    say(presence, endpoint.isOnline ? presenceWords(seen) : familyWords("presence.unknown"));
    keys.classList.toggle("unproven", sureness !== "checked");
    say(keys, sureWords(sureness));
    if (call) call.disabled = !endpoint.isOnline || state !== "online";
  }

  /**
   * @param {Member} member
   * @param {Contact | null} contact
   * @param {{own: Member | null, komp: LinkRecord | null}} around
   */
  #item(member, contact, { own, komp }) {
    const isOwn = member.party === own?.party;
    const name = built("h3", "", member.name, ...(isOwn ? [" ", built("span", "tag", words("member.you"))] : []));
    const presence = built("p", "presence");
    const keys = built("p", "keys");
    const call = this.#callButton(member, isOwn ? null : contact, own);
    if (!isOwn) this.#rows.push({ member, contact, presence, keys, call });
    const who = built("div", "who", name, built("p", "role", roleWords(member)), ...(isOwn ? [] : [presence, keys]));
    const item = built("li", "member", this.#parts.faces.of(member.name, member.picture), who, ...(call ? [call] : []));
    if (own?.role === "admin") item.append(this.#changes(member, isOwn, contact, komp));
    return item;
  }

  /**
   * Members of one Komp may call each other's apps while a page is open; a restricted one rings the Komp alone.
   * @param {Member} member
   * @param {Contact | null} contact
   * @param {Member | null} own
   */
  #callButton(member, contact, own) {
    const { call } = this.#doings;
    if (!call || !contact || contact.endpoints.length === 0 || own?.role === "restricted") return null;
    const button = buttonOf("small", words("member.call"), () => call(contact));
    button.setAttribute("aria-label", words("member.call_whom", { name: member.name }));
    return button;
  }

  /**
   * @param {Member} member
   * @param {boolean} isOwn
   * @param {Contact | null} contact
   * @param {LinkRecord | null} komp
   */
  #changes(member, isOwn, contact, komp) {
    const role = built("select", "", ...ROLES.map((one) => new Option(words(`role.${one}`), one, false, one === member.role)));
    role.addEventListener("change", () => this.#doings.change(member, { role: /** @type {import("../../sdk/account.js").Role} */ (role.value) }));
    const videoOnly = built("input", "");
    videoOnly.type = "checkbox";
    videoOnly.checked = member.video_only;
    videoOnly.addEventListener("change", () => this.#doings.change(member, { video_only: videoOnly.checked }));
    const inside = built(
      "div",
      "changes",
      built("label", "field", built("span", "", words("member.role")), role),
      built("p", "quiet", words(`role.${member.role}.means`)),
      built("label", "choice", videoOnly, built("span", "", words("member.video_only"))),
      ...(isOwn ? [] : this.#sureness(member, contact, komp)),
      ...(isOwn ? [] : [built("p", "", buttonOf("small danger", words("member.remove"), () => this.#doings.remove(member)))]),
    );
    const details = built("details", "manage", built("summary", "", words("member.change", { name: member.name })), inside);
    details.open = this.#opened.has(member.party);
    details.addEventListener("toggle", () => this.#opened[details.open ? "add" : "delete"](member.party));
    return details;
  }

  /**
   * Whoever has proven somebody's keys may vouch for them; whoever hasn't is told how.
   * @param {Member} member
   * @param {Contact | null} contact
   * @param {LinkRecord | null} komp
   * @returns {Node[]}
   */
  #sureness(member, contact, komp) {
    if (!contact) return [];
    const { endpoint } = this.#parts;
    const proven = recordsOf(contact, endpoint).filter((record) => endpoint.book.isVerified(record.endpoint));
    const parts = [];
    if (proven.length > 0 && komp) {
      parts.push(built("p", "quiet", words("vouch.why", { name: member.name, komp: komp.name })));
      parts.push(built("p", "", buttonOf("small", words("vouch.do", { name: member.name }), () => this.#doings.vouch(member, proven))));
    }
    if (proven.length > 0 && !komp) parts.push(built("p", "quiet", words("vouch.unproven", { name: member.name })));
    if (proven.length < contact.endpoints.length) {
      parts.push(built("p", "quiet", words("meet.why", { name: member.name })));
      parts.push(built("p", "", buttonOf("small", words("meet.do"), () => this.#doings.meet(contact))));
    }
    return parts;
  }
}
