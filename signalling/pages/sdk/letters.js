/**
 * Letters: sealed content between endpoints outside calls, left at the coordinator for readers who are away. The JavaScript twin of `client_sim.letters`.
 *
 * Only letters of those whom this endpoint knows open here; what they are worth (`isVerified`) goes with each. What doesn't open is left where it is: it
 * may be damaged on the way, or sealed with a key that is learnt later.
 */

import { base64url, EncodingError, fromBase64url, randomText } from "./encoding.js";
import { openPost, PostError, sealPost } from "./post.js";
import { bytesOf } from "./public-keys.js";

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
   * Leave a letter for these.
   * @param {import("./post-box.js").PostPurpose} purpose
   * @param {Uint8Array} content
   * @param {import("./links.js").LinkRecord[]} to
   * @returns {Promise<string>} the post's id
   * @throws {PostError | import("./asking.js").Refused}
   */
  async send(purpose, content, to) {
    const { own, serial: authorKey } = this.#book.writing;
    const post = randomText();
    const binding = { purpose, post, author: this.#book.identity.endpoint, authorKey };
    const readers = to.map(({ endpoint, statement }) => ({ endpoint, key: bytesOf(statement.key), serial: statement.serial }));
    const { box, wraps } = await sealPost(content, binding, { own, readers });
    const told = readers.map(({ endpoint, serial }, at) => ({ endpoint, key: serial, wrap: base64url(wraps[at]) }));
    await this.#box.put({ post, purpose, author_key: authorKey, readers: told }, box);
    return post;
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
