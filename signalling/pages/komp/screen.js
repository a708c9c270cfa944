/**
 * What stands on a Komp's screen: one view at a time, in words of the catalogue.
 *
 * It decides nothing. The other end's picture is shown only once the call hands it over, which is after the accept.
 */

import { element, say } from "../family/dom.js";
import { TheirMedia } from "../family/their-media.js";
import { Face } from "./face.js";
import { clearSquare, drawSquare } from "./square.js";

/**
 * @typedef {import("../sdk/incoming.js").IncomingCall} IncomingCall
 * @typedef {import("../words/komp.js").KompWords} KompWords
 * @typedef {"starting" | "notice" | "idle" | "pair" | "ask" | "ring" | "call" | "after" | "off"} View
 */

/** @type {View[]} */
const VIEWS = ["starting", "notice", "idle", "pair", "ask", "ring", "call", "after", "off"];

/** The elements of the page. */
export class Screen {
  #words;
  #face;
  #remote = element("remote", HTMLVideoElement);
  #own = element("own", HTMLVideoElement);
  #call = element("call", HTMLElement);
  #square = element("square", HTMLCanvasElement);
  #theirs = new TheirMedia(this.#call, this.#remote, element("theirs", HTMLParagraphElement));
  #drawn = "";

  /**
   * @param {KompWords} words
   * @param {(hash: string) => Promise<Blob>} picture
   */
  constructor(words, picture) {
    this.#words = words;
    this.#face = new Face(element("face", HTMLCanvasElement), picture);
    const steps = words.pairSteps.map((step) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("span"), { textContent: step }));
      return item;
    });
    this.#square.setAttribute("aria-label", words.pairSquare);
    element("pair-steps", HTMLOListElement).replaceChildren(...steps);
  }

  /** The other end's picture, for whoever wants to look at it. */
  get picture() {
    return this.#remote;
  }

  /** @param {number} loudness 0 to 1 */
  set volume(loudness) {
    this.#remote.volume = loudness;
  }

  /** @param {string} which a notice of the catalogue */
  notice(which) {
    const { heading, text } = this.#words.notices[which] ?? this.#words.notices.unreachable;
    put("notice-heading", heading);
    put("notice-text", text);
    show("notice", heading);
  }

  /** @param {string} foot */
  idle(foot) {
    put("idle-foot", foot);
    show("idle", foot);
  }

  /** @param {import("./door.js").Door} door */
  door({ stage, address, told }) {
    const words = this.#words;
    if (address !== this.#drawn) address ? drawSquare(this.#square, address) : clearSquare(this.#square);
    this.#drawn = address;
    if (stage === "showing") {
      put("pair-heading", words.pairHeading);
      show("pair", words.pairHeading);
    } else if (stage === "asking") this.#said("ask", words.pairAsk, words.pairAskWhy);
    else if (stage === "welcome") this.#said("after", words.pairDone(told), "");
    else if (stage === "failed") this.#said("after", words.pairFailed, told === "somebody_else" ? words.pairSomebodyElse : "");
  }

  /**
   * @param {IncomingCall} call
   * @param {string} why nothing opens by itself, or ""
   * @param {number} wholeMs of the countdown
   */
  ring(call, why, wholeMs) {
    const words = this.#words;
    const leftMs = call.answersAt === null ? null : Math.max(0, call.answersAt - performance.now());
    const seconds = leftMs === null ? null : Math.ceil(leftMs / 1000);
    void this.#face.show(call.caller.name, call.caller.picture);
    put("ring-name", call.caller.name);
    element("ring-name", HTMLElement).dataset.length = lengthOf(call.caller.name);
    put("ring-calls", words.calls);
    element("dial", HTMLElement).hidden = seconds === null;
    element("dial", HTMLElement).style.setProperty("--left", String(leftMs === null ? 0 : leftMs / wholeMs));
    put("dial-seconds", seconds ? String(seconds) : "");
    element("ring-knob", HTMLElement).hidden = seconds !== null;
    put("ring-next", seconds === null ? words.turnToAnswer : seconds > 0 ? words.countdown(seconds) : words.answering);
    put("ring-why", why);
    put("ring-foot", words.refuseHint);
    put("ring-warning", call.caller.isFalse ? words.falseProfile : "");
    element("ring-warning", HTMLElement).hidden = !call.caller.isFalse;
    show("ring", `${call.caller.name} ${words.calls}. ${seconds === null ? words.turnToAnswer : ""}`);
  }

  /** @param {IncomingCall} call an accepted one */
  call(call) {
    const words = this.#words;
    if (call.remote && this.#remote.srcObject !== call.remote) this.#showRemote(call, call.remote);
    if (this.#own.hidden) void this.#showOwn(call);
    put("call-name", call.caller.name);
    put("call-state", words.answering);
    this.#theirs.show(call.theirs, words.theirs(call.caller.name));
    put("banner", words.lost);
    element("banner", HTMLElement).hidden = call.path !== "lost";
    show("call", call.caller.name);
  }

  /** @param {string | null} reason */
  after(reason) {
    this.#said("after", this.#words.over, (reason && this.#words.ended[reason]) || "");
  }

  off() {
    this.#said("off", this.#words.off, this.#words.offHint);
  }

  /** No picture of anybody stays. */
  clear() {
    this.#face.clear();
    this.#remote.srcObject = null;
    this.#own.srcObject = null;
    this.#own.hidden = true;
    this.#call.classList.remove("has-picture");
    this.#theirs.clear();
  }

  /**
   * @param {View} view
   * @param {string} heading
   * @param {string} text
   */
  #said(view, heading, text) {
    put(`${view}-heading`, heading);
    put(`${view}-text`, text);
    show(view, heading);
  }

  /**
   * @param {IncomingCall} call
   * @param {MediaStream} remote
   */
  #showRemote(call, remote) {
    this.#remote.srcObject = remote;
    this.#remote.play().catch(() => undefined);
    this.#remote.requestVideoFrameCallback(() => {
      if (call.phase !== "accepted") return;
      this.#call.classList.add("has-picture");
      call.timeline.markOnce("picture");
    });
  }

  /** @param {IncomingCall} call */
  async #showOwn(call) {
    const stream = await call.local;
    if (call.phase !== "accepted" || stream.getVideoTracks().length === 0 || this.#own.srcObject === stream) return;
    this.#own.srcObject = stream;
    this.#own.hidden = false;
  }
}

/**
 * @param {string} id
 * @param {string} text
 */
function put(id, text) {
  say(element(id, HTMLElement), text);
}

/**
 * @param {View} name
 * @param {string} status what a screen reader says
 */
function show(name, status) {
  put("status", status);
  if (document.body.dataset.view === name) return;
  document.body.dataset.view = name;
  for (const view of VIEWS) element(view, HTMLElement).hidden = view !== name;
}

/**
 * How much room a name takes, in three steps; the style sheet writes long ones smaller.
 * @param {string} name
 */
function lengthOf({ length }) {
  return length > 36 ? "longest" : length > 14 ? "long" : "short";
}
