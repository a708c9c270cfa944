/**
 * How a Komp comes to know people: a square on its screen and a turn of its knob, or a secret that an administrator sent from their own phone. The twin
 * of `client_sim.welcome`.
 *
 * The secret in the square is made in this browser and leaves it by light alone. The Komp alone says who is let in.
 */

import { Refused as AccountRefused } from "../sdk/asking.js";
import { KeepingError } from "../sdk/keeping.js";
import { MeetingError } from "../sdk/meetings.js";
import { SECRET_BYTES } from "../sdk/pairing.js";
import { pairingFragment } from "../sdk/pairing-code.js";
import { Disconnected, Refused } from "../sdk/socket.js";

/** A square is renewed before the rendezvous behind it ends. */
const SHOWN_MS = 270_000;
/** How long somebody has to turn the knob. */
const ASKED_MS = 60_000;
const TOLD_MS = 6_000;
const AGAIN_MS = 3_000;

/** @typedef {"closed" | "showing" | "asking" | "welcome" | "failed"} DoorStage */

/** Open while a square is on the screen. */
export class Door {
  /** @type {DoorStage} */
  stage = "closed";
  /** What the square says: an address of this coordinator's family page. It is for the screen alone. */
  address = "";
  /** Whom it let in, or why nobody: `somebody_else` or another. */
  told = "";
  #endpoint;
  #account;
  #changed;
  /** @type {AbortController | null} */
  #open = null;
  #turned = () => {};

  /**
   * @param {import("../sdk/endpoint.js").Endpoint} endpoint
   * @param {import("../sdk/account.js").Account} account
   * @param {() => void} changed
   */
  constructor(endpoint, account, changed) {
    this.#endpoint = endpoint;
    this.#account = account;
    this.#changed = changed;
  }

  get isOpen() {
    return this.#open !== null;
  }

  /** Show squares, one after the other, until somebody was let in or it is shut. */
  async open() {
    if (this.#open) return;
    const open = new AbortController();
    this.#open = open;
    while (!open.signal.aborted) {
      if (await this.#tried(open.signal)) break;
    }
    if (this.#open === open) this.shut();
  }

  /** No square any more. */
  shut() {
    this.#open?.abort();
    this.#open = null;
    this.#become("closed");
  }

  /**
   * Wait for whoever comes with a secret that a verified administrator sent, again and again; nobody turns a knob for them, so only a member is taken.
   * @param {Uint8Array<ArrayBuffer>} secret
   * @param {number} until Unix seconds
   */
  async expect(secret, until) {
    while (Date.now() / 1000 < until) {
      try {
        await this.#admit(await this.#endpoint.show(secret, () => Promise.resolve(true)), "secret_link");
        return;
      } catch (problem) {
        if (!isRefusal(problem)) throw problem;
        if (!(problem instanceof MeetingError) || problem.code !== "nobody_came") return;
      }
    }
  }

  /** Somebody turned the knob one step. */
  turned() {
    this.#turned();
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} whether somebody was let in
   */
  async #tried(signal) {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
    const { identity, party, name } = this.#endpoint.book;
    this.address = `${location.origin}/family${pairingFragment({ secret, identity: identity.publicKey, party: party ?? "", kind: "komp", name })}`;
    this.#become("showing");
    const renewed = AbortSignal.any([signal, AbortSignal.timeout(SHOWN_MS)]);
    try {
      const found = await this.#endpoint.show(secret, () => this.#isWanted(signal), renewed);
      await this.#tell("welcome", await this.#admit(found, "qr"));
      return true;
    } catch (problem) {
      if (signal.aborted) return false;
      if (problem instanceof MeetingError && ["stopped", "nobody_came"].includes(problem.code)) return false;
      if (!isRefusal(problem)) throw problem;
      await this.#tell("failed", "code" in problem ? problem.code : "not_kept");
      return false;
    }
  }

  /** @param {AbortSignal} signal */
  async #isWanted(signal) {
    this.#become("asking");
    const turned = await new Promise((resolve) => {
      this.#turned = () => resolve(true);
      setTimeout(() => resolve(false), ASKED_MS);
      signal.addEventListener("abort", () => resolve(false), { once: true });
    });
    this.#turned = () => {};
    return turned;
  }

  /**
   * @param {import("../sdk/pairing.js").Introduction} found
   * @param {"qr" | "secret_link"} how
   * @returns {Promise<string>} the newcomer's name
   */
  async #admit(found, how) {
    const { endpoint } = found.statement;
    // A secret proves keys. What lets somebody in is the knob, or an invitation that an administrator can take back.
    if (how === "qr") await this.#endpoint.admit(endpoint);
    const contact = (await this.#account.circle()).find(({ endpoints }) => endpoints.some((one) => one.endpoint === endpoint));
    if (!contact?.name) throw new AccountRefused("not_found");
    const who = { party: contact.party, name: contact.name, kind: contact.kind };
    await this.#endpoint.book.pair(who, found, how);
    return contact.name;
  }

  /**
   * @param {DoorStage} stage
   * @param {string} told
   */
  async #tell(stage, told) {
    this.told = told;
    this.#become(stage);
    await new Promise((resolve) => setTimeout(resolve, stage === "welcome" ? TOLD_MS : AGAIN_MS));
  }

  /** @param {DoorStage} stage */
  #become(stage) {
    this.stage = stage;
    if (stage !== "showing") this.address = "";
    this.#changed();
  }
}

/**
 * @param {unknown} problem
 * @returns {problem is MeetingError | AccountRefused | Refused | Disconnected | KeepingError}
 */
function isRefusal(problem) {
  return [MeetingError, AccountRefused, Refused, Disconnected, KeepingError].some((kind) => problem instanceof kind);
}
