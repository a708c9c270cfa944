/**
 * Who is in this browser's circle now, by the coordinator's word: whom it is linked with, and under which role.
 *
 * It says who may be shown, never whose keys are proven: that stands in the link book. Where the coordinator keeps no accounts, the link book is all there is.
 */

import { Refused } from "../../sdk/asking.js";

/**
 * @typedef {import("../../sdk/account.js").Contact} Contact
 * @typedef {import("../../sdk/links.js").LinkRecord} LinkRecord
 */

/** One browser's. */
export class Neighbours {
  /**
   * Null while nothing is known: no answer yet, or a coordinator without accounts.
   * @type {Contact[] | null}
   */
  contacts = null;
  #parts;
  /** @type {Promise<void> | null} */
  #learning = null;
  #isStale = false;

  /**
   * @param {object} parts
   * @param {import("../../sdk/account.js").Account} parts.account
   * @param {import("../../sdk/endpoint.js").Endpoint} parts.endpoint
   * @param {() => void} parts.changed
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Ask anew, once for however many ask meanwhile. Without an answer nothing changes. */
  learn() {
    this.#isStale = true;
    this.#learning ??= this.#learn().finally(() => (this.#learning = null));
    return this.#learning;
  }

  /**
   * @param {string} party
   * @returns {Contact | null}
   */
  of(party) {
    return this.contacts?.find((one) => one.party === party) ?? null;
  }

  /**
   * Whether somebody who stands in the link book is still in the circle.
   * @param {LinkRecord} record
   */
  isShown({ party }) {
    return this.contacts === null || this.of(party) !== null;
  }

  /**
   * Whether the coordinator still names that very endpoint.
   * @param {LinkRecord} record
   */
  isNamed({ party, endpoint }) {
    return this.contacts === null || (this.of(party)?.endpoints.some((one) => one.endpoint === endpoint) ?? false);
  }

  /**
   * Komps of the circle that have not shown their keys yet: nobody can call them.
   * @param {import("../../sdk/linkbook.js").LinkBook} book
   */
  silentKomps(book) {
    return (this.contacts ?? []).filter(({ kind, party }) => kind === "komp" && !book.links.some((one) => one.party === party));
  }

  async #learn() {
    const { account, endpoint, changed } = this.#parts;
    while (this.#isStale) {
      this.#isStale = false;
      try {
        const contacts = await account.circle();
        this.contacts = contacts;
        await endpoint.meet(contacts);
        changed();
      } catch (problem) {
        if (!(problem instanceof Refused)) throw problem;
      }
    }
  }
}
