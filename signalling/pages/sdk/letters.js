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
 * @typedef {import("./post-box.js").PostPurpose} PostPurpose
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {{post: string, purpose: PostPurpose, author: LinkRecord, isVerified: boolean, content: Uint8Array}} Letter
 * @typedef {{head: import("./post-box.js").PostHead, box: Uint8Array<ArrayBuffer>}} SealedLetter
 * @typedef {{purpose: PostPurpose, post: string, author: LinkRecord, isVerified: boolean, bytes: number}} Envelope what is known of one before it is opened
 */

/** One endpoint's. */
export class Letters {
  #book;
  #box;
  #learnKeys;

  /**
   * @param {import("./linkbook.js").LinkBook} book
   * @param {import("./post-box.js").PostBox} box
   * @param {(endpoint: string) => Promise<void>} [learnKeys] asks for an author's newest key, where a letter names one that isn't known yet
   */
  constructor(book, box, learnKeys = () => Promise.resolve()) {
    this.#book = book;
    this.#box = box;
    this.#learnKeys = learnKeys;
  }

  /**
   * A letter for these, sealed: its bytes stay the same however often it is left.
   * @param {PostPurpose} purpose
   * @param {Uint8Array} content
   * @param {readonly LinkRecord[]} to
   * @returns {Promise<SealedLetter>}
   * @throws {PostError}
   */
  async seal(purpose, content, to) {
    const post = randomText();
    const { own, author, authorKey } = this.#book.writing;
    const readers = to.map(({ endpoint, statement }) => ({ endpoint, serial: statement.serial, key: bytesOf(statement.key) }));
    const { box, wraps } = await sealPost(content, { purpose, post, author, authorKey }, { own, readers });
    const wrapped = readers.map(({ endpoint, serial }, at) => ({ endpoint, key: serial, wrap: base64url(wraps[at]) }));
    return { head: { post, purpose, author_key: authorKey, readers: wrapped }, box };
  }

  /**
   * Leave it at the coordinator; the same again does no harm.
   * @param {SealedLetter} letter
   * @throws {import("./asking.js").Refused}
   */
  async leave({ head, box }) {
    await this.#box.put(head, box);
  }

  /**
   * Those that are wanted, wait and open, oldest first; the coordinator forgets each when `read` is done with it.
   * @param {(envelope: Envelope) => boolean} isWanted
   * @param {(letter: Letter) => Promise<void>} read
   * @throws {import("./asking.js").Refused}
   */
  async fetch(isWanted, read) {
    for (const told of await this.#box.waiting()) {
      const author = this.#book.link(told.author);
      if (author === null) continue;
      const envelope = { purpose: told.purpose, post: told.post, author, isVerified: this.#book.isVerified(told.author), bytes: told.bytes };
      const content = isWanted(envelope) ? await this.#opened(told) : null;
      if (content === null) continue;
      await read({ ...envelope, content });
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
    const letter = await this.seal(purpose, content, to);
    await this.leave(letter);
    return letter.head.post;
  }

  /**
   * @param {WaitingPost} told
   * @returns {Promise<Uint8Array | null>}
   */
  async #opened({ post, purpose, author, author_key: authorKey, key, wrap }) {
    if ((this.#book.link(author)?.statement.serial ?? authorKey) < authorKey) await this.#learnKeys(author);
    const how = this.#book.reading(author, authorKey, key);
    if (how === null) return null;
    try {
      return await openPost(await this.#box.box(post), fromBase64url(wrap), { purpose, post, author, authorKey }, how);
    } catch (problem) {
      if (problem instanceof PostError || problem instanceof EncodingError) return null;
      throw problem;
    }
  }
}
