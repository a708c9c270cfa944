/**
 * What people may ask of the coordinator about their own data: all of it, and whatever an operator decides within a month. Every method throws `Refused`.
 */

import { Asking, json } from "./asking.js";

/**
 * @typedef {"access" | "rectification" | "erasure" | "restriction" | "objection"} RequestKind
 * @typedef {{request: string, kind: RequestKind, received_day: number, due_day: number, text?: string, outcome?: "granted" | "refused",
 *   reason?: string, answer?: string, decided_day?: number}} OwnRequest days are counted from 1970-01-01
 * @typedef {{record: string, purpose: string, minute: number}} StaffRead what was read, what for, and when (minutes since 1970-01-01); never who
 */

export class Rights {
  #asking;

  /** @param {Asking} asking */
  constructor(asking) {
    this.#asking = asking;
  }

  /**
   * All that is stored about whoever asks: a ZIP.
   * @returns {Promise<Blob>}
   */
  async export() {
    return (await this.#asking.signed("GET", "/v1/me/export")).blob();
  }

  /**
   * @param {RequestKind} kind
   * @param {string} text in one's own words; may be empty
   * @returns {Promise<OwnRequest>}
   */
  async ask(kind, text) {
    return json(await this.#asking.signed("POST", "/v1/me/requests", { body: text ? { kind, text } : { kind } }));
  }

  /**
   * Those that were asked, with their answers.
   * @returns {Promise<OwnRequest[]>}
   */
  async requests() {
    return (await json(await this.#asking.signed("GET", "/v1/me/requests"))).requests;
  }

  /**
   * What staff have read of one's own data in the last year, oldest first.
   * @returns {Promise<StaffRead[]>}
   */
  async reads() {
    return (await json(await this.#asking.signed("GET", "/v1/me/reads"))).reads;
  }
}
