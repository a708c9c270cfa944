/**
 * Somebody calls: who, how surely it is they, Answer and Decline. A person presses; nothing answers by itself, and nothing of theirs is shown before.
 *
 * Who rings too often gets a strip over the page instead, and no sound.
 */

import { Face } from "../komp/face.js";
import { element, say } from "./dom.js";
import { Bell } from "./bell.js";
import { words } from "./words/ringing.js";

/** @typedef {import("../sdk/incoming.js").IncomingCall} IncomingCall */

/** The view of a ring, and its sound. */
export class RingView {
  #face;
  #heading = element("ring-heading", HTMLHeadingElement);
  #sure = element("ring-sure", HTMLParagraphElement);
  #warning = element("ring-warning", HTMLParagraphElement);
  #strip = element("ring-strip", HTMLElement);
  #bell = new Bell();
  /** @type {IncomingCall | null} */
  #rings = null;
  /** Whether it rings as a strip alone. */
  isSilent = false;

  /**
   * @param {(hash: string) => Promise<Blob>} picture
   * @param {{accept: () => void, decline: () => void}} told
   */
  constructor(picture, { accept, decline }) {
    this.#face = new Face(element("ring-face", HTMLCanvasElement), picture);
    for (const id of ["ring-accept", "strip-accept"]) element(id, HTMLButtonElement).addEventListener("click", accept);
    for (const id of ["ring-decline", "strip-decline"]) element(id, HTMLButtonElement).addEventListener("click", decline);
  }

  /**
   * It rings.
   * @param {IncomingCall} call
   * @param {boolean} isSilent
   */
  begin(call, isSilent) {
    this.#rings = call;
    this.isSilent = isSilent;
    const { name, picture } = call.caller;
    void this.#face.show(name, picture);
    this.#bell.start(words("ring.calls", { name }), isSilent);
    this.show();
  }

  /** In the language that is spoken now. */
  show() {
    const call = this.#rings;
    this.#strip.hidden = call === null || !this.isSilent;
    if (!call) return;
    const { name, isFalse } = call.caller;
    say(this.#heading, words("ring.calls", { name }));
    this.#sure.className = call.verified ? "keys" : "keys unproven";
    say(this.#sure, words(call.verified ? "ring.verified" : "ring.unverified", { name }));
    say(this.#warning, isFalse ? words("ring.false") : "");
    this.#warning.hidden = !isFalse;
    say(element("strip-text", HTMLParagraphElement), words("ring.silent", { name }));
  }

  /** It rings no more, whatever became of it. */
  end() {
    this.#bell.stop();
    this.#rings = null;
    this.#strip.hidden = true;
    this.#face.clear();
  }
}
