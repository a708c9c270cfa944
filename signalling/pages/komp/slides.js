/**
 * The idle screen's pictures and messages: one after the other, each for its time and with who it is from; after a round the large clock has its turn.
 *
 * At night there is the clock alone. Whatever else the screen must show comes at once, and nothing of a picture stays.
 */

import { element, say } from "../family/dom.js";
import { decodedPicture, drawPicture, setWords } from "../family/greeting-look.js";
import { isNight } from "./clock.js";

/** The large clock's turn. */
const CLOCK_SECONDS = 10;
const TICK_MS = 500;

/** @typedef {import("./album.js").Entry} Entry */

/** The loop, and the elements that it fills. */
export class Slides {
  #words;
  #album;
  #nameOf;
  #view = element("idle", HTMLElement);
  #picture = element("slide-picture", HTMLCanvasElement);
  #text = element("slide-text", HTMLElement);
  #from = element("slide-from", HTMLElement);
  #caption = element("slide-caption", HTMLElement);
  #isWanted = false;
  /** @type {Entry | null} what is on the screen */
  #shown = null;
  /** The one that had its turn last in this round. */
  #last = "";
  #dueAt = 0;

  /**
   * @param {import("../words/komp.js").KompWords} words
   * @param {import("./album.js").Album} album
   * @param {(entry: Entry) => string} nameOf its author, by this Komp's own record
   */
  constructor(words, album, nameOf) {
    this.#words = words;
    this.#album = album;
    this.#nameOf = nameOf;
    album.changed = () => this.#bringUp();
    setInterval(() => this.#bringUp(), TICK_MS);
  }

  /** The screen is idle: go on. */
  go() {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#bringUp();
  }

  /** The screen is for something else, at once. */
  stop() {
    if (!this.#isWanted) return;
    this.#isWanted = false;
    this.#rest();
  }

  #bringUp() {
    void this.#album.sweep();
    const entries = this.#isWanted && !isNight(new Date()) ? this.#album.entries : [];
    if (entries.length === 0) return this.#rest();
    const isGone = this.#shown !== null && !entries.some(({ post }) => post === this.#shown?.post);
    if (isGone || performance.now() >= this.#dueAt) this.#turn(entries);
  }

  /** There is nothing to show; the next that comes is shown at once. */
  #rest() {
    this.#dueAt = 0;
    if (this.#shown !== null) this.#clear();
  }

  /** @param {readonly Entry[]} entries */
  #turn(entries) {
    const after = entries.findIndex(({ post }) => post === this.#last) + 1;
    const next = after < entries.length ? entries[after] : null;
    this.#clear();
    this.#dueAt = performance.now() + (next?.showSeconds ?? CLOCK_SECONDS) * 1000;
    this.#last = next?.post ?? "";
    if (next !== null) void this.#show(next);
  }

  /** @param {Entry} entry */
  async #show(entry) {
    this.#shown = entry;
    const said = await this.#album.content(entry);
    const picture = said?.t === "picture" ? await decodedPicture(new Blob([said.octets], { type: said.type })) : null;
    if (this.#shown === entry && (picture !== null || said?.t === "message")) {
      say(this.#from, this.#words.from(this.#nameOf(entry)));
      if (said?.t === "message") setWords(this.#text, said.text);
      if (said?.t === "picture") say(this.#caption, said.caption);
      if (picture !== null) drawPicture(this.#picture, picture);
      this.#view.dataset.slide = said?.t;
    } else if (this.#shown === entry) this.#dueAt = 0; // nothing that can be shown: the next one
    picture?.close();
  }

  #clear() {
    this.#shown = null;
    delete this.#view.dataset.slide;
    this.#picture.width = this.#picture.height = 1;
    for (const one of [this.#text, this.#from, this.#caption]) say(one, "");
  }
}
