/**
 * What a Komp shows while nothing happens: pictures and messages of its family, each for its time. The twin of `client_sim.album`, on a shelf that outlives
 * a restart.
 *
 * Only what a proven author sealed for this Komp comes in here. It goes when its time is over, when its author takes it down, when its author no longer
 * belongs to the Komp, and with a reset.
 */

import { decodeGreeting, GreetingError, SHOWN_AT_MOST_SECONDS } from "../sdk/greetings.js";
import { Turns } from "../sdk/turns.js";
import { Shelf } from "./shelf.js";

/** One more, and the oldest goes. */
export const ENTRIES_AT_MOST = 100;

/**
 * @typedef {import("./shelf.js").Label} Label
 * @typedef {import("../sdk/greetings.js").Picture | import("../sdk/greetings.js").Message} Shown
 * @typedef {Label & {showSeconds: number}} Entry one that is shown in its turn
 */

/** One Komp's. */
export class Album {
  #shelf;
  #owner;
  #wall;
  #turns = new Turns();
  /** @type {Entry[]} in the order of their coming */
  #entries = [];
  /** Called when something came or went. */
  changed = () => {};

  /**
   * @param {string} owner
   * @param {Shelf} shelf
   * @param {() => number} wall
   */
  constructor(owner, shelf, wall) {
    this.#owner = owner;
    this.#shelf = shelf;
    this.#wall = wall;
  }

  /**
   * As it was left.
   * @param {string} owner the Komp's endpoint
   * @param {() => number} [wall] Unix time in seconds
   */
  static async of(owner, wall = () => Date.now() / 1000) {
    const album = new Album(owner, await Shelf.of(owner), wall);
    await album.#recall();
    return album;
  }

  /** What is shown, in its order. */
  get entries() {
    const now = this.#wall();
    return this.#entries.filter(({ until }) => until > now);
  }

  /**
   * What stands in one of them, or null where it is gone.
   * @param {Entry} entry
   * @returns {Promise<Shown | null>}
   */
  async content({ post, purpose }) {
    const content = await this.#shelf.content(post);
    return content && shownOf(content, purpose);
  }

  /**
   * A picture, a message, or the word that takes one down.
   * @param {import("../sdk/letters.js").Letter} letter
   */
  take({ post, purpose, author, isVerified, content }) {
    return this.#turns.take(async () => {
      const said = isVerified ? greetingOf(content, purpose) : null;
      if (said === null) return;
      const { party, endpoint } = author;
      if (said.t === "removal") return this.#takeDown(party, said.removes);
      const at = this.#wall();
      const until = Math.min(said.until, at + SHOWN_AT_MOST_SECONDS);
      const isKnown = this.#entries.some((one) => one.post === post) || (await this.#shelf.isGone(party, post));
      if (isKnown || until <= at) return;
      const label = { post, purpose, party, author: endpoint, at, until };
      await this.#shelf.put(label, content);
      this.#entries.push({ ...label, showSeconds: said.show_seconds });
      await this.#drop(this.#entries.slice(0, -ENTRIES_AT_MOST));
      this.changed();
    });
  }

  /**
   * What is of somebody else than these parties goes at once: they no longer belong to this Komp.
   * @param {ReadonlySet<string>} parties
   */
  keepOnly(parties) {
    return this.#turns.take(() => this.#drop(this.#entries.filter(({ party }) => !parties.has(party))));
  }

  /** Put away what has been shown for its time. */
  sweep() {
    const now = this.#wall();
    if (this.#entries.every(({ until }) => until > now)) return Promise.resolve();
    return this.#turns.take(() => this.#drop(this.#entries.filter(({ until }) => until <= now)));
  }

  /** The Komp was reset: whoever had it forgets everybody. */
  clear() {
    return this.#turns.take(async () => {
      this.#entries = [];
      await this.#shelf.clear();
      this.#shelf = await Shelf.of(this.#owner);
      this.changed();
    });
  }

  async #recall() {
    for (const label of await this.#shelf.labels()) {
      const content = await this.#shelf.content(label.post);
      const said = content && shownOf(content, label.purpose);
      if (said) this.#entries.push({ ...label, showSeconds: said.show_seconds });
    }
    await this.sweep();
  }

  /**
   * @param {string} party
   * @param {string} post
   */
  async #takeDown(party, post) {
    const entry = this.#entries.find((one) => one.post === post);
    if (entry === undefined || entry.party === party) await this.#drop([entry ?? { party, post }]);
  }

  /** @param {readonly {party: string, post: string}[]} posts */
  async #drop(posts) {
    if (posts.length === 0) return;
    const gone = new Set(posts.map(({ post }) => post));
    this.#entries = this.#entries.filter(({ post }) => !gone.has(post));
    await this.#shelf.drop(posts);
    this.changed();
  }
}

/**
 * @param {Uint8Array} content
 * @param {string} purpose
 */
function greetingOf(content, purpose) {
  try {
    return decodeGreeting(content, purpose);
  } catch (problem) {
    if (problem instanceof GreetingError) return null;
    throw problem;
  }
}

/**
 * @param {Uint8Array} content
 * @param {string} purpose
 * @returns {Shown | null}
 */
function shownOf(content, purpose) {
  const said = greetingOf(content, purpose);
  return said === null || said.t === "removal" ? null : said;
}
