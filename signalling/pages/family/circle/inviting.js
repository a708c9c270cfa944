/**
 * An administrator invites: by SMS to a number, or by a code to hand on, as a square to scan or a link to send.
 *
 * What is handed on carries a secret of this page's own where the Komp's keys are proven: whoever comes with it needs nobody's word. An SMS goes through the
 * coordinator, so it holds a permission and no key. What was made is shown once, and forgotten.
 */

import { drawSquare, clearSquare } from "../../komp/square.js";
import { Refused } from "../../sdk/asking.js";
import { pairingFragment } from "../../sdk/pairing-code.js";
import { spoken } from "../../words/spoken.js";
import { invitationAddress } from "../coming-in/invitation.js";
import { numberFrom } from "../coming-in/number.js";
import { element, say } from "../dom.js";
import { expect } from "./vouching.js";
import { dayWords, words, wordsOr } from "./words.js";

/**
 * @typedef {import("../../sdk/links.js").LinkRecord} LinkRecord
 * @typedef {import("../../sdk/account.js").Role} Role
 * @typedef {import("../../sdk/account.js").Side} Side
 * @typedef {{address: string, name: string, expiresAt: number, isProven: boolean} | {address: null, number: string, expiresAt: number}} Made
 */

/** The form, and what came of it. */
export class Inviting {
  #parts;
  #form = element("invite-form", HTMLFormElement);
  #name = element("invite-name", HTMLInputElement);
  #number = element("invite-number", HTMLInputElement);
  #role = element("invite-role", HTMLSelectElement);
  #videoOnly = element("invite-video-only", HTMLInputElement);
  #bySms = element("invite-by-sms", HTMLInputElement);
  #square = element("invited-square", HTMLCanvasElement);
  #komp = "";
  /** @type {Side} */
  #side = "family";
  /** @type {Made | null} */
  #made = null;
  /** @type {string | null} */
  #refusal = null;
  #isCopied = false;
  #isBusy = false;

  /**
   * @param {object} parts
   * @param {import("../../sdk/account.js").Account} parts.account
   * @param {import("../../sdk/letters.js").Letters} parts.letters
   * @param {(komp: string) => LinkRecord | null} parts.proven the Komp's link, if its keys are proven
   * @param {() => void} parts.invited there is one more that waits
   */
  constructor(parts) {
    this.#parts = parts;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#invite();
    });
    for (const one of ["invite-by-sms", "invite-by-link"]) element(one, HTMLInputElement).addEventListener("change", () => this.show());
    element("invited-copy", HTMLButtonElement).addEventListener("click", () => void this.#copy());
    element("invited-share", HTMLButtonElement).addEventListener("click", () => void this.#share());
    element("invited-done", HTMLButtonElement).addEventListener("click", () => this.clear());
  }

  /**
   * Whose members one invites now.
   * @param {string} komp
   * @param {Side} side
   */
  to(komp, side) {
    if (komp !== this.#komp) this.clear();
    this.#komp = komp;
    this.#side = side;
  }

  /** Nothing of an invitation stays on the screen. */
  clear() {
    this.#made = null;
    this.#refusal = null;
    this.#form.reset();
    element("invited-address", HTMLTextAreaElement).value = "";
    clearSquare(this.#square);
    this.show();
  }

  show() {
    const made = this.#made;
    this.#form.hidden = made !== null;
    element("invited", HTMLElement).hidden = made === null;
    element("invite-ask-number", HTMLElement).hidden = !this.#bySms.checked;
    element("invite-ask-name", HTMLElement).hidden = this.#bySms.checked;
    say(element("invite-means", HTMLParagraphElement), words(`invite.${this.#bySms.checked ? "sms" : this.#parts.proven(this.#komp) ? "link" : "link_introduced"}.means`));
    say(element("invite-problem", HTMLParagraphElement), this.#refusal ? wordsOr(`invite.refused.${this.#refusal}`, "refused.other") : "");
    element("invite-button", HTMLButtonElement).disabled = this.#isBusy;
    if (made) this.#showMade(made);
  }

  /** @param {Made} made */
  #showMade(made) {
    const until = dayWords(made.expiresAt);
    const isHere = made.address !== null;
    say(element("invited-heading", HTMLHeadingElement), isHere ? words("invited.heading") : words("invited.sms.heading"));
    const key = isHere ? (made.isProven ? "invited.text" : "invited.introduced") : "invited.sms.text";
    say(element("invited-text", HTMLParagraphElement), words(key, { until, number: isHere ? "" : made.number }));
    for (const one of ["invited-square", "invited-address", "invited-copy"]) element(one, HTMLElement).hidden = !isHere;
    element("invited-share", HTMLButtonElement).hidden = !isHere || !("share" in navigator);
    element("invited-address", HTMLTextAreaElement).value = made.address ?? "";
    say(element("invited-copy", HTMLButtonElement), words(this.#isCopied ? "invited.copied" : "invited.copy"));
  }

  async #invite() {
    const phone = this.#bySms.checked ? numberFrom(this.#number.value, spoken()) : undefined;
    if (phone === null) return this.#refused("no_number");
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#refused(null);
    try {
      const asked = { role: /** @type {Role} */ (this.#role.value), side: this.#side, video_only: this.#videoOnly.checked };
      const { code, expires_at: expiresAt } = await this.#parts.account.invite(this.#komp, phone ? { ...asked, phone } : asked);
      this.#isCopied = false;
      this.#made = code ? await this.#handedOn(code, expiresAt) : { address: null, number: phone ?? "", expiresAt };
      if (this.#made.address !== null) drawSquare(this.#square, this.#made.address);
      this.#parts.invited();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      this.#refusal = problem.code;
    } finally {
      this.#isBusy = false;
      this.show();
    }
    if (this.#made) element("invited-heading", HTMLHeadingElement).focus();
  }

  /**
   * @param {string} code
   * @param {number} expiresAt
   * @returns {Promise<Made>}
   */
  async #handedOn(code, expiresAt) {
    const komp = this.#parts.proven(this.#komp);
    const name = this.#name.value.trim() || words("invite.somebody");
    const pairing = komp ? pairingFragment(await expect(this.#parts.letters, komp, name)) : "";
    return { address: invitationAddress(location.origin, code, pairing), name, expiresAt, isProven: komp !== null };
  }

  /** @param {string | null} code */
  #refused(code) {
    this.#refusal = code;
    this.show();
  }

  async #copy() {
    if (!this.#made?.address) return;
    try {
      await navigator.clipboard.writeText(this.#made.address);
      this.#isCopied = true;
    } catch {
      element("invited-address", HTMLTextAreaElement).select(); // the browser doesn't let it: the user copies it by hand
    }
    this.show();
  }

  /** By the means of this phone's own: the coordinator has no part in it. */
  async #share() {
    if (!this.#made?.address) return;
    await navigator.share({ url: this.#made.address }).catch(() => undefined);
  }
}
