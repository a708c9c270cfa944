/** The list of what was sent from this browser: a small picture or the words, until when it is shown, and a button that takes it down. */

import { locale } from "../../words/spoken.js";
import { element, say } from "../dom.js";
import { decodedPicture, drawPicture } from "../greeting-look.js";
import { words } from "./words.js";

/** @typedef {import("./sent.js").Sent} Sent */

/** One list. */
export class SentItems {
  #section = element("sent", HTMLElement);
  #list = element("sent-list", HTMLUListElement);
  #template = element("sent-item", HTMLTemplateElement);
  #takeDown;
  /** @type {{one: Sent, item: HTMLElement}[]} */
  #items = [];

  /** @param {(one: Sent) => void} takeDown */
  constructor(takeDown) {
    this.#takeDown = takeDown;
  }

  /** @param {Sent[]} sent */
  show(sent) {
    this.#items = sent.map((one) => this.#items.find((item) => item.one.post === one.post) ?? { one, item: this.#itemOf(one) });
    this.#list.replaceChildren(...this.#items.map(({ item }) => item));
    this.#section.hidden = sent.length === 0;
    this.say();
  }

  /** In the language that is spoken now. */
  say() {
    const day = new Intl.DateTimeFormat(locale(), { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    for (const { one, item } of this.#items) {
      const what = one.words === "" ? words("send.a_picture") : words("send.words", { words: one.words });
      const button = partOf(item, "button");
      say(partOf(item, ".what"), what);
      say(partOf(item, ".when"), words("send.until_when", { when: day.format(one.until * 1000) }));
      say(button, words("send.take_down"));
      button.setAttribute("aria-label", words("send.take_down_what", { what }));
    }
  }

  /** @param {Sent} one */
  #itemOf(one) {
    const item = partOf(/** @type {DocumentFragment} */ (this.#template.content.cloneNode(true)), "li");
    const button = /** @type {HTMLButtonElement} */ (partOf(item, "button"));
    button.addEventListener("click", () => {
      button.disabled = true;
      this.#takeDown(one);
    });
    if (one.thumbnail) void drawn(/** @type {HTMLCanvasElement} */ (partOf(item, "canvas")), one.thumbnail);
    else partOf(item, "canvas").remove();
    return item;
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Blob} thumbnail
 */
async function drawn(canvas, thumbnail) {
  const picture = await decodedPicture(thumbnail);
  if (picture) drawPicture(canvas, picture);
  picture?.close();
}

/**
 * @param {ParentNode} within
 * @param {string} selector
 */
function partOf(within, selector) {
  return /** @type {HTMLElement} */ (within.querySelector(selector));
}
