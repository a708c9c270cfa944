/**
 * What administrators say in letters: whose keys they have proven themselves, and who will come with a secret that they sent from their own phone. The
 * JavaScript twin of `client_sim.sealed.vouching`, and of what `client_sim.welcome` makes of it.
 *
 * Only a letter of a verified administrator counts, and the Komp asks the coordinator who is one. Nothing here is printed.
 */

import { Refused } from "../sdk/asking.js";
import { KeepingError } from "../sdk/keeping.js";
import { LinkRecordError, NAME_CHARACTERS } from "../sdk/links.js";
import { SECRET_BYTES } from "../sdk/pairing.js";
import { bytesOf, KeyRefused } from "../sdk/public-keys.js";
import { StatementError } from "../sdk/statements.js";

const BYTES = 8 * 1024;

/**
 * @typedef {import("../sdk/letters.js").Letter} Letter
 * @typedef {{t: "expect", secret: string, name: string, until: number}} Expect
 * @typedef {{t: "vouch", party: string, name: string, keys: import("../sdk/pairing.js").Introduction}} Vouch
 */

/** Reads such letters whenever one may wait. */
export class Vouching {
  #book;
  #account;
  #letters;
  #expect;
  #isReading = false;

  /**
   * @param {object} parts
   * @param {import("../sdk/linkbook.js").LinkBook} parts.book
   * @param {import("../sdk/account.js").Account} parts.account
   * @param {import("../sdk/letters.js").Letters} parts.letters
   * @param {(secret: Uint8Array<ArrayBuffer>, until: number) => void} parts.expect wait for whoever comes with that secret, until then (Unix seconds)
   */
  constructor({ book, account, letters, expect }) {
    this.#book = book;
    this.#account = account;
    this.#letters = letters;
    this.#expect = expect;
  }

  /** Do what stands in the letters that wait. Without an answer of the coordinator nothing changes. */
  async read() {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      await this.#letters.fetch(({ purpose }) => purpose === "vouching", (letter) => this.#heed(letter));
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
    } finally {
      this.#isReading = false;
    }
  }

  /** @param {Letter} letter */
  async #heed({ author, isVerified, content }) {
    const said = isVerified ? wordOf(content) : null;
    if (said === null || !(await this.#isAdministrator(author.party))) return;
    if (said.t === "expect") return this.#expect(bytesOf(said.secret, SECRET_BYTES), said.until);
    try {
      await this.#book.vouched({ party: said.party, name: said.name, kind: "person" }, said.keys, author);
    } catch (problem) {
      const isRule = [KeepingError, StatementError, LinkRecordError].some((kind) => problem instanceof kind);
      if (!isRule) throw problem;
    }
  }

  /** @param {string} party */
  async #isAdministrator(party) {
    return (await this.#account.circle()).some((one) => one.party === party && one.role === "admin");
  }
}

/**
 * A word of vouching, or null where it is none.
 * @param {Uint8Array} content
 * @returns {Expect | Vouch | null}
 */
export function wordOf(content) {
  if (content.length > BYTES) return null;
  try {
    const said = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
    const isNamed = typeof said.name === "string" && said.name !== "" && [...said.name].length <= NAME_CHARACTERS;
    if (!isNamed) return null;
    if (said.t === "vouch") return said.keys?.statement?.endpoint && bytesOf(said.party, SECRET_BYTES) ? said : null;
    return said.t === "expect" && bytesOf(said.secret, SECRET_BYTES) && Number.isSafeInteger(said.until) ? said : null;
  } catch (problem) {
    if (problem instanceof SyntaxError || problem instanceof TypeError || problem instanceof KeyRefused) return null;
    throw problem;
  }
}
