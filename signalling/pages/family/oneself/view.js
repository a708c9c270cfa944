/**
 * Oneself, on the screen: name, picture, number, phones, what the browser keeps, one's data and who looked at them, and closing the profile.
 *
 * Everything that is known of a person stands here, and it is a name, a number and a picture.
 */

import { Refused } from "../../sdk/asking.js";
import { forgetSelf } from "../../sdk/keeping.js";
import { askToLast } from "../coming-in/lasting.js";
import { element, say } from "../dom.js";
import { isSure } from "../sure.js";
import { showView } from "../views.js";
import { cropped, NoPicture } from "./cropping.js";
import { OwnData } from "./data.js";
import { markOf, showDevices } from "./devices.js";
import { OwnList } from "./own-list.js";
import { StaffReads } from "./reads.js";
import { words, wordsOr } from "./words.js";

/**
 * @typedef {import("../../sdk/account.js").Me} Me
 * @typedef {object} Parts
 * @property {import("../../sdk/endpoint.js").Endpoint} endpoint
 * @property {import("../../sdk/account.js").Account} account
 * @property {import("../../sdk/rights.js").Rights} rights
 * @property {import("../../sdk/persons.js").Persons} persons
 * @property {import("../circle/face.js").Faces} faces
 * @property {(profile: {name: string, picture: string | null}) => void} shownAs the profile that others see is this from now on
 * @property {() => void} changed another view may be due
 * @property {() => void} closed it was left
 */

/** The view, open or not. */
export class OneselfView {
  isOpen = false;
  #parts;
  #data;
  #reads;
  #list;
  /** What was just done about the list, in words. */
  #said = "";
  /** @type {Me | null} */
  #me = null;
  #lasts = /** @type {boolean | null} */ (null);
  /** @type {string | null} */
  #note = null;
  #name = element("own-name", HTMLInputElement);
  #file = element("own-file", HTMLInputElement);

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#data = new OwnData(parts.rights);
    this.#reads = new StaffReads(parts.rights);
    this.#list = new OwnList({ endpoint: parts.endpoint, persons: parts.persons, tell: (said) => this.#tell(said) });
    element("oneself-back", HTMLButtonElement).addEventListener("click", () => this.close());
    element("own-name-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#rename();
    });
    this.#file.addEventListener("change", () => void this.#choosePicture());
    element("own-choose", HTMLButtonElement).addEventListener("click", () => this.#file.click());
    element("own-drop", HTMLButtonElement).addEventListener("click", () => void this.#dropPicture());
    element("own-close", HTMLButtonElement).addEventListener("click", () => void this.#closeProfile());
  }

  open() {
    this.isOpen = true;
    this.#note = null;
    this.#said = "";
    void this.#load().then(() => (this.#name.value = this.#profile?.name ?? this.#parts.endpoint.book.name));
    void this.#data.load();
    void this.#reads.load();
    void askToLast().then((lasts) => ((this.#lasts = lasts), this.#parts.changed()));
    this.#parts.changed();
  }

  close() {
    this.isOpen = false;
    this.#parts.closed();
  }

  show() {
    const { book } = this.#parts.endpoint;
    const profile = this.#profile;
    const name = profile?.name ?? book.name;
    this.#parts.faces.draw(element("own-face", HTMLCanvasElement), name, profile?.picture);
    say(element("own-phone", HTMLElement), profile ? profile.phone : words("own.no_account"));
    for (const one of document.querySelectorAll("[data-account]")) /** @type {HTMLElement} */ (one).hidden = profile === null;
    element("own-drop", HTMLButtonElement).hidden = !profile?.picture;
    const own = book.identity.endpoint;
    const endpoints = this.#me?.endpoints ?? [own];
    showDevices(element("own-devices", HTMLUListElement), endpoints, own, { signOut: (endpoint) => void this.#signOut(endpoint), ownList: this.#list });
    this.#list.show(endpoints.length);
    say(element("own-lasts", HTMLParagraphElement), words(this.#lasts ? "keeps.lasts" : this.#lasts === false ? "keeps.may_clear" : "keeps.unknown"));
    say(element("oneself-note", HTMLParagraphElement), this.#note ? wordsOr(this.#note, "refused.other") : this.#said);
    this.#data.show();
    this.#reads.show();
    showView("oneself", "oneself-heading");
  }

  get #profile() {
    return this.#me?.profile ?? null;
  }

  async #load() {
    await this.#try(async () => void (this.#me = await this.#parts.account.me()));
  }

  async #rename() {
    const name = this.#name.value.trim();
    if (name === "") return this.#name.focus();
    await this.#changeProfile(() => this.#parts.account.rename(name), "own.renamed");
  }

  async #choosePicture() {
    const [file] = this.#file.files ?? [];
    this.#file.value = ""; // the same file may be chosen again
    if (!file) return;
    try {
      const picture = await cropped(file);
      if (picture) await this.#changeProfile(() => this.#parts.account.setPicture(picture), "own.pictured");
    } catch (problem) {
      if (!(problem instanceof NoPicture)) throw problem;
      this.#say("own.no_picture");
    }
  }

  async #dropPicture() {
    await this.#changeProfile(() => this.#parts.account.dropPicture(), "own.dropped");
  }

  /**
   * @param {() => Promise<unknown>} change
   * @param {string} said once it is done
   */
  async #changeProfile(change, said) {
    const isDone = await this.#try(async () => {
      await change();
      this.#me = await this.#parts.account.me();
    });
    const profile = this.#profile;
    if (!isDone || !profile) return;
    this.#parts.shownAs({ name: profile.name, picture: profile.picture ?? null }); // rings say so too
    this.#say(said);
  }

  /** @param {string} endpoint */
  async #signOut(endpoint) {
    const told = { mark: markOf(endpoint) };
    const yes = await isSure({ heading: words("lost.heading", told), text: words("lost.text"), yes: words("lost.yes"), no: words("lost.no") });
    if (!yes) return;
    const isDone = await this.#try(() => this.#parts.account.revoke(endpoint));
    if (!isDone) return;
    await this.#parts.persons.takeOff(endpoint);
    await this.#load();
    this.#say("lost.done");
  }

  async #closeProfile() {
    const typed = { label: words("close.type"), text: this.#profile?.name ?? "" };
    const yes = await isSure({ heading: words("close.heading"), text: words("close.text"), yes: words("close.yes"), no: words("close.no"), typed });
    if (!yes || !(await this.#try(() => this.#parts.account.close()))) return;
    this.#parts.endpoint.stop();
    await forgetSelf();
    location.reload();
  }

  /**
   * @param {() => Promise<void>} deed
   * @returns {Promise<boolean>}
   */
  async #try(deed) {
    this.#note = null;
    this.#said = "";
    try {
      await deed();
      return true;
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      // Where the coordinator keeps no accounts there is nothing to say of one.
      if (problem.code !== "not_found" || this.#me !== null) this.#note = `refused.${problem.code}`;
      return false;
    } finally {
      this.#parts.changed();
    }
  }

  /** @param {string} said */
  #tell(said) {
    this.#note = null;
    this.#said = said;
    this.#parts.changed();
  }

  /** @param {string} note */
  #say(note) {
    this.#note = note;
    this.#parts.changed();
  }
}
