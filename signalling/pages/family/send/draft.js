/**
 * What somebody is about to send: a picture or words, for how long and how often; what the fields of the view say, and the preview of it.
 *
 * It sends nothing. A chosen file is made a picture of at once, and only that picture is kept here, until it was sent or the view is left.
 */

import { CAPTION_CHARACTERS, encodeGreeting, TEXT_CHARACTERS } from "../../sdk/greetings.js";
import { element, say } from "../dom.js";
import { decodedPicture, drawPicture, setWords } from "../greeting-look.js";
import { pictureOf } from "./making.js";
import { words } from "./words.js";

const DAY_SECONDS = 86_400;
/** What a greeting may not hold, and a paste may bring. */
const UNPRINTED = /[^\P{Cc}\n]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;

/** The fields. */
export class Draft {
  #form = element("send-form", HTMLFormElement);
  #file = element("send-file", HTMLInputElement);
  #choose = element("send-choose", HTMLElement);
  #caption = element("send-caption", HTMLInputElement);
  #text = element("send-text", HTMLTextAreaElement);
  #left = element("send-left", HTMLElement);
  #seconds = element("send-seconds", HTMLInputElement);
  #secondsWords = element("send-seconds-words", HTMLElement);
  #preview = element("send-preview", HTMLElement);
  #canvas = element("send-preview-picture", HTMLCanvasElement);
  #previewText = element("send-preview-text", HTMLElement);
  #previewCaption = element("send-preview-caption", HTMLElement);
  /** @type {Blob | null} */
  #picture = null;
  #choices = 0;
  #told;

  /** @param {{changed: () => void, making: () => void, failed: (problem: unknown) => void}} told */
  constructor(told) {
    this.#told = told;
    this.#caption.maxLength = CAPTION_CHARACTERS;
    this.#text.maxLength = TEXT_CHARACTERS;
    this.#file.addEventListener("change", () => void this.#chosen());
    this.#form.addEventListener("input", () => this.#edited());
  }

  /** @returns {"picture" | "message"} */
  get kind() {
    return this.#chosenOf("kind") === "message" ? "message" : "picture";
  }

  /** The picture that would be sent, or null. */
  get picture() {
    return this.kind === "picture" ? this.#picture : null;
  }

  /** What it says: a caption or a message. */
  get words() {
    const said = this.kind === "picture" ? this.#caption.value : this.#text.value;
    return said.replace(UNPRINTED, " ").trim();
  }

  /** Whether there is anything to send. */
  get isReady() {
    return this.kind === "picture" ? this.#picture !== null : this.words !== "";
  }

  /**
   * As it would be sealed now.
   * @param {number} now Unix seconds
   * @returns {Promise<{purpose: "picture" | "message", until: number, content: Uint8Array<ArrayBuffer>}>}
   */
  async content(now) {
    const until = Math.floor(now) + Number(this.#chosenOf("days")) * DAY_SECONDS;
    const times = { show_seconds: Number(this.#seconds.value), until };
    const { picture, words: said } = this;
    if (picture === null) return { purpose: "message", until, content: encodeGreeting({ t: "message", ...times, text: said }) };
    const octets = new Uint8Array(await picture.arrayBuffer());
    const content = encodeGreeting({ t: "picture", ...times, type: "image/jpeg", caption: said, octets });
    return { purpose: "picture", until, content };
  }

  /** Nothing is chosen or written. */
  clear() {
    this.#form.reset();
    this.#picture = null;
    this.#choices += 1;
    this.show();
  }

  /** @param {boolean} isSending nothing can be changed meanwhile */
  lock(isSending) {
    for (const field of this.#form.querySelectorAll("fieldset")) field.disabled = isSending;
  }

  /** Say and draw it all. */
  show() {
    this.#form.dataset.kind = this.kind;
    say(this.#choose, words(this.#picture === null ? "send.choose" : "send.choose_other"));
    say(this.#left, words("send.left", { number: TEXT_CHARACTERS - this.#text.value.length }));
    say(this.#secondsWords, words("send.seconds_value", { number: this.#seconds.value }));
    this.#preview.hidden = !this.isReady;
    this.#preview.dataset.slide = this.kind;
    say(this.#previewCaption, this.kind === "picture" ? this.words : "");
    setWords(this.#previewText, this.kind === "message" ? this.words : "");
    if (this.#picture === null) this.#canvas.width = this.#canvas.height = 1;
  }

  /**
   * Of radio buttons; `FormData` passes over those that are locked.
   * @param {string} name
   */
  #chosenOf(name) {
    return /** @type {RadioNodeList} */ (this.#form.elements.namedItem(name)).value;
  }

  #edited() {
    this.show();
    this.#told.changed();
  }

  async #chosen() {
    const file = this.#file.files?.[0];
    if (!file) return;
    const choice = ++this.#choices;
    this.#picture = null;
    this.#edited();
    this.#told.making();
    try {
      const picture = await pictureOf(file);
      const drawn = await decodedPicture(picture);
      if (choice === this.#choices && drawn !== null) {
        drawPicture(this.#canvas, drawn);
        this.#picture = picture;
        this.#edited();
      }
      drawn?.close();
    } catch (problem) {
      if (choice === this.#choices) this.#told.failed(problem);
    }
    this.#file.value = "";
  }
}
