/**
 * People with several devices: the list of one's own endpoints that this browser signs and hands on, and others' lists taken. The twin of
 * `client_sim.persons`.
 *
 * A list comes in a letter of an endpoint whose keys were proven; the first one pins the person's key. After that nobody, the coordinator least of all, can
 * add a phone that the person did not list, or bring back one that was taken away.
 */

import { Refused } from "./asking.js";
import { additions, DeviceListError, ENDPOINTS, isListed } from "./device-list.js";
import { base64url, utf8 } from "./encoding.js";
import { OwnList } from "./own-list.js";
import { PostError } from "./post.js";
import { Turns } from "./turns.js";

/** A list of sixteen has less. */
const BYTES = 8 * 1024;

/**
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {import("./letters.js").Letter} Letter
 */

/** One browser's. */
export class Persons {
  /** Lists that were not taken: older, contradictory, or of another person's key. */
  refused = 0;
  #parts;
  /** @type {OwnList | null} */
  #own = null;
  /** Whose coordinator refused the letter; they are tried again in the next session. */
  #unreached = new Set();
  #turns = new Turns();
  #isReading = false;

  /**
   * @param {object} parts
   * @param {import("./linkbook.js").LinkBook} parts.book
   * @param {import("./letters.js").Letters} parts.letters
   * @param {(endpoint: string, who: import("./links.js").Who) => Promise<void>} parts.learnKeys asks for the keys of an endpoint that isn't known yet
   * @param {(record: LinkRecord) => boolean} [parts.isLinked] whether that endpoint is in the circle now, and may be written to
   * @param {() => void} [parts.changed]
   */
  constructor({ isLinked = () => true, changed = () => {}, ...parts }) {
    this.#parts = { isLinked, changed, ...parts };
    parts.book.paired = (endpoint) => void this.#turns.take(() => this.#own?.owe(endpoint)).then(() => this.handOn());
    void this.#turns.take(async () => void (this.#own = await OwnList.kept())).then(changed);
  }

  /** The list that this browser signs, or null. */
  get own() {
    return this.#own?.list ?? null;
  }

  /** Take the lists that wait. Without an answer of the coordinator nothing changes. */
  async read() {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      await this.#parts.letters.fetch(isOfAPerson, (letter) => this.#take(letter));
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem; // asked again with the next session
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * Another endpoint of one's own, whose keys this browser has proven, is on the list from now on. The first makes the person's key.
   * @param {LinkRecord} record
   * @throws {DeviceListError}
   */
  async put({ party, endpoint, identity }) {
    const { book } = this.#parts;
    if (party !== book.party || !book.isVerified(endpoint)) throw new DeviceListError("One's own endpoints are listed, once they are proven.");
    await this.#change((identities) => (identities.includes(identity) ? identities : [...identities, identity]));
  }

  /** A list of this browser alone, under a key that is made now; for whoever lost the device that keeps theirs. */
  async begin() {
    if (this.#own === null) await this.#change((identities) => [...identities]);
  }

  /**
   * That endpoint is on the list no more, and nothing of it is known here.
   * @param {string} endpoint
   */
  async takeOff(endpoint) {
    const gone = this.own?.endpoints.find((one) => one.endpoint === endpoint)?.identity;
    if (gone === undefined) return;
    await this.#change((identities) => identities.filter((one) => one !== gone));
    await this.#parts.book.forget(endpoint);
    this.#parts.changed();
  }

  /** A session began: the list is made anew when it is due, and whoever couldn't be told is tried again. */
  async began() {
    this.#unreached.clear();
    await this.#turns.take(async () => {
      const now = this.#parts.book.now();
      if (this.#own?.isDue(now)) this.#own = await this.#signed(await this.#own.next(this.#own.identities, now));
    });
    await this.handOn();
  }

  /**
   * Tell everybody in the circle who hasn't heard of the newest version. Whether they believe it is theirs to know: nothing in it is secret from those who
   * see this person's endpoints anyway.
   */
  handOn() {
    return this.#turns.take(async () => {
      const owed = this.#owed();
      if (owed.length === 0 || (await this.#told(owed)) || owed.length === 1) return;
      for (const one of owed) await this.#told([one]); // one of them may not be written to any more
    });
  }

  /**
   * @param {LinkRecord[]} readers
   * @returns {Promise<boolean>} whether there is nobody left to try alone
   */
  async #told(readers) {
    const endpoints = readers.map(({ endpoint }) => endpoint);
    try {
      await this.#parts.letters.send("device-list", utf8(JSON.stringify(this.own)), readers);
      await this.#own?.tell(endpoints);
      return true;
    } catch (problem) {
      if (!(problem instanceof Refused || problem instanceof PostError)) throw problem;
      const isOneOfThem = problem instanceof Refused && problem.code === "not_found" && readers.length > 1;
      if (!isOneOfThem) for (const one of endpoints) this.#unreached.add(one);
      return !isOneOfThem;
    }
  }

  #owed() {
    const { book, isLinked } = this.#parts;
    const own = this.#own;
    if (own === null) return [];
    const isListedHere = (/** @type {LinkRecord} */ { endpoint }) => own.list.endpoints.some((one) => one.endpoint === endpoint);
    return book.links.filter(
      (one) =>
        one.kind !== "av1" && // a robot knows one app, and no people
        !one.changed &&
        own.isOwedTo(one.endpoint) &&
        !this.#unreached.has(one.endpoint) &&
        (one.party === book.party ? isListedHere(one) : isLinked(one)),
    );
  }

  /** @param {(identities: string[]) => string[]} change */
  async #change(change) {
    const { book, changed } = this.#parts;
    await this.#turns.take(async () => {
      const now = book.now();
      const before = this.#own?.identities ?? [base64url(book.identity.publicKey)];
      const after = change(before);
      if (after === before) return;
      if (after.length > ENDPOINTS) throw new DeviceListError("A list names at most 16 endpoints.");
      this.#own = await this.#signed(await (this.#own?.next(after, now) ?? OwnList.begun(after, now)));
    });
    changed();
    await this.handOn();
  }

  /**
   * What this browser signs itself is what it knows of its own person, whatever another of theirs had signed before.
   * @param {OwnList} own
   */
  async #signed(own) {
    const { persons, party, identity } = this.#parts.book;
    if (party !== null) {
      await persons.met(party);
      await persons.take({ party, endpoint: identity.endpoint }, own.list);
    }
    return own;
  }

  /** @param {Letter} letter of a proven endpoint */
  async #take({ author, content }) {
    const said = saidIn(content);
    if (said === null) return;
    const { book, learnKeys, changed } = this.#parts;
    try {
      const { person, isNewer } = await book.persons.take(author, said);
      if (person.changed) this.refused += 1;
      if (!isNewer) return;
      const { party, name, kind } = author;
      // Whatever proved them, they are that person's no more; who is met after this list stands until the next.
      for (const one of book.links) if (one.party === party && !isListed(person, one.endpoint)) await book.forget(one.endpoint);
      for (const { endpoint } of additions(person, book.now())) {
        if (book.link(endpoint) === null && endpoint !== book.identity.endpoint) await learnKeys(endpoint, { party, name, kind });
      }
    } catch (problem) {
      if (!(problem instanceof DeviceListError)) throw problem;
      this.refused += 1;
    } finally {
      changed();
    }
  }
}

/** @param {import("./letters.js").Envelope} envelope */
function isOfAPerson({ purpose, author, isVerified }) {
  return purpose === "device-list" && isVerified && author.kind === "person";
}

/**
 * @param {Uint8Array} content
 * @returns {unknown} null where it is nothing
 */
function saidIn(content) {
  if (content.length > BYTES) return null;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch (problem) {
    if (problem instanceof SyntaxError || problem instanceof TypeError) return null;
    throw problem;
  }
}
