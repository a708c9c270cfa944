/**
 * This browser's posts at the coordinator: leave one, see what waits, fetch it, say that it was taken.
 *
 * What is in a post is sealed and opened elsewhere; here are octets and wraps alone. Every method throws `Refused`.
 */

import { Asking, json } from "./asking.js";
import { utf8 } from "./encoding.js";

/**
 * @typedef {"picture" | "message" | "missed-call" | "device-list" | "vouching" | "wifi"} PostPurpose
 * @typedef {{post: string, purpose: PostPurpose, author_key: number,
 *   readers: {endpoint: string, key: number, wrap: string}[]}} PostHead
 * @typedef {{post: string, purpose: PostPurpose, author: string, author_key: number, key: number, wrap: string,
 *   bytes: number, day: number}} WaitingPost
 */

export class PostBox {
  #asking;

  /** @param {Asking} asking */
  constructor(asking) {
    this.#asking = asking;
  }

  /**
   * Leave a post for its readers. The same again does no harm.
   * @param {PostHead} head
   * @param {Uint8Array<ArrayBuffer>} box
   */
  async put(head, box) {
    const content = { bytes: octets(head, box), contentType: "application/octet-stream" };
    await this.#asking.signed("POST", "/v1/posts", content);
  }

  /**
   * What waits for this browser, oldest first.
   * @returns {Promise<WaitingPost[]>}
   */
  async waiting() {
    return (await json(await this.#asking.signed("GET", "/v1/posts"))).posts;
  }

  /**
   * The sealed content.
   * @param {string} post
   */
  async box(post) {
    return new Uint8Array(await (await this.#asking.signed("GET", `/v1/posts/${post}`)).arrayBuffer());
  }

  /**
   * This browser keeps it from now on; the coordinator may forget it.
   * @param {string} post
   */
  async taken(post) {
    await this.#asking.signed("DELETE", `/v1/posts/${post}`);
  }
}

/**
 * A post as it is sent: length of the head (4 bytes, big endian), head, box.
 * @param {PostHead} head
 * @param {Uint8Array} box
 */
export function octets(head, box) {
  const text = utf8(JSON.stringify(head));
  const whole = new Uint8Array(4 + text.length + box.length);
  new DataView(whole.buffer).setUint32(0, text.length);
  whole.set(text, 4);
  whole.set(box, 4 + text.length);
  return whole;
}
