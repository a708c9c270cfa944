/**
 * The ring of a call: sealed once, and sent again with the same bytes as often as it takes.
 *
 * It knows no more of the call than whom it is to, and where. A refusal that time heals is waited out; any other is the caller's to hear.
 */

import { encodeContent } from "./contents.js";
import { profileDigest } from "./profile.js";
import { Disconnected, Refused } from "./socket.js";

/** How long it may ring. */
export const LIFETIME_MS = 45_000;
const TRY_AGAIN = new Set(["too_many", "unavailable", "draining"]);
const TRY_AGAIN_MS = 1_000;

/**
 * @typedef {import("./socket.js").Message} Message
 * @typedef {{contact: import("./links.js").LinkRecord, to: import("./seal.js").Addressee}} Rung an endpoint, as this end's keys and its own have it
 */

/** An invite to one endpoint or several of one party. */
export class Invite {
  /**
   * The refusal that is waited out now, for a screen; null while none is.
   * @type {string | null}
   */
  waitsFor = null;
  #socket;
  #sealed;
  #withdrawn = false;

  /**
   * @param {object} parts
   * @param {string} parts.call
   * @param {Rung[]} parts.rung at least one
   * @param {"video" | "audio" | "telepresence"} parts.media
   * @param {import("./profile.js").Profile} parts.profile what this end's owner is shown as: the ring says which profile the caller knows of itself
   * @param {import("./socket.js").Socket} parts.socket
   */
  constructor({ call, rung, media, profile, socket }) {
    this.#socket = socket;
    const [{ contact, to }] = rung;
    this.#sealed = sealedRings(rung, media, profile).then((rings) => ({
      t: "call.invite",
      call,
      to: contact.party,
      from_key: to.fromKey,
      rings,
      media,
      lifetime_ms: LIFETIME_MS,
    }));
  }

  /**
   * Send it, for the first time or again.
   * @returns {Promise<Message | null>} its `ok`; null while there is no connection, or when it was withdrawn
   * @throws {Refused}
   */
  async send() {
    const message = await this.#sealed;
    while (!this.#withdrawn) {
      try {
        const ok = await this.#socket.request(message);
        this.waitsFor = null;
        return ok;
      } catch (problem) {
        if (problem instanceof Disconnected) return null;
        if (!(problem instanceof Refused) || !TRY_AGAIN.has(problem.code)) throw problem;
        this.waitsFor = problem.code;
        const { retryAfterMs = TRY_AGAIN_MS } = problem;
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    }
    return null;
  }

  /** It is joined, or over: it isn't tried again. */
  withdraw() {
    this.#withdrawn = true;
  }
}

/**
 * A box for each. A robot's ring names nobody.
 * @param {Rung[]} rung
 * @param {"video" | "audio" | "telepresence"} media
 * @param {import("./profile.js").Profile} profile
 */
async function sealedRings(rung, media, { name, picture }) {
  const said = media === "telepresence" ? undefined : await profileDigest(name, picture);
  const ring = encodeContent({ t: "ring", sent_at: Date.now(), media, rung: rung.length, profile: said });
  const sealed = (/** @type {Rung} */ { contact: { endpoint }, to: { seal, key } }) => seal.writeFirst(ring).then((box) => ({ endpoint, key, box }));
  return Promise.all(rung.map(sealed));
}
