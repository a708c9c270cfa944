/**
 * Letters: sealed content between endpoints outside calls, fetched from the coordinator where it waited. The JavaScript twin of `client_sim.letters`,
 * for the end that reads.
 *
 * Only letters of those whom this endpoint knows open here; what they are worth (`isVerified`) goes with each. What doesn't open is left where it is: it
 * may be damaged on the way, or sealed with a key that is learnt later.
 */

import { EncodingError, fromBase64url } from "./encoding.js";
import { openPost, PostError } from "./post.js";

/**
 * @typedef {import("./post-box.js").WaitingPost} WaitingPost
 * @typedef {{purpose: string, author: import("./links.js").LinkRecord, isVerified: boolean, content: Uint8Array}} Letter
 */

/** One endpoint's. */
export class Letters {
  #book;
  #box;

  /**
   * @param {import("./linkbook.js").LinkBook} book
   * @param {import("./post-box.js").PostBox} box
   */
  constructor(book, box) {
    this.#book = book;
    this.#box = box;
  }

  /**
   * Those of that purpose that wait and open, oldest first; the coordinator forgets each when `read` is done with it.
   * @param {string} purpose
   * @param {(letter: Letter) => Promise<void>} read
   * @throws {import("./asking.js").Refused}
   */
  async fetch(purpose, read) {
    for (const told of await this.#box.waiting()) {
      const letter = told.purpose === purpose ? await this.#opened(told) : null;
      if (letter === null) continue;
      await read(letter);
      await this.#box.taken(told.post);
    }
  }

  /**
   * @param {WaitingPost} told
   * @returns {Promise<Letter | null>}
   */
  async #opened({ post, purpose, author: endpoint, author_key: authorKey, key, wrap }) {
    const author = this.#book.link(endpoint);
    const how = this.#book.reading(endpoint, authorKey, key);
    if (author === null || how === null) return null;
    const binding = { purpose, post, author: endpoint, authorKey };
    try {
      const content = await openPost(await this.#box.box(post), fromBase64url(wrap), binding, how);
      return { purpose, author, isVerified: this.#book.isVerified(endpoint), content };
    } catch (problem) {
      if (problem instanceof PostError || problem instanceof EncodingError) return null;
      throw problem;
    }
  }
}
