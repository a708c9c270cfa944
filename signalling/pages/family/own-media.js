/**
 * The user's own sound and picture in one call: muted or not, on or off, from this device or that one, whatever is plugged in or out meanwhile.
 *
 * The stream stays the same; its tracks change, and the call is told. A camera that is off is let go: its light is out, and nothing of it is sent. Nothing
 * is opened that its user has not asked for.
 */

import { openCamera, pictureOf, soundOf } from "./camera.js";
import { chooseDevice, chosenDevices, pluggedIn } from "./devices.js";
import { isDenied, troubleOf } from "./trouble.js";
import { keepWishes, NONE } from "./wishes.js";

/**
 * How one of the two stands. `starting`: asked for. `off`: its user's wish. `missing`: not there, and `trouble` says why.
 * @typedef {"starting" | "on" | "off" | "missing"} Standing
 * @typedef {"camera" | "microphone"} Own
 * @typedef {import("./trouble.js").Trouble | "unplugged" | "taken"} OwnTrouble `taken`: the browser ended it
 */

/** The two, by the kind of their track. */
const OF_TRACK = Object.freeze({ video: "camera", audio: "microphone" });
const TRACK_OF = Object.freeze({ camera: "video", microphone: "audio" });

/** From the press of the button to the end of a call. */
export class OwnMedia {
  /** What goes out. */
  stream = new MediaStream();
  isMuted = false;
  /** @type {Record<Own, Standing>} */
  standing = { camera: "starting", microphone: "starting" };
  /** @type {Record<Own, OwnTrouble | null>} */
  trouble = { camera: null, microphone: null };
  /**
   * What came of a device that went: the name of the one that took its place.
   * @type {{kind: Own, label: string} | null}
   */
  replaced = null;
  #changed;
  #sent = async () => {};
  /** @type {(sends: import("../sdk/sending.js").Sends) => void} */
  #tellsOf = () => {};
  #isOn = { camera: true, microphone: true };
  #isClosed = false;
  /** @type {Promise<void>} one thing after the other */
  #turn = Promise.resolve();
  #plugged = () => void this.#take(() => this.#lookAround());

  /**
   * @param {() => void} changed something that a screen shows is different
   * @param {import("./wishes.js").Wishes} [wishes] how it begins
   */
  constructor(changed, wishes = NONE) {
    this.#changed = changed;
    this.#wish(wishes);
    navigator.mediaDevices?.addEventListener("devicechange", this.#plugged);
  }

  /**
   * Whose stream it is: told of each change of its tracks, and of what is off, for the other end.
   * @param {{tracksChanged: () => Promise<void>, tellSending: (sends: import("../sdk/sending.js").Sends) => void}} call
   */
  sendIn(call) {
    this.#sent = () => call.tracksChanged();
    this.#tellsOf = (sends) => call.tellSending(sends);
    this.#sayWhatIsOff();
  }

  /**
   * Ask for camera and microphone.
   * @param {import("./wishes.js").Wishes} [wishes] how it begins, where that isn't said yet
   * @returns {Promise<MediaStream>} rejects where the user has neither, or the browser says no
   */
  async open(wishes) {
    if (wishes) this.#wish(wishes);
    /** @type {OwnTrouble} */
    let why = "none";
    if (this.standing.camera === "off") {
      await this.#reopen("microphone", soundOf({ id: chosenDevices().microphone }));
      return this.stream;
    }
    try {
      const stream = await openCamera(chosenDevices(), (problem) => (why = troubleOf(problem)));
      for (const track of stream.getTracks()) this.#keep(track);
    } catch (problem) {
      for (const kind of /** @type {Own[]} */ (["camera", "microphone"])) this.#miss(kind, troubleOf(problem));
      this.#sayWhatIsOff();
      throw problem;
    }
    for (const kind of /** @type {Own[]} */ (["camera", "microphone"])) if (!this.#track(kind)) this.#miss(kind, why);
    await this.#tell();
    return this.stream;
  }

  /** The device that is in use. @param {Own} kind */
  deviceOf(kind) {
    return this.#track(kind)?.getSettings().deviceId ?? "";
  }

  /** Whether one's own picture is of oneself: then it is shown as in a mirror. */
  get isMirrored() {
    return this.#track("camera")?.getSettings().facingMode !== "environment";
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    this.isMuted = isMuted;
    for (const track of this.stream.getAudioTracks()) track.enabled = !isMuted;
    this.#keepWishes();
    this.#sayWhatIsOff();
    this.#changed();
  }

  /** @param {boolean} isOff */
  turnCamera(isOff) {
    return this.#take(async () => {
      if (isOff) {
        this.#drop("camera");
        this.standing.camera = "off";
        this.trouble.camera = null;
        this.#keepWishes();
        await this.#tell();
      } else {
        await this.#reopen("camera", pictureOf({ id: chosenDevices().camera }));
        this.#keepWishes();
      }
    });
  }

  /** The other way round: the camera that looks away from the user, or at them again; where none says which it is, the next one. */
  turnAround() {
    return this.#take(async () => {
      const { facingMode, deviceId = "" } = this.#track("camera")?.getSettings() ?? {};
      const facing = facingMode === "environment" ? "user" : "environment";
      if (facingMode && (await this.#reopen("camera", pictureOf({ facing, isExact: true })))) return;
      const { camera: all } = await pluggedIn();
      const next = all[(all.findIndex(({ id }) => id === deviceId) + 1) % all.length];
      if (next) await this.#reopen("camera", pictureOf({ id: next.id, isExact: true }));
    });
  }

  /**
   * Use that device, now and from now on.
   * @param {Own} kind
   * @param {string} id
   */
  choose(kind, id) {
    return this.#take(async () => {
      const before = this.deviceOf(kind);
      chooseDevice(kind, id);
      if (this.standing[kind] === "off" || (await this.#reopen(kind, wanted(kind, id, true)))) return;
      const { [kind]: why } = this.trouble;
      if (before !== "" && before !== id && (await this.#reopen(kind, wanted(kind, before, true)))) this.trouble[kind] = why;
    });
  }

  /** The call is over: camera and microphone are let go. */
  close() {
    this.#isClosed = true;
    keepWishes(null);
    navigator.mediaDevices?.removeEventListener("devicechange", this.#plugged);
    for (const track of this.stream.getTracks()) track.stop();
  }

  /** @param {import("./wishes.js").Wishes} wishes */
  #wish({ isMuted, isCameraOff }) {
    this.isMuted = isMuted;
    if (isCameraOff) this.standing.camera = "off";
  }

  #keepWishes() {
    keepWishes({ isMuted: this.isMuted, isCameraOff: this.standing.camera === "off" });
  }

  /** @param {Own} kind */
  #track(kind) {
    return this.stream.getTracks().find((track) => track.kind === TRACK_OF[kind]) ?? null;
  }

  /** @param {MediaStreamTrack} track */
  #keep(track) {
    const kind = OF_TRACK[/** @type {"audio" | "video"} */ (track.kind)];
    if (this.#isClosed) return track.stop();
    this.stream.addTrack(track);
    track.enabled = kind === "camera" || !this.isMuted;
    track.onended = () => void this.#take(() => this.#ended(kind, track));
    this.standing[kind] = "on";
    this.trouble[kind] = null;
  }

  /**
   * @param {Own} kind
   * @param {OwnTrouble} trouble
   */
  #miss(kind, trouble) {
    this.standing[kind] = "missing";
    this.trouble[kind] = trouble;
  }

  /** @param {Own} kind */
  #drop(kind) {
    const track = this.#track(kind);
    if (!track) return;
    track.onended = null;
    track.stop();
    this.stream.removeTrack(track);
  }

  /**
   * Let go of what there is, as phones have one camera at a time, and open another.
   * @param {Own} kind
   * @param {MediaTrackConstraints} constraints
   * @returns {Promise<boolean>}
   */
  async #reopen(kind, constraints) {
    this.#drop(kind);
    this.standing[kind] = "starting";
    this.replaced = null;
    await this.#tell();
    try {
      const asked = kind === "camera" ? { video: constraints } : { audio: constraints };
      for (const track of (await navigator.mediaDevices.getUserMedia(asked)).getTracks()) this.#keep(track);
    } catch (problem) {
      this.#miss(kind, troubleOf(problem));
    }
    await this.#tell();
    return this.#track(kind) !== null;
  }

  /**
   * Its track ended, and not by this page.
   * @param {Own} kind
   * @param {MediaStreamTrack} track
   */
  async #ended(kind, track) {
    if (this.#track(kind) !== track) return;
    const { deviceId = "" } = track.getSettings();
    const isThere = (await pluggedIn())[kind].some(({ id }) => id === deviceId);
    if (isThere || (await isDenied(kind))) {
      this.#drop(kind);
      this.#miss(kind, "taken");
      await this.#tell();
    } else {
      await this.#fallBack(kind);
    }
  }

  /**
   * Its device is gone: another one, if there is one.
   * @param {Own} kind
   */
  async #fallBack(kind) {
    if (!(await this.#reopen(kind, kind === "camera" ? pictureOf() : soundOf()))) {
      this.trouble[kind] = "unplugged";
    } else {
      this.replaced = { kind, label: this.#track(kind)?.label ?? "" };
    }
    this.#changed();
  }

  /** Something was plugged in or out. */
  async #lookAround() {
    const found = await pluggedIn();
    for (const kind of /** @type {Own[]} */ (["camera", "microphone"])) {
      const inUse = this.deviceOf(kind);
      const isGone = inUse !== "" && found[kind].length > 0 && !found[kind].some(({ id }) => id === inUse);
      const isBack = this.trouble[kind] === "unplugged" && found[kind].length > 0;
      if (isGone || isBack) await this.#fallBack(kind);
    }
    this.#changed();
  }

  async #tell() {
    if (this.#isClosed) return;
    this.#sayWhatIsOff();
    await this.#sent();
    this.#changed();
  }

  /** To the other end. What is starting is as it was: another camera, or the first one, is no word. */
  #sayWhatIsOff() {
    for (const kind of /** @type {Own[]} */ (["camera", "microphone"])) {
      if (this.standing[kind] !== "starting") this.#isOn[kind] = this.standing[kind] === "on";
    }
    this.#tellsOf({ camera: this.#isOn.camera, microphone: this.#isOn.microphone && !this.isMuted });
  }

  /** @param {() => Promise<unknown>} act */
  #take(act) {
    this.#turn = this.#turn.then(() => (this.#isClosed ? undefined : act())).then(() => undefined);
    return this.#turn;
  }
}

/**
 * @param {Own} kind
 * @param {string} id
 * @param {boolean} isExact
 */
function wanted(kind, id, isExact) {
  return kind === "camera" ? pictureOf({ id, isExact: isExact && id !== "" }) : soundOf({ id, isExact });
}
