/**
 * What stands on a robot's screen: the drawing, one caption, the camera's picture while it reads a code, two buttons. And the student's sound.
 *
 * It decides nothing, and shows nobody's picture but the code's.
 */

import { element, say } from "../family/dom.js";
import { Body } from "../sdk/control/robot.js";
import { Drawing } from "./drawing.js";

/** The app has been silent for so long that the student may not be there any more. */
const SILENT_SECONDS = 3;
/** A voice that the neighbour hears and the class doesn't. */
const WHISPER = 0.2;
const KEYS = Object.freeze({ o: "power", r: "read" });

/**
 * @typedef {import("../words/av1.js").Av1Words} Av1Words
 * @typedef {{heading: string, text: string}} Caption
 * @typedef {object} Scene
 * @property {import("../sdk/socket.js").SocketState} state
 * @property {import("./visits.js").Visits} visits
 * @property {"coming" | "on" | null} visit
 * @property {import("./standing.js").Standing} standing
 * @property {import("./reader.js").Reader} reader
 * @property {boolean} isKnown whether its student's keys are
 * @property {boolean} mayRead
 * @property {{reason: string | null} | null} after
 */

/** The elements of the page. */
export class Screen {
  viewfinder = element("viewfinder", HTMLVideoElement);
  #words;
  #drawing = new Drawing();
  #heading = element("heading", HTMLHeadingElement);
  #text = element("text", HTMLParagraphElement);
  #power = element("power", HTMLButtonElement);
  #read = element("read", HTMLButtonElement);
  #sound = element("sound", HTMLAudioElement);

  /** @param {Av1Words} words */
  constructor(words) {
    this.#words = words;
    this.#drawing.label = words.drawn(new Body().told());
    this.viewfinder.setAttribute("aria-label", words.viewfinder);
    element("back", HTMLElement).setAttribute("aria-label", words.buttons);
  }

  /** @param {{power: () => void, read: () => void}} told */
  pressed(told) {
    this.#power.addEventListener("click", told.power);
    this.#read.addEventListener("click", told.read);
    addEventListener("keydown", ({ key, repeat, ctrlKey, altKey, metaKey }) => {
      const which = /** @type {"power" | "read" | undefined} */ (KEYS[/** @type {"o" | "r"} */ (key.toLowerCase())]);
      if (which && !repeat && !ctrlKey && !altKey && !metaKey) told[which]();
    });
  }

  /** @param {string} which a notice of the catalogue */
  notice(which) {
    this.#caption("notice", this.#words.notices[which] ?? this.#words.notices.unreachable);
    element("back", HTMLElement).hidden = true;
  }

  /** @param {Scene} scene */
  show(scene) {
    const { visits, standing, reader, mayRead } = scene;
    const robot = visits.body.told();
    this.#drawing.show(robot, standing.isBlocked ? "blocked" : standing.isOn ? "on" : "off");
    this.#drawing.label = this.#words.drawn(robot);
    this.#play(visits.sound, robot);
    if (scene.state === "refused" || scene.state === "superseded") return this.notice(scene.state);
    const [view, caption] = this.#captionOf(scene);
    this.#caption(view, caption);
    this.viewfinder.hidden = view !== "reading" || reader.stage === "blind" || reader.stage === "met";
    say(this.#power, standing.isOn ? this.#words.turnOff : this.#words.turnOn);
    say(this.#read, reader.isOpen ? this.#words.stopReading : this.#words.readCode);
    this.#read.disabled = !mayRead;
    element("back", HTMLElement).hidden = false;
  }

  /**
   * @param {MediaStream | null} sound
   * @param {import("../sdk/control/words.js").Robot} robot
   */
  #play(sound, { volume, whisper }) {
    if (this.#sound.srcObject !== sound) {
      this.#sound.srcObject = sound;
      if (sound) this.#sound.play().catch(() => undefined);
    }
    this.#sound.volume = Math.min(volume / 100, whisper ? WHISPER : 1);
  }

  /**
   * @param {Scene} scene
   * @returns {[string, Caption]}
   */
  #captionOf({ state, visits, visit, standing, reader, isKnown, after }) {
    const words = this.#words;
    if (visit === "coming") return ["coming", words.coming];
    if (visit === "on") return this.#captionOfVisit(visits);
    if (standing.isBlocked) return ["blocked", words.blocked];
    if (!standing.isOn) return ["off", words.off];
    if (reader.stage !== "shut") return ["reading", { heading: words.reading[reader.stage], text: this.#readingText(reader) }];
    if (after) return ["after", { heading: words.over, text: (after.reason && words.ended[after.reason]) || "" }];
    if (state !== "online") return ["idle", { heading: words.idle.heading, text: words.offline }];
    return ["idle", isKnown ? words.idle : words.unlinked];
  }

  /**
   * @param {import("./visits.js").Visits} visits
   * @returns {[string, Caption]}
   */
  #captionOfVisit({ body: { lit, shown }, silentSeconds }) {
    const words = this.#words;
    if (!lit) return ["lost", words.lost];
    if (silentSeconds >= SILENT_SECONDS) return ["weak", words.weak];
    if (shown.hand) return ["here", words.hand];
    return ["here", shown.passive ? words.passive : words.here];
  }

  /** @param {import("./reader.js").Reader} reader */
  #readingText({ stage, failure }) {
    if (stage === "failed") return this.#words.failures[failure] ?? this.#words.failures.other;
    return stage === "looking" ? this.#words.readingHow : "";
  }

  /**
   * @param {string} view
   * @param {Caption} caption
   */
  #caption(view, { heading, text }) {
    document.body.dataset.view = view;
    say(this.#heading, heading);
    say(this.#text, text);
  }
}
