/**
 * Fetches what waits for a Komp, and keeps its album in step with its circle. The twin of `client_sim.idle_screen`.
 *
 * It asks whenever the coordinator says that something waits or that the circle is another, and once in each session. What comes of somebody whose keys
 * nobody has proven isn't even fetched: it waits until somebody vouches, or for its seven days.
 */

import { Refused } from "../sdk/asking.js";
import { GREETING_PURPOSES } from "../sdk/greetings.js";

/** After a refusal; a lost connection brings a new session, and that news. */
const AGAIN_MS = 30_000;

/** One round at a time; news during a round makes another. */
export class Postman {
  #letters;
  #account;
  #album;
  #vouching;
  #persons;
  #isWanted = false;
  #isUnderWay = false;
  #again = 0;

  /**
   * @param {object} parts
   * @param {import("../sdk/letters.js").Letters} parts.letters
   * @param {import("../sdk/account.js").Account} parts.account
   * @param {import("./album.js").Album} parts.album
   * @param {import("./vouching.js").Vouching} parts.vouching
   * @param {import("../sdk/persons.js").Persons} parts.persons
   */
  constructor({ letters, account, album, vouching, persons }) {
    this.#letters = letters;
    this.#account = account;
    this.#album = album;
    this.#vouching = vouching;
    this.#persons = persons;
  }

  /** Something may wait, or the circle may be another. */
  async go() {
    this.#isWanted = true;
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    clearTimeout(this.#again);
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        await this.#round();
      }
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      this.#again = setTimeout(() => void this.go(), AGAIN_MS);
    } finally {
      this.#isUnderWay = false;
    }
  }

  async #round() {
    await this.#vouching.read();
    await this.#persons.read();
    await this.#letters.fetch(
      ({ purpose, isVerified }) => isVerified && GREETING_PURPOSES.includes(purpose),
      (letter) => this.#album.take(letter),
    );
    if (this.#album.entries.length === 0) return;
    this.#album.keepOnly(new Set((await this.#account.circle()).map(({ party }) => party)));
  }
}
