/**
 * Asking the coordinator over HTTP: each request signed over its own content by this browser's key.
 *
 * Knows no address by heart and keeps nothing of an answer. No token, code or name ever stands in an error.
 */

import { randomText, requestBytes, utf8 } from "./encoding.js";
import { NotAuthenticated, Tokens } from "./tokens.js";

const REQUEST_MS = 30_000;
const NOTHING = new Uint8Array();

/** @typedef {import("./identity.js").Identity} Identity */
/** @typedef {{body?: object, bytes?: Uint8Array<ArrayBuffer>, contentType?: string}} Content */

/** A refusal, or no answer. `code` is the coordinator's own, or `unreachable`, or `bad_answer`. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {number | null} [retryAfterMs]
   */
  constructor(code, retryAfterMs = null) {
    super(`The coordinator refused: ${code}.`);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** One endpoint that asks one coordinator. */
export class Asking {
  #tokens;

  /**
   * @param {Identity} identity
   * @param {{origin?: string, tokens?: Tokens}} [options] tokens may be shared with a socket of the same identity
   */
  constructor(identity, { origin = location.origin, tokens = new Tokens(identity, origin) } = {}) {
    this.identity = identity;
    this.origin = origin;
    this.#tokens = tokens;
  }

  /**
   * A nonce to sign.
   * @returns {Promise<string>}
   * @throws {Refused}
   */
  async nonce() {
    return (await json(await this.openly("POST", "/v1/nonce"))).nonce;
  }

  /**
   * What is answered to a request that is not signed.
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<Response>}
   * @throws {Refused}
   */
  async openly(method, path, body) {
    return this.#sent(method, path, bytesOf({ body }), body ? { "Content-Type": "application/json" } : {});
  }

  /**
   * What is answered to a signed request: JSON of `body`, or `bytes` as they are.
   * @param {string} method
   * @param {string} path
   * @param {Content} [content]
   * @returns {Promise<Response>}
   * @throws {Refused}
   */
  async signed(method, path, content = {}) {
    try {
      return await this.#signedOnce(method, path, content);
    } catch (problem) {
      if (!(problem instanceof Refused) || problem.code !== "token_expired") throw problem;
    }
    this.#tokens.drop();
    return this.#signedOnce(method, path, content);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Content} content
   */
  async #signedOnce(method, path, content) {
    const sent = bytesOf(content);
    const { token, tokenId } = await this.#token();
    const [unixMs, nonce] = [Date.now(), randomText()];
    const covered = await requestBytes({ origin: this.origin, method, path, tokenId, unixMs, nonce, body: sent });
    const signature = await this.identity.sign(covered);
    return this.#sent(method, path, sent, {
      Authorization: `Bearer ${token}`,
      "Narvaro-Proof": `t=${unixMs},n=${nonce},s=${signature}`,
      ...(sent.length > 0 ? { "Content-Type": content.contentType ?? "application/json" } : {}),
    });
  }

  async #token() {
    try {
      return await this.#tokens.current();
    } catch (problem) {
      throw new Refused(problem instanceof NotAuthenticated ? "not_authenticated" : "unreachable");
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Uint8Array<ArrayBuffer>} sent
   * @param {Record<string, string>} headers
   */
  async #sent(method, path, sent, headers) {
    let response;
    try {
      response = await fetch(this.origin + path, {
        method,
        headers,
        body: sent.length > 0 ? sent : undefined,
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        signal: AbortSignal.timeout(REQUEST_MS),
      });
    } catch {
      throw new Refused("unreachable");
    }
    if (response.ok) return response;
    const { code, retry_after_ms } = await json(response);
    throw new Refused(typeof code === "string" ? code : "bad_answer", retry_after_ms ?? null);
  }
}

/**
 * The answer's JSON.
 * @param {Response} response
 * @returns {Promise<any>}
 * @throws {Refused}
 */
export async function json(response) {
  try {
    return await response.json();
  } catch {
    throw new Refused("bad_answer");
  }
}

/** @param {Content} content */
function bytesOf({ body, bytes }) {
  return body ? utf8(JSON.stringify(body)) : (bytes ?? NOTHING);
}
