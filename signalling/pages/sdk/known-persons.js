/**
 * What this browser knows of people who have told which endpoints are theirs: each one's key and newest list, kept with the link records.
 *
 * A list makes no record and is written into none: whether an endpoint is listed is looked up each time, so one that was taken off, a list that ran out and
 * a person who changed count at once. The rules are those of `device-list.js`.
 */

import { DeviceListError, isListed, knownPerson, meetAnew, takeFrom, takeList, vouches } from "./device-list.js";
import { keepUnder, keptUnder } from "./keeping.js";
import { isCurrent } from "./statements.js";
import { Turns } from "./turns.js";

/**
 * @typedef {import("./device-list.js").KnownPerson} KnownPerson
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 */

/** One browser's. */
export class KnownPersons {
  #known;
  #turns = new Turns();

  /** @param {Map<string, KnownPerson>} [known] by party */
  constructor(known = new Map()) {
    this.#known = known;
  }

  /**
   * Those that this browser keeps, each list proven again; one that doesn't hold is left out, and its person pinned anew.
   * @returns {Promise<KnownPersons>}
   */
  static async kept() {
    const kept = /** @type {[string, any][]} */ ((await keptUnder("persons")) ?? []);
    const known = new Map();
    for (const [party, { person, newest, changed, met }] of kept) {
      try {
        const first = knownPerson(person);
        const taken = newest === null ? first : await takeList(first, newest);
        known.set(party, Object.freeze({ ...taken, changed: changed === true, met: met === true }));
      } catch (problem) {
        if (!(problem instanceof DeviceListError)) throw problem;
      }
    }
    return new KnownPersons(known);
  }

  /**
   * @param {string} party
   * @returns {KnownPerson | null}
   */
  of(party) {
    return this.#known.get(party) ?? null;
  }

  /**
   * Whether a list of its person's vouches for that endpoint now.
   * @param {LinkRecord} record
   * @param {number} now Unix seconds
   */
  vouchFor(record, now) {
    const person = this.of(record.party);
    return person !== null && !record.changed && isCurrent(record.statement, now) && vouches(person, record, now);
  }

  /**
   * Whether an unverified endpoint may be rung at all: not where its person's newest list doesn't name it.
   * @param {LinkRecord} record
   */
  mayRing({ party, endpoint }) {
    const person = this.of(party);
    return person === null || isListed(person, endpoint);
  }

  /**
   * A list that `author`, whose keys are proven, brought: what is known of that person now, and whether it is another list.
   * @param {{party: string, endpoint: string}} author
   * @param {any} list
   * @returns {Promise<{person: KnownPerson, isNewer: boolean}>}
   * @throws {DeviceListError}
   */
  take({ party, endpoint }, list) {
    return this.#turns.take(async () => {
      const before = this.of(party);
      const person = await takeFrom(before, list, endpoint);
      if (person !== before) await this.#keep(party, person);
      return { person, isNewer: person.newest !== before?.newest };
    });
  }

  /**
   * Somebody of that person's was met, and their keys proven.
   * @param {string} party
   */
  met(party) {
    return this.#turns.take(async () => {
      const before = this.of(party);
      const after = before && meetAnew(before);
      if (after && after !== before) await this.#keep(party, after);
    });
  }

  /**
   * @param {string} party
   * @param {KnownPerson} person
   */
  async #keep(party, person) {
    const after = new Map([...this.#known, [party, person]]);
    await keepUnder("persons", [...after]);
    this.#known = after;
  }
}
