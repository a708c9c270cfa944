/**
 * The short-lived token that a socket begins with: asked for with a signature, kept in memory, never in an address.
 */

import { fromBase64url, tokenRequestBytes } from "./encoding.js";

/** A token with less life than this left is not used any more. */
const SPARE_MS = 60_000;

/** @typedef {import("./identity.js").Identity} Identity */
/** @typedef {{token: string, tokenId: string, expiresAt: number}} Token */

/** The coordinator doesn't know this endpoint, or its signature doesn't hold. Trying again changes nothing. */
export class NotAuthenticated extends Error {}

/** The coordinator can't be reached or can't answer now. */
export class Unavailable extends Error {}

/** Fetches tokens for one identity. */
export class Tokens {
  #identity;
  #origin;
  /** @type {Token | null} */
  #kept = null;

  /**
   * @param {Identity} identity
   * @param {string} [origin] the coordinator's
   */
  constructor(identity, origin = location.origin) {
    this.#identity = identity;
    this.#origin = origin;
  }

  /**
   * A token with at least a minute to live.
   * @returns {Promise<Token>}
   * @throws {NotAuthenticated | Unavailable}
   */
  async current() {
    if (!this.#kept || this.#kept.expiresAt - Date.now() < SPARE_MS) this.#kept = await this.#fetched();
    return this.#kept;
  }

  /** Forget the kept token: the coordinator refused it. */
  drop() {
    this.#kept = null;
  }

  async #fetched() {
    const endpoint = this.#identity.endpoint;
    const { nonce } = await this.#posted("/v1/nonce", {});
    const signature = await this.#identity.sign(tokenRequestBytes({ origin: this.#origin, endpoint, nonce }));
    const { token, expires_in } = await this.#posted("/v1/token", { endpoint, nonce, signature });
    return { token, tokenId: tokenId(token), expiresAt: Date.now() + expires_in * 1000 };
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  async #posted(path, body) {
    let response;
    try {
      response = await fetch(this.#origin + path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(10_000),
      });
      if (response.ok) return await response.json();
    } catch {
      throw new Unavailable("The coordinator can't be reached.");
    }
    if (response.status === 401 || response.status === 403) throw new NotAuthenticated("This browser isn't linked here.");
    throw new Unavailable("The coordinator can't answer now.");
  }
}

/**
 * The `jti` of a JWT, which the hello's proof names. The token is the coordinator's to verify, not ours.
 * @param {string} token
 * @returns {string}
 */
function tokenId(token) {
  return JSON.parse(new TextDecoder().decode(fromBase64url(token.split(".")[1]))).jti;
}
