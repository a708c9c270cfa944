/**
 * The stage of a call, whoever began it: who is at the other end, how long until the picture, the picture, one's own picture, and what happens.
 *
 * It shows the other end's picture only once the call hands it over, which is after the accept.
 */

import { mayDoze, stayAwake } from "../student/awake.js";
import { ComparingView } from "./comparing/view.js";
import { Controls } from "./controls.js";
import { element, say } from "./dom.js";
import { marksInto } from "./marks.js";
import { playAloud } from "./sound.js";
import { Stillness } from "./stillness.js";
import { nameOf, stageWords } from "./telling.js";
import { TheirMedia } from "./their-media.js";
import { words } from "./words.js";
import { words as callWords } from "./words/call.js";

/**
 * @typedef {import("./telling.js").Call} Call
 * @typedef {import("./own-media.js").OwnMedia} OwnMedia
 */

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
  #quality = element("quality", HTMLParagraphElement);
  #controls = new Controls(this.#remote);
  #comparing = new ComparingView();
  #stillness = new Stillness(this.#remote);
  #theirs = new TheirMedia(this.#view, this.#remote, element("theirs", HTMLParagraphElement));
  /** @type {OwnMedia | null} */
  #media = null;
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
   * A call begins, or was taken.
   * @param {Call} call
   * @param {string} name who is at the other end
   * @param {OwnMedia} media what this end sends
   */
  begin(call, name, media) {
    this.#wholeMs = 0;
    this.#media = media;
    this.#view.classList.remove("has-picture");
    say(this.#heading, name);
    this.#controls.begin(media);
    stayAwake();
  }

  /** @param {Call} call */
  show(call) {
    this.#showOwn();
    this.#controls.show();
    if (call.remote && this.#remote.srcObject !== call.remote) this.#showRemote(call, call.remote);
    const leftMs = call.answersAt === null || call.phase === "accepted" ? null : Math.max(0, call.answersAt - performance.now());
    const seconds = leftMs === null ? null : Math.ceil(leftMs / 1000);
    this.#wholeMs = Math.max(this.#wholeMs, leftMs ?? 0);
    this.#dial.classList.toggle("idle", !leftMs);
    this.#dial.style.setProperty("--left", String(leftMs && this.#wholeMs ? leftMs / this.#wholeMs : 0));
    say(this.#seconds, seconds ? String(seconds) : "");
    say(this.#state, stageWords(call, seconds));
    say(this.#hangUp, words(call.phase === "accepted" ? "stage.hang_up" : "stage.stop_ringing"));
    this.#showTheirs(call);
    const banner = this.#bannerWords(call);
    this.#banner.hidden = banner === "";
    say(this.#banner, banner);
    this.#comparing.show(call);
    marksInto(this.#marks, call);
    this.#showQuality(call);
  }

  /** Another language: what stands in the list is said anew. */
  say() {
    this.#marks.replaceChildren();
  }

  /** Another view takes its place for now: what is sent goes on, or waits. */
  leave() {
    this.#media = null;
    this.clear();
  }

  /** The call is over: no picture stays. */
  clear() {
    this.#remote.srcObject = null;
    this.#own.srcObject = null;
    this.#own.hidden = true;
    this.#view.classList.remove("has-picture");
    this.#media?.close();
    this.#media = null;
    this.#controls.end();
    this.#comparing.clear();
    this.#stillness.end();
    this.#theirs.clear();
    mayDoze();
  }

  /** @param {Call} call */
  #showQuality({ quality }) {
    this.#quality.hidden = quality === null;
    if (quality === null) return;
    const { frames_per_second: frames = 0, packets_lost_percent: lost = 0, round_trip_ms: trip = "–" } = quality;
    say(this.#quality, callWords("quality", { frames: Math.round(frames), lost: Math.round(lost), trip }));
  }

  /** @param {Call} call */
  #showTheirs(call) {
    const told = { name: nameOf(call) };
    const sayings = { camera: callWords("theirs.camera", told), microphone: callWords("theirs.microphone", told), both: callWords("theirs.both", told) };
    this.#theirs.show(call.theirs, sayings);
    if (!call.theirs.camera) this.#stillness.excuse();
  }

  /** @param {Call} call */
  #bannerWords(call) {
    if (call.path === "lost") return words("stage.lost");
    return this.#stillness.isStill ? callWords("remote.still") : "";
  }

  /**
   * @param {Call} call
   * @param {MediaStream} stream
   */
  #showRemote(call, stream) {
    this.#remote.srcObject = stream;
    void playAloud(this.#remote, element("sound-on", HTMLButtonElement));
    this.#remote.requestVideoFrameCallback(() => {
      if (call.phase !== "accepted") return;
      this.#view.classList.add("has-picture");
      call.timeline.markOnce("picture");
      this.#stillness.begin();
    });
  }

  /** One's own picture while the camera is on; in a mirror, if it is of oneself. */
  #showOwn() {
    const media = this.#media;
    const isOn = media !== null && media.standing.camera === "on";
    if (isOn && this.#own.srcObject !== media.stream) this.#own.srcObject = media.stream;
    this.#own.classList.toggle("mirror", media?.isMirrored ?? true);
    this.#own.hidden = !isOn || this.#own.readyState < HTMLMediaElement.HAVE_CURRENT_DATA;
  }
}
