/**
 * The classroom on the screen: the robot's picture, how the robot really stands, and whether it is there.
 *
 * It shows a picture only once the call hands it over, which is after the robot has lit its eyes, and keeps none.
 */

import { element, say } from "../family/dom.js";
import { playAloud } from "../family/sound.js";
import { words } from "./words.js";

/**
 * @typedef {import("../sdk/call.js").OutgoingCall} OutgoingCall
 * @typedef {import("./visit.js").Visit} Visit
 * @typedef {import("../sdk/control/words.js").Robot} Robot
 */

/** Received signal in dBm, and from where on it is called so. */
const SIGNALS = Object.freeze(/** @type {const} */ ([[-55, "robot.signal4"], [-67, "robot.signal3"], [-75, "robot.signal2"], [-200, "robot.signal1"]]));

/** The elements of the call's view but the tools. */
export class Classroom {
  #view = element("call", HTMLElement);
  #video = element("remote", HTMLVideoElement);
  #waiting = element("waiting", HTMLParagraphElement);
  #banner = element("banner", HTMLParagraphElement);
  #robot = element("robot", HTMLUListElement);
  #lit = element("robot-lit", HTMLSpanElement);
  #battery = element("robot-battery", HTMLLIElement);
  #signal = element("robot-signal", HTMLLIElement);

  constructor() {
    this.#video.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** The robot's picture. */
  get picture() {
    return this.#video;
  }

  /**
   * @param {OutgoingCall} call
   * @param {Visit | null} visit
   */
  show(call, visit) {
    if (call.remote && this.#video.srcObject !== call.remote) this.#take(call, call.remote);
    const isLost = call.path === "lost" || (visit?.isLost ?? false);
    const isDark = visit?.robot?.lit === false;
    this.#view.classList.toggle("is-lost", isLost || isDark);
    this.#banner.hidden = !(isLost || isDark);
    say(this.#banner, isLost ? words("stage.lost") : isDark ? words("stage.dark") : "");
    say(this.#waiting, waitingWords(call));
    this.#tell(isLost ? null : (visit?.robot ?? null));
  }

  /** The visit is over: no picture stays. */
  clear() {
    this.#video.srcObject = null;
    this.#view.classList.remove("has-picture", "is-lost");
    this.#tell(null);
  }

  /**
   * @param {OutgoingCall} call
   * @param {MediaStream} stream
   */
  #take(call, stream) {
    this.#video.srcObject = stream;
    void playAloud(this.#video, element("sound-on", HTMLButtonElement));
    this.#video.requestVideoFrameCallback(() => {
      if (call.phase !== "accepted") return;
      this.#view.classList.add("has-picture");
      call.timeline.markOnce("picture");
    });
  }

  /** @param {Robot | null} robot as it told of itself; null where nothing is known now */
  #tell(robot) {
    const { dataset } = this.#robot;
    dataset.lit = robot ? String(robot.lit) : "unknown";
    dataset.light = robot?.lit && robot.hand ? "hand" : robot?.lit && robot.passive ? "passive" : "none";
    say(this.#lit, words(robot ? (robot.lit ? "robot.lit" : "robot.dark") : "robot.unknown"));
    const percent = robot?.battery_percent ?? null;
    const dbm = robot?.signal_dbm ?? null;
    this.#battery.hidden = percent === null;
    this.#signal.hidden = dbm === null;
    say(this.#battery, percent === null ? "" : words("robot.battery", { percent }));
    const [, key] = SIGNALS.find(([least]) => dbm !== null && dbm >= least) ?? SIGNALS[3];
    say(this.#signal, dbm === null ? "" : words(key));
    this.#signal.dataset.bars = key.slice(-1);
  }
}

/** @param {OutgoingCall} call */
function waitingWords(call) {
  if (call.phase === "accepted") return words("stage.accepted");
  if (call.timeline.at("ringing") !== null) return words("stage.raising");
  return words(call.away ? "stage.away" : "stage.calling");
}
