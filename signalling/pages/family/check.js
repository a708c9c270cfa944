/**
 * Camera, microphone and speaker, tried before a call: one's own picture, a bar that moves, a tone. Offered, and never in the way of a call.
 *
 * Nothing leaves the page, and everything is let go when the view is left.
 */

import { noteWords } from "./controls.js";
import { chooseDevice, chosenDevices } from "./devices.js";
import { DevicePicker } from "./device-picker.js";
import { element, say } from "./dom.js";
import { Level } from "./level.js";
import { OwnMedia } from "./own-media.js";
import { playTone } from "./tone.js";
import { showView } from "./views.js";
import { words } from "./words/check.js";

const TRIED = "narvaro.tried";
/** Louder than a quiet room. */
const HEARD = 0.08;

/** The view, while it is open. */
export class CheckView {
  #changed;
  #picture = element("check-picture", HTMLVideoElement);
  #meter = element("check-level", HTMLMeterElement);
  #hears = element("check-hears", HTMLParagraphElement);
  #trouble = element("check-trouble", HTMLParagraphElement);
  #offer = element("check-offer", HTMLParagraphElement);
  #level = new Level();
  #picker;
  /** @type {OwnMedia | null} */
  #own = null;
  #isHeard = false;

  /** @param {() => void} changed something that a screen shows is different */
  constructor(changed) {
    this.#changed = changed;
    this.#picker = new DevicePicker(element("check-lists", HTMLElement), (kind, id) => this.#choose(kind, id));
    element("check-open", HTMLButtonElement).addEventListener("click", () => this.open());
    element("check-again", HTMLButtonElement).addEventListener("click", () => this.open());
    element("check-done", HTMLButtonElement).addEventListener("click", () => this.close());
    element("check-tone", HTMLButtonElement).addEventListener("click", () => void playTone(chosenDevices().speaker ?? ""));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.close());
    this.#offer.hidden = hasTried();
  }

  get isOpen() {
    return this.#own !== null;
  }

  /** Ask for both, and show what they give. */
  open() {
    this.#letGo();
    const own = new OwnMedia(() => this.#own === own && this.show());
    this.#own = own;
    this.#isHeard = false;
    this.#changed();
    void own.open().catch(() => undefined).then(() => (this.#own === own ? this.#opened(own) : undefined));
    this.#look();
  }

  /** Leave, and let go of both. */
  close() {
    if (!this.isOpen) return;
    this.#letGo();
    this.#changed();
  }

  /** As things stand, in the language that is spoken now. */
  show() {
    const own = this.#own;
    if (!own) return;
    const isStarting = own.standing.camera === "starting" && own.standing.microphone === "starting";
    const isOn = own.standing.camera === "on";
    if (isOn && this.#picture.srcObject !== own.stream) this.#picture.srcObject = own.stream;
    this.#picture.hidden = !isOn;
    this.#picture.classList.toggle("mirror", own.isMirrored);
    this.#level.listen(own.stream.getAudioTracks()[0] ?? null);
    const trouble = noteWords(own);
    say(this.#trouble, trouble);
    this.#trouble.hidden = trouble === "";
    say(element("check-state", HTMLParagraphElement), isStarting ? words("check.starting") : isOn ? words("check.picture") : "");
    const isListening = own.standing.microphone === "on";
    this.#meter.hidden = !isListening;
    say(this.#hears, isListening ? words(this.#isHeard ? "check.heard" : "check.speak") : "");
    element("check-again", HTMLButtonElement).hidden = isStarting || trouble === "";
    showView("check", "check-heading");
  }

  /** @param {OwnMedia} own */
  async #opened(own) {
    if (own.standing.camera === "on" || own.standing.microphone === "on") remember();
    this.#offer.hidden = hasTried();
    await this.#picker.show((kind) => (kind === "speaker" ? chosenDevices().speaker ?? "" : own.deviceOf(kind)));
    if (this.#own === own) this.show();
  }

  /**
   * @param {import("./devices.js").DeviceKind} kind
   * @param {string} id
   */
  async #choose(kind, id) {
    const own = this.#own;
    if (kind === "speaker") chooseDevice(kind, id);
    else await own?.choose(kind, id);
    if (own) await this.#opened(own);
  }

  /** The bar follows the microphone as long as the view is open. */
  #look() {
    if (!this.#own) return;
    this.#meter.value = this.#level.now;
    if (!this.#isHeard && this.#level.now > HEARD) {
      this.#isHeard = true;
      this.show();
    }
    requestAnimationFrame(() => this.#look());
  }

  #letGo() {
    this.#own?.close();
    this.#own = null;
    this.#level.close();
    this.#picture.srcObject = null;
  }
}

/** Whether it was tried in this browser, with something to see or hear. */
function hasTried() {
  try {
    return localStorage.getItem(TRIED) !== null;
  } catch {
    return false; // nothing is kept here
  }
}

function remember() {
  try {
    localStorage.setItem(TRIED, "yes");
  } catch {
    // It is offered again next time.
  }
}
