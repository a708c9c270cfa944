/**
 * Sending a picture or a message to a Komp, and taking down what was sent from this browser.
 *
 * It is sealed for the Komp before it leaves. A list of what was sent stays in this browser until its time is over; the coordinator keeps none.
 */

import { Refused } from "../../sdk/asking.js";
import { encodeGreeting } from "../../sdk/greetings.js";
import { element, say } from "../dom.js";
import { Draft } from "./draft.js";
import { thumbnailOf, Unusable } from "./making.js";
import { SentList } from "./sent.js";
import { SentItems } from "./sent-items.js";
import { words, wordsOr } from "./words.js";

/** @typedef {import("../../sdk/links.js").LinkRecord} LinkRecord */

/** One Komp at a time. */
export class SendView {
  #heading = element("send-heading", HTMLHeadingElement);
  #note = element("send-note", HTMLElement);
  #from = element("send-preview-from", HTMLElement);
  #state = element("send-state", HTMLElement);
  #send = element("send-button", HTMLButtonElement);
  #book;
  #letters;
  #changed;
  #sent;
  #items;
  #draft;
  /** @type {LinkRecord | null} */
  #komp = null;
  #isSending = false;
  /** What the state line says. */
  #says = () => "";
  /** Sealed, and perhaps arrived: sent again it is the same letter. @type {import("../../sdk/letters.js").SealedLetter | null} */
  #sealed = null;

  /**
   * @param {import("../../sdk/linkbook.js").LinkBook} book
   * @param {import("../../sdk/letters.js").Letters} letters
   * @param {() => void} changed another view may be due
   */
  constructor(book, letters, changed) {
    this.#book = book;
    this.#letters = letters;
    this.#changed = changed;
    this.#sent = new SentList(book.identity.endpoint);
    this.#items = new SentItems((one) => void this.#takeDown(one));
    this.#draft = new Draft({
      changed: () => this.#edited(),
      making: () => this.#tell(() => words("send.making")),
      failed: (problem) => this.#fail(problem),
    });
    element("send-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#post();
    });
    element("send-back", HTMLButtonElement).addEventListener("click", () => this.#close());
  }

  get isOpen() {
    return this.#komp !== null;
  }

  /** @param {LinkRecord} komp */
  open(komp) {
    this.#komp = komp;
    this.#sealed = null;
    this.#says = () => "";
    this.#draft.clear();
    this.say();
    void this.#list();
    this.#changed();
  }

  /** Say it all, in the language that is spoken now. */
  say() {
    const komp = this.#komp;
    if (komp === null) return;
    const { changed } = this.#book.link(komp.endpoint) ?? komp;
    const note = changed ? words("send.changed") : this.#book.isVerified(komp.endpoint) ? "" : words("send.unproven");
    say(this.#heading, words("send.heading", { name: komp.name }));
    say(this.#note, note);
    this.#note.hidden = note === "";
    say(this.#from, words("send.from", { name: this.#book.profile.name }));
    say(this.#state, this.#says());
    say(this.#send, words(this.#sealed === null ? "send.send" : "send.again"));
    this.#send.disabled = this.#isSending || changed || !this.#draft.isReady;
    this.#draft.lock(this.#isSending);
    this.#draft.show();
    this.#items.say();
  }

  #edited() {
    this.#sealed = null;
    this.#tell(() => "");
  }

  async #post() {
    const komp = this.#komp;
    if (komp === null || this.#isSending || !this.#draft.isReady) return;
    this.#isSending = true;
    this.#tell(() => words("send.sending"));
    try {
      this.#sealed ??= await this.#seal(komp);
      await this.#leave(this.#sealed);
      this.#sealed = null;
      this.#draft.clear();
      this.#says = () => words("send.done", { name: komp.name });
    } catch (problem) {
      this.#fail(problem);
    }
    this.#isSending = false;
    this.say();
    await this.#list();
  }

  /**
   * It stands in the list before it leaves: what may have arrived can be taken down.
   * @param {LinkRecord} komp
   */
  async #seal(komp) {
    const at = Date.now() / 1000;
    const { picture, words: said } = this.#draft;
    const { purpose, content, until } = await this.#draft.content(at);
    const sealed = await this.#letters.seal(purpose, content, [this.#book.link(komp.endpoint) ?? komp]);
    const thumbnail = picture && (await thumbnailOf(picture));
    await this.#sent.put({ post: sealed.head.post, komp: komp.endpoint, words: said, thumbnail, at, until });
    return sealed;
  }

  /** @param {import("../../sdk/letters.js").SealedLetter} sealed */
  async #leave(sealed) {
    try {
      await this.#letters.leave(sealed);
    } catch (problem) {
      const mayHaveArrived = problem instanceof Refused && problem.code === "unreachable";
      if (!mayHaveArrived) {
        this.#sealed = null;
        await this.#sent.drop(sealed.head.post);
      }
      throw problem;
    }
  }

  /** @param {import("./sent.js").Sent} one */
  async #takeDown({ post }) {
    const komp = this.#komp;
    if (komp === null) return;
    try {
      const removal = encodeGreeting({ t: "removal", removes: post });
      await this.#letters.leave(await this.#letters.seal("message", removal, [this.#book.link(komp.endpoint) ?? komp]));
      await this.#sent.drop(post);
      this.#tell(() => words("send.taken_down"));
    } catch (problem) {
      this.#fail(problem);
    }
    await this.#list();
  }

  async #list() {
    const komp = this.#komp;
    if (komp !== null) this.#items.show(await this.#sent.of(komp.endpoint));
  }

  /** @param {unknown} problem */
  #fail(problem) {
    if (!(problem instanceof Refused || problem instanceof Unusable)) this.#tell(() => words("send.failed.other"));
    else this.#tell(() => wordsOr(`send.failed.${problem.code}`, "send.failed.other"));
  }

  /** @param {() => string} says */
  #tell(says) {
    this.#says = says;
    this.say();
  }

  #close() {
    this.#komp = null;
    this.#draft.clear();
    this.#items.show([]);
    this.#changed();
  }
}
