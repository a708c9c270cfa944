/**
 * The stage of a call: who is called, how long until the picture, the picture, one's own picture, and what happens.
 *
 * It shows the other end's picture only once the call hands it over, which is after the accept.
 */

import { element, say } from "./dom.js";
import { marksInto } from "./marks.js";
import { playAloud } from "./sound.js";
import { stageWords, words } from "./words.js";

/** @typedef {import("../sdk/call.js").OutgoingCall} OutgoingCall */

/** The elements of the call view. */
export class Stage {
  #view = element("call", HTMLElement);
  #remote = element("remote", HTMLVideoElement);
  #own = element("own", HTMLVideoElement);
  #heading = element("call-heading", HTMLHeadingElement);
  #state = element("call-state", HTMLParagraphElement);
  #dial = element("dial", HTMLElement);
  #seconds = element("dial-seconds", HTMLSpanElement);
  #banner = element("banner", HTMLParagraphElement);
  #hangUp = element("hang-up-text", HTMLSpanElement);
  #marks = element("marks", HTMLOListElement);
  #wholeMs = 0;

  /** @param {() => void} hangUp */
  constructor(hangUp) {
    element("hang-up", HTMLButtonElement).addEventListener("click", hangUp);
    const wide = matchMedia("(min-width: 64rem)");
    const timeline = element("timeline", HTMLDetailsElement);
    timeline.open = wide.matches;
    wide.addEventListener("change", () => (timeline.open = wide.matches));
  }

  /** The other end's picture, for whoever wants to look at it. */
  get picture() {
    return this.#remote;
  }

  /**
   * A call begins.
   * @param {OutgoingCall} call
   * @param {Promise<MediaStream>} local
   */
  begin(call, local) {
    this.#wholeMs = 0;
    this.#view.classList.remove("has-picture");
    say(this.#heading, call.contact.name);
    local.then((stream) => this.#showOwn(call, stream)).catch(() => undefined);
  }

  /** @param {OutgoingCall} call */
  show(call) {
    if (call.remote && this.#remote.srcObject !== call.remote) this.#showRemote(call, call.remote);
    const leftMs = call.answersAt === null || call.phase === "accepted" ? null : Math.max(0, call.answersAt - performance.now());
    const seconds = leftMs === null ? null : Math.ceil(leftMs / 1000);
    this.#wholeMs = Math.max(this.#wholeMs, leftMs ?? 0);
    this.#dial.classList.toggle("idle", !leftMs);
    this.#dial.style.setProperty("--left", String(leftMs && this.#wholeMs ? leftMs / this.#wholeMs : 0));
    say(this.#seconds, seconds ? String(seconds) : "");
    say(this.#state, stageWords(call, seconds));
    say(this.#hangUp, words(call.phase === "accepted" ? "stage.hang_up" : "stage.stop_ringing"));
    this.#banner.hidden = call.path !== "lost";
    say(this.#banner, words("stage.lost"));
    marksInto(this.#marks, call.timeline);
  }

  /** Another language: what stands in the list is said anew. */
  say() {
    this.#marks.replaceChildren();
  }

  /** The call is over: no picture stays. */
  clear() {
    this.#remote.srcObject = null;
    this.#own.onloadeddata = null;
    this.#own.srcObject = null;
    this.#own.hidden = true;
    this.#view.classList.remove("has-picture");
  }

  /**
   * @param {OutgoingCall} call
   * @param {MediaStream} stream
   */
  #showRemote(call, stream) {
    this.#remote.srcObject = stream;
    void playAloud(this.#remote, element("sound-on", HTMLButtonElement));
    this.#remote.requestVideoFrameCallback(() => {
      if (call.phase !== "accepted") return;
      this.#view.classList.add("has-picture");
      call.timeline.markOnce("picture");
    });
  }

  /**
   * @param {OutgoingCall} call
   * @param {MediaStream} stream
   */
  #showOwn(call, stream) {
    if (call.phase === "ended" || stream.getVideoTracks().length === 0) return;
    this.#own.srcObject = stream;
    this.#own.onloadeddata = () => (this.#own.hidden = false);
  }
}
