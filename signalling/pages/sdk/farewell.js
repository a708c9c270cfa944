/**
 * The last word of a call to the server: said once it can be, however long the server is away.
 *
 * Hanging up works without a server; this only sees to it that the server hears of it afterwards.
 */

import { Refused } from "./socket.js";

/** @typedef {import("./socket.js").Message} Message */

/** What an end may give as its reason for hanging up; the rest are the server's own to say. */
const HANGUP_REASONS = new Set(["hangup", "knob_off", "power_off", "ice_failed", "lost_network", "recording", "peer_not_verified"]);

/**
 * What the server is told about an end.
 * @param {string} call
 * @param {string} reason
 * @param {boolean} joined
 * @returns {Message}
 */
export function farewell(call, reason, joined) {
  if (!joined || reason === "cancelled" || reason === "no_answer") return { t: "call.cancel", call };
  return { t: "call.hangup", call, reason: HANGUP_REASONS.has(reason) ? reason : "hangup" };
}

/** What a callee may give as its reason for not taking a call. */
const DECLINE_REASONS = new Set(["declined", "busy", "knob_off", "power_off", "stale_key", "unreachable", "peer_not_verified"]);

/**
 * What the server is told about a callee's end.
 * @param {string} call
 * @param {string} reason
 * @param {boolean} isAccepted
 * @returns {Message}
 */
export function calleesFarewell(call, reason, isAccepted) {
  if (!isAccepted && DECLINE_REASONS.has(reason)) return { t: "call.decline", call, reason };
  return { t: "call.hangup", call, reason: HANGUP_REASONS.has(reason) ? reason : "hangup" };
}

/** A message that the server must still hear, or nothing. */
export class Farewell {
  #socket;
  /** @type {Message | null} */
  #message = null;

  /** @param {import("./socket.js").Socket} socket */
  constructor(socket) {
    this.#socket = socket;
  }

  get isOwed() {
    return this.#message !== null;
  }

  /** @param {Message} message what to say when `say` is called */
  owe(message) {
    this.#message = message;
  }

  /** The server knows: nothing is owed. */
  settle() {
    this.#message = null;
  }

  /** Say it, if it is owed. While there is no connection it stays owed, and is said after the next `ready`. */
  async say() {
    if (!this.#message) return;
    try {
      await this.#socket.request(this.#message);
    } catch (problem) {
      // Refused: the server has no such call, or has ended it already.
      if (!(problem instanceof Refused)) return;
    }
    this.settle();
  }
}
