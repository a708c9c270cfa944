/**
 * The list of a person's own endpoints that this browser signs: the person's key, the newest version, and who has been told of it.
 *
 * The key is made with the first list, can't be taken out of the browser, and signs lists alone. Each version is kept before anybody hears of it, so no
 * number is ever signed twice.
 */

import { LIST_LIFETIME_SECONDS, listFrom, makeList } from "./device-list.js";
import { Identity } from "./identity.js";
import { keepUnder, keptUnder } from "./keeping.js";
import { bytesOf } from "./public-keys.js";

/** A list is made anew when it has less than this left. */
export const RENEWED_AT_SECONDS = 10 * 86_400;

/**
 * @typedef {import("./device-list.js").DeviceList} DeviceList
 * @typedef {{privateKey: CryptoKey, publicKey: Uint8Array<ArrayBuffer>, list: DeviceList, told: [string, number][]}} Kept
 */

/** One browser's own. */
export class OwnList {
  #key;
  #list;
  #told;

  /**
   * @param {Identity} key the person's
   * @param {DeviceList} list
   * @param {Map<string, number>} told which version each endpoint was told last
   */
  constructor(key, list, told) {
    this.#key = key;
    this.#list = list;
    this.#told = told;
  }

  /**
   * The one that this browser keeps, or null.
   * @returns {Promise<OwnList | null>}
   */
  static async kept() {
    const kept = /** @type {Kept | undefined} */ (await keptUnder("own-list"));
    return kept ? new OwnList(await Identity.restored(kept), await listFrom(kept.list), new Map(kept.told)) : null;
  }

  /**
   * The first list of a person, under a key that is made here.
   * @param {string[]} identities base64url
   * @param {number} now Unix seconds
   * @returns {Promise<OwnList>}
   */
  static async begun(identities, now) {
    const { privateKey, publicKey } = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]));
    const key = await Identity.restored({ privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)) });
    return (await signed(key, identities, 1, now)).#kept();
  }

  /** The newest version. */
  get list() {
    return this.#list;
  }

  /** The identities that it names, this browser's among them. */
  get identities() {
    return this.#list.endpoints.map(({ identity }) => identity);
  }

  /**
   * @param {number} now Unix seconds
   */
  isDue(now) {
    return now > this.#list.not_after - RENEWED_AT_SECONDS;
  }

  /**
   * The next version; whoever was told of this one is to be told again.
   * @param {string[]} identities base64url
   * @param {number} now Unix seconds
   * @returns {Promise<OwnList>}
   */
  async next(identities, now) {
    return (await signed(this.#key, identities, this.#list.version + 1, now)).#kept();
  }

  /**
   * Whether that endpoint has yet to hear of the newest version.
   * @param {string} endpoint
   */
  isOwedTo(endpoint) {
    return this.#told.get(endpoint) !== this.#list.version;
  }

  /**
   * Those endpoints were told.
   * @param {string[]} endpoints
   */
  async tell(endpoints) {
    for (const one of endpoints) this.#told.set(one, this.#list.version);
    await this.#kept();
  }

  /**
   * That endpoint was met anew, and may have forgotten what it was told.
   * @param {string} endpoint
   */
  async owe(endpoint) {
    if (this.#told.delete(endpoint)) await this.#kept();
  }

  async #kept() {
    const { privateKey, publicKey } = this.#key;
    await keepUnder("own-list", { privateKey, publicKey, list: this.#list, told: [...this.#told] });
    return this;
  }
}

/**
 * @param {Identity} key
 * @param {string[]} identities
 * @param {number} version
 * @param {number} now
 */
async function signed(key, identities, version, now) {
  const list = await makeList(key, identities.map((one) => bytesOf(one)), { version, notAfter: Math.floor(now) + LIST_LIFETIME_SECONDS });
  return new OwnList(key, list, new Map());
}
