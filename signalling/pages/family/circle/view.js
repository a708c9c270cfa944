/**
 * One Komp's circle, on the screen: how the Komp stands, who belongs to it, and what its administrators may do.
 *
 * What the coordinator says of roles is shown, and what it refuses is said; whose keys are proven stands in this browser's own link book.
 */

import { Refused } from "../../sdk/asking.js";
import { element, say } from "../dom.js";
import { isSure } from "../sure.js";
import { keysWords, presenceWords, words as familyWords } from "../words.js";
import { showView } from "../views.js";
import { Inviting } from "./inviting.js";
import { showInvitations } from "./invitations.js";
import { Meeting } from "./meeting.js";
import { MemberList } from "./members.js";
import { vouch } from "./vouching.js";
import { roleWords, words, wordsOr } from "./words.js";

/**
 * @typedef {import("../../sdk/account.js").Member} Member
 * @typedef {import("../../sdk/account.js").Contact} Contact
 * @typedef {import("../../sdk/links.js").LinkRecord} LinkRecord
 * @typedef {object} Parts
 * @property {import("../../sdk/endpoint.js").Endpoint} endpoint
 * @property {import("../../sdk/account.js").Account} account
 * @property {import("./neighbours.js").Neighbours} neighbours
 * @property {import("../../sdk/letters.js").Letters} letters
 * @property {import("./face.js").Faces} faces
 * @property {((contact: Contact) => void) | undefined} call places a call to a member's apps
 * @property {() => void} changed another view may be due
 * @property {() => void} closed it was left
 */

/** Who has just come in is nobody that this page watches: while a circle is open, it is looked at again. */
const AGAIN_MS = 5_000;

/** The circle that is open, if one is. */
export class CircleView {
  #parts;
  /** @type {string | null} the Komp's party */
  #komp = null;
  /** @type {readonly Member[] | null} */
  #members = null;
  /** @type {readonly import("./invitations.js").Open[]} */
  #open = [];
  /** @type {{key: string, told?: Record<string, string>} | null} */
  #note = null;
  #timer = 0;
  #inviting;
  #meeting;
  #list;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { account, letters, endpoint, faces, call } = parts;
    this.#inviting = new Inviting({ account, letters, proven: (komp) => this.#proven(komp), invited: () => void this.#load() });
    this.#meeting = new Meeting(endpoint);
    this.#list = new MemberList(
      { list: element("circle-members", HTMLUListElement), endpoint, faces },
      {
        call,
        change: (member, change) => void this.#try(async (komp) => void (await account.changeMember(komp, member.party, change)), "last_admin"),
        remove: (member) => void this.#remove(member),
        vouch: (member, proven) => void this.#vouch(member, proven),
        meet: (contact) => void this.#meeting.with(contact).then(() => this.show()),
      },
    );
    element("circle-back", HTMLButtonElement).addEventListener("click", () => this.close());
    element("circle-leave", HTMLButtonElement).addEventListener("click", () => void this.#leave());
    element("circle-reset", HTMLButtonElement).addEventListener("click", () => void this.#reset());
  }

  get isOpen() {
    return this.#komp !== null;
  }

  /** @param {string} komp */
  open(komp) {
    this.#komp = komp;
    this.#members = null;
    this.#open = [];
    this.#note = null;
    void this.#load();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => document.visibilityState === "visible" && void this.#parts.neighbours.learn().then(() => this.learn()), AGAIN_MS);
    this.#parts.changed();
  }

  close() {
    clearInterval(this.#timer);
    this.#inviting.clear();
    this.#komp = null;
    this.#parts.closed();
  }

  /** Who is in the circle may be different. */
  learn() {
    if (this.isOpen) void this.#load();
  }

  show() {
    const komp = this.#komp === null ? null : this.#parts.neighbours.of(this.#komp);
    if (!komp) return;
    const own = this.#own();
    const isAdmin = own?.role === "admin";
    this.#showKomp(komp, own);
    const note = this.#note;
    say(element("circle-note", HTMLParagraphElement), note ? wordsOr(note.key, "refused.other", note.told) : "");
    const proven = this.#proven(komp.party);
    this.#list.show(this.#members ?? [], { of: (party) => this.#parts.neighbours.of(party), own, komp: proven });
    for (const one of ["circle-invite", "circle-open"]) element(one, HTMLElement).hidden = !isAdmin;
    element("circle-reset", HTMLButtonElement).hidden = !isAdmin;
    this.#inviting.to(komp.party, own?.side ?? "family");
    this.#inviting.show();
    showInvitations(element("circle-invitations", HTMLUListElement), this.#open, (one) => void this.#try(() => this.#parts.account.withdraw(one)));
    say(element("circle-none-open", HTMLParagraphElement), this.#open.length === 0 ? words("open.none") : "");
    showView("circle", "circle-heading");
  }

  /**
   * @param {Contact} komp
   * @param {Member | null} own
   */
  #showKomp(komp, own) {
    const { endpoint } = this.#parts;
    const record = endpoint.book.links.find(({ party }) => party === komp.party);
    const seen = record && endpoint.presence.get(record.endpoint);
    say(element("circle-heading", HTMLHeadingElement), komp.name ?? "Komp");
    const presence = element("circle-presence", HTMLParagraphElement);
    presence.className = `presence ${seen?.state ?? "unknown"}`;
    say(presence, endpoint.isOnline ? presenceWords(seen) : familyWords("presence.unknown"));
    const isVerified = record !== undefined && endpoint.book.isVerified(record.endpoint);
    const keys = element("circle-keys", HTMLParagraphElement);
    keys.className = isVerified ? "keys" : "keys unproven";
    say(keys, record ? keysWords(record, isVerified) : "");
    const status = element("circle-status", HTMLParagraphElement);
    status.hidden = komp.status === undefined || komp.status === "active";
    say(status, status.hidden ? "" : wordsOr(`status.${komp.status}`, "status.other"));
    say(element("circle-own", HTMLParagraphElement), own ? words("circle.own", { role: roleWords(own), means: words(`role.${own.role}.means`) }) : "");
  }

  #own() {
    return this.#members?.find(({ party }) => party === this.#parts.endpoint.book.party) ?? null;
  }

  /**
   * @param {string} komp
   * @returns {LinkRecord | null}
   */
  #proven(komp) {
    const { book } = this.#parts.endpoint;
    return book.links.find(({ party, endpoint }) => party === komp && book.isVerified(endpoint)) ?? null;
  }

  async #load() {
    const komp = this.#komp;
    if (komp === null) return;
    const { account } = this.#parts;
    try {
      const members = await account.members(komp);
      const isAdmin = members.some(({ party, role }) => party === this.#parts.endpoint.book.party && role === "admin");
      const open = isAdmin ? await account.openInvitations(komp) : [];
      if (komp !== this.#komp) return;
      [this.#members, this.#open] = [members, open];
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      if (problem.code === "not_found") return this.close(); // one isn't of this circle any more
      this.#note = { key: `refused.${problem.code}` };
    }
    this.#parts.changed();
  }

  /**
   * Do something there, and see what came of it.
   * @param {(komp: string) => Promise<void>} deed
   * @param {string} [forbidden] what a `not_found` means here
   * @returns {Promise<boolean>}
   */
  async #try(deed, forbidden = "not_found") {
    if (this.#komp === null) return false;
    this.#note = null;
    let isDone = true;
    try {
      await deed(this.#komp);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      isDone = false;
      this.#list.drawAnew(); // what was chosen on it didn't become so
      this.#note = { key: `refused.${problem.code === "not_found" ? forbidden : problem.code}` };
    }
    await this.#load();
    return isDone;
  }

  /** @param {Member} member */
  async #remove(member) {
    const told = { name: member.name };
    const yes = await isSure({ heading: words("remove.heading", told), text: words("remove.text", told), yes: words("remove.yes"), no: words("sure.no") });
    if (yes) await this.#try((komp) => this.#parts.account.removeMember(komp, member.party));
  }

  /**
   * @param {Member} member
   * @param {LinkRecord[]} proven
   */
  async #vouch(member, proven) {
    const komp = this.#proven(this.#komp ?? "");
    if (!komp) return;
    const isDone = await this.#try(async () => {
      for (const record of proven) await vouch(this.#parts.letters, komp, { ...record, name: member.name });
    });
    if (!isDone) return;
    this.#note = { key: "vouch.done", told: { name: member.name, komp: komp.name } };
    this.#parts.changed();
  }

  async #leave() {
    const name = this.#name();
    const isLast = !this.#members?.some((one) => one.role === "admin" && one.party !== this.#own()?.party);
    const text = this.#own()?.role === "admin" && isLast ? `${words("leave.last")} ${words("leave.text")}` : words("leave.text");
    const yes = await isSure({ heading: words("leave.heading", { name }), text, yes: words("leave.yes"), no: words("sure.no") });
    const party = this.#parts.endpoint.book.party;
    if (!yes || party === null) return;
    const komp = this.#komp;
    if (await this.#try((one) => this.#parts.account.removeMember(one, party))) await this.#forget(komp);
  }

  async #reset() {
    const name = this.#name();
    const typed = { label: words("reset.type", { name }), text: name };
    const yes = await isSure({ heading: words("reset.heading", { name }), text: words("reset.text"), yes: words("reset.yes"), no: words("sure.no"), typed });
    const komp = this.#komp;
    if (yes && (await this.#try((one) => this.#parts.account.reset(one)))) await this.#forget(komp);
  }

  /**
   * What was known of a Komp that one has left is forgotten here too.
   * @param {string | null} komp
   */
  async #forget(komp) {
    const { book } = this.#parts.endpoint;
    for (const { endpoint } of book.links.filter(({ party }) => party === komp)) await book.forget(endpoint);
    await this.#parts.neighbours.learn();
    this.close();
  }

  #name() {
    return (this.#komp === null ? null : this.#parts.neighbours.of(this.#komp)?.name) ?? "Komp";
  }
}
