/**
 * The buttons of a call: mute, camera, the other camera, devices, full screen. By finger, by mouse, and by the keys M and V.
 *
 * What a button did is said once to a screen reader; how things stand is on the screen as long as they do.
 */

import { chooseDevice, chosenDevices, pluggedIn, soundThrough } from "./devices.js";
import { DevicePicker } from "./device-picker.js";
import { element, say } from "./dom.js";
import { CALL, words } from "./words/call.js";

/** @typedef {import("./own-media.js").OwnMedia} OwnMedia */

const WRITES = "input, textarea, select";

/** The buttons over the picture. */
export class Controls {
  #mute = element("mute", HTMLButtonElement);
  #camera = element("camera-off", HTMLButtonElement);
  #turn = element("turn-around", HTMLButtonElement);
  #open = element("devices-open", HTMLButtonElement);
  #panel = element("devices", HTMLElement);
  #full = element("full-screen", HTMLButtonElement);
  #said = element("said", HTMLParagraphElement);
  #note = element("call-note", HTMLParagraphElement);
  #screen = element("screen", HTMLElement);
  #remote;
  #picker;
  #isSpeakerGone = false;
  #cameras = 0;
  /** @type {OwnMedia | null} */
  #own = null;

  /** @param {HTMLVideoElement} remote what sounds */
  constructor(remote) {
    this.#remote = remote;
    this.#picker = new DevicePicker(element("device-lists", HTMLElement), (kind, id) => this.#choose(kind, id));
    this.#mute.addEventListener("click", () => this.#toggleMute());
    this.#camera.addEventListener("click", () => this.#toggleCamera());
    this.#turn.addEventListener("click", () => void this.#own?.turnAround());
    this.#open.addEventListener("click", () => this.#openPanel(this.#panel.hidden !== false));
    element("devices-close", HTMLButtonElement).addEventListener("click", () => this.#openPanel(false));
    this.#full.hidden = !document.fullscreenEnabled;
    this.#full.addEventListener("click", () => void this.#toggleFullScreen());
    document.addEventListener("fullscreenchange", () => this.#full.setAttribute("aria-pressed", String(document.fullscreenElement !== null)));
    document.addEventListener("keydown", (event) => this.#pressed(event));
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#lookAround());
  }

  /** A call begins. @param {OwnMedia} own */
  begin(own) {
    this.#own = own;
    this.#isSpeakerGone = false;
    this.#openPanel(false);
    void soundThrough(this.#remote, chosenDevices().speaker ?? "");
    void this.#lookAround();
  }

  /** As things stand, and in the language that is spoken now. */
  show() {
    const own = this.#own;
    if (!own) return;
    this.#mute.setAttribute("aria-pressed", String(own.isMuted));
    this.#mute.disabled = own.standing.microphone === "missing";
    this.#camera.setAttribute("aria-pressed", String(own.standing.camera !== "on"));
    this.#camera.disabled = own.standing.camera === "starting";
    this.#turn.hidden = this.#cameras < 2 || own.standing.camera !== "on";
    const note = noteWords(own) || (this.#isSpeakerGone ? words("own.speaker_gone") : "");
    say(this.#note, note);
    this.#note.hidden = note === "";
  }

  /** The call is over. */
  end() {
    this.#own = null;
    this.#openPanel(false);
    say(this.#said, "");
    if (document.fullscreenElement) void document.exitFullscreen();
  }

  #toggleMute() {
    if (!this.#own) return;
    this.#own.mute(!this.#own.isMuted);
    say(this.#said, words(this.#own.isMuted ? "said.muted" : "said.unmuted"));
    this.show();
  }

  async #toggleCamera() {
    const own = this.#own;
    if (!own || own.standing.camera === "starting") return;
    await own.turnCamera(own.standing.camera === "on");
    if (own.standing.camera === "missing") say(this.#said, noteWords(own));
    else say(this.#said, words(own.standing.camera === "on" ? "said.camera_on" : "said.camera_off"));
    void this.#lookAround();
  }

  async #toggleFullScreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.#screen.requestFullscreen().catch(() => undefined);
  }

  /** @param {boolean} isOpen */
  #openPanel(isOpen) {
    if (this.#panel.hidden === !isOpen) return;
    this.#panel.hidden = !isOpen;
    this.#open.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) void this.#lookAround().then(() => this.#panel.querySelector("select")?.focus());
    else if (this.#own) this.#open.focus();
  }

  /**
   * @param {import("./devices.js").DeviceKind} kind
   * @param {string} id
   */
  async #choose(kind, id) {
    if (kind === "speaker") {
      chooseDevice(kind, id);
      this.#isSpeakerGone = !(await soundThrough(this.#remote, id));
    } else {
      await this.#own?.choose(kind, id);
    }
    await this.#lookAround();
  }

  /** What is plugged in now: the lists, whether there is another camera, and whether the speaker is still there. */
  async #lookAround() {
    const own = this.#own;
    if (!own) return;
    const { camera, speaker } = await pluggedIn();
    this.#cameras = camera.length;
    const { sinkId } = this.#remote;
    if (sinkId && speaker.length > 0 && !speaker.some(({ id }) => id === sinkId)) {
      await soundThrough(this.#remote, "");
      this.#isSpeakerGone = true;
    }
    await this.#picker.show((kind) => (kind === "speaker" ? this.#remote.sinkId : own.deviceOf(kind)));
    this.show();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const { key, target, repeat } = event;
    if (key === "Escape" && !this.#panel.hidden) return this.#openPanel(false);
    if (!this.#own || repeat || event.ctrlKey || event.metaKey || event.altKey || (target instanceof Element && target.matches(WRITES))) return;
    if (key.toLowerCase() === "m" && !this.#mute.disabled) this.#toggleMute();
    else if (key.toLowerCase() === "v") void this.#toggleCamera();
  }
}

/**
 * What stands on the screen of one's own sound and picture: what is wrong first, then what was chosen; empty where all is as usual.
 * @param {OwnMedia} own
 */
export function noteWords({ isMuted, standing, trouble, replaced }) {
  const both = `trouble.both.${trouble.microphone}`;
  if (trouble.microphone === trouble.camera && CALL.has(both)) return CALL.wordsOr(both, "trouble.microphone.other");
  if (trouble.microphone) return words(`trouble.microphone.${trouble.microphone}`);
  if (trouble.camera) return words(`trouble.camera.${trouble.camera}`);
  if (isMuted && standing.camera === "off") return words("own.both_off");
  if (isMuted) return words("own.muted");
  if (standing.camera === "off") return words("own.camera_off");
  return replaced ? words("own.replaced", { label: replaced.label }) : "";
}
