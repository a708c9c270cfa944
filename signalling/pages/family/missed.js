/**
 * Calls that were missed: told to whom was called, in a sealed letter that says when; and shown to whoever missed one, until they take it away or leave the
 * page. The coordinator forgets a letter as soon as it stands on the screen.
 */

import { Refused } from "../sdk/asking.js";
import { decodeMissedCall, encodeMissedCall, MissedCallError } from "../sdk/missed-call.js";
import { PostError } from "../sdk/post.js";
import { element } from "./dom.js";
import { whenWords } from "./words.js";
import { words } from "./words/ringing.js";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The other end is told of one call in so long: more of them say no more. */
const TELL_EVERY_MS = 10 * MINUTE_MS;
/** Reasons for which somebody who was called didn't hear it, or didn't come. */
const MISSED = new Set(["no_answer", "unreachable", "busy"]);
/** A letter of another time than this is somebody's joke. */
const OLDEST_MS = 8 * DAY_MS;

/**
 * @typedef {{party: string, name: string, minute: number, what: "called" | "taken"}} Notice
 * @typedef {import("../sdk/links.js").LinkRecord} LinkRecord
 */

/** One page's notices. */
export class MissedCalls {
  #parts;
  #part = element("missed", HTMLElement);
  #list = element("missed-list", HTMLUListElement);
  /** @type {Notice[]} the newest first */
  #notices = [];
  /** @type {Map<string, number>} when each party was told last */
  #told = new Map();
  #shown = "";
  #isReading = false;

  /**
   * @param {object} parts
   * @param {import("../sdk/letters.js").Letters} parts.letters
   * @param {(party: string) => LinkRecord[]} parts.endpointsOf a person's, as far as they are known
   * @param {(party: string) => void} parts.callBack
   * @param {(party: string) => boolean} parts.isBlocked
   * @param {() => void} parts.changed
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * A call of this page's is over: if nobody took it, a person hears of it when they are back.
   * @param {import("../sdk/call.js").OutgoingCall} call
   */
  async tell({ contact, reason, timeline }) {
    const rang = reason === "cancelled" && timeline.at("ringing") !== null;
    if (contact.kind !== "person" || timeline.at("accepted") !== null || !(rang || MISSED.has(reason ?? ""))) return;
    const now = Date.now();
    if (now - (this.#told.get(contact.party) ?? -Infinity) < TELL_EVERY_MS) return;
    this.#told.set(contact.party, now);
    const minute = Math.floor((now - timeline.marks[timeline.marks.length - 1].atMs) / MINUTE_MS);
    try {
      const { letters, endpointsOf } = this.#parts;
      await letters.leave(await letters.seal("missed-call", encodeMissedCall(minute), endpointsOf(contact.party)));
    } catch (problem) {
      if (!(problem instanceof Refused || problem instanceof PostError)) throw problem;
    }
  }

  /** Letters may wait: put them on the screen, and have the coordinator forget them. */
  async read() {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const isWanted = (/** @type {{purpose: string}} */ { purpose }) => purpose === "missed-call";
      await this.#parts.letters.fetch(isWanted, async ({ author, content }) => this.#take(author, content));
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem; // asked again with the next session
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * A call that rang here is over without this page.
   * @param {string} party
   * @param {string} name
   * @param {Notice["what"]} what
   */
  note(party, name, what) {
    this.#add({ party, name, minute: Math.floor(Date.now() / MINUTE_MS), what });
  }

  /** The list, in the language that is spoken now. */
  show() {
    const shown = this.#notices.filter(({ party }) => !this.#parts.isBlocked(party));
    const state = JSON.stringify([shown, document.documentElement.lang]);
    if (state === this.#shown) return;
    this.#shown = state;
    this.#part.hidden = shown.length === 0;
    this.#list.replaceChildren(...shown.map((one) => this.#item(one)));
  }

  /**
   * @param {LinkRecord} author
   * @param {Uint8Array} content
   */
  #take({ party, name }, content) {
    try {
      const minute = decodeMissedCall(content);
      if (Math.abs(Date.now() - minute * MINUTE_MS) < OLDEST_MS) this.#add({ party, name, minute, what: "called" });
    } catch (problem) {
      if (!(problem instanceof MissedCallError)) throw problem; // nobody can show it: it is let go
    }
  }

  /**
   * What rang here and was told of by letter stands once.
   * @param {Notice} notice
   */
  #add(notice) {
    const isKnown = this.#notices.some(
      ({ party, minute, what }) => party === notice.party && what === notice.what && Math.abs(minute - notice.minute) <= 1,
    );
    if (!isKnown) this.#notices = [notice, ...this.#notices].toSorted((one, other) => other.minute - one.minute);
    this.#parts.changed();
  }

  /** @param {Notice} notice */
  #item(notice) {
    const { party, name, minute, what } = notice;
    const date = new Date(minute * MINUTE_MS);
    const isToday = date.toDateString() === new Date().toDateString();
    const key = what === "taken" ? "missed.taken" : isToday ? "missed.called" : "missed.called_day";
    const [item, text] = [document.createElement("li"), document.createElement("p")];
    text.textContent = words(key, { name, when: whenWords(date) });
    item.append(text);
    if (what === "called") item.append(button(words("missed.call_back"), words("missed.call_back_whom", { name }), () => (this.#drop(notice), this.#parts.callBack(party))));
    item.append(button(words("missed.gone"), words("missed.gone_whom", { name }), () => this.#drop(notice)));
    return item;
  }

  /** @param {Notice} notice */
  #drop(notice) {
    this.#notices = this.#notices.filter((one) => one !== notice);
    this.#parts.changed();
  }
}

/**
 * @param {string} text
 * @param {string} label
 * @param {() => void} act
 */
function button(text, label, act) {
  const made = document.createElement("button");
  made.className = "button small";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
