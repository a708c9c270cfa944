/**
 * The knob: power and volume, one step at a time. Any keyboard, remote control or wheel that sends keys or wheel events is one.
 *
 * Arrow keys and `+` `-` are steps, `O` is the switch; a step upwards also turns it on again. It remembers volume and off over a restart, so that a screen
 * that was turned off stays off.
 */

const LOUDER = new Set(["ArrowUp", "ArrowRight", "+", "AudioVolumeUp"]);
const SOFTER = new Set(["ArrowDown", "ArrowLeft", "-", "AudioVolumeDown"]);
const SWITCH = new Set(["o", "O", "Power"]);
/** Wheel events closer together than this are one step. */
const WHEEL_PAUSE_MS = 80;
const STEPS = 10;
const KEPT = "narvaro.knob";

/**
 * `up`: a wheel that is turned away from oneself is louder; `down`: the other way round; `none`: the wheel is no knob.
 * @typedef {"up" | "down" | "none"} Wheel
 * @typedef {{turned: () => void, switched: (isOn: boolean) => void}} KnobEvents
 */

/** One knob. */
export class Knob {
  /** From 1 to 10: it never goes to silence. */
  volume = 6;
  isOn = true;
  #events;
  #lastWheel = 0;

  /**
   * @param {Wheel} wheel
   * @param {KnobEvents} events
   */
  constructor(wheel, events) {
    this.#events = events;
    this.#recall();
    addEventListener("keydown", (event) => this.#key(event));
    if (wheel !== "none") addEventListener("wheel", (event) => this.#wheel(event, wheel === "up" ? -1 : 1), { passive: true });
  }

  /** From 0.1 to 1, as a media element takes it. */
  get loudness() {
    return this.volume / STEPS;
  }

  /** @param {KeyboardEvent} event */
  #key({ key, repeat, ctrlKey, altKey, metaKey }) {
    if (ctrlKey || altKey || metaKey) return;
    if (LOUDER.has(key)) this.#step(1);
    else if (SOFTER.has(key)) this.#step(-1);
    else if (SWITCH.has(key) && !repeat) this.#switch(!this.isOn);
  }

  /**
   * @param {WheelEvent} event
   * @param {1 | -1} louder the sign of a turn that is louder
   */
  #wheel({ deltaY, timeStamp }, louder) {
    if (deltaY === 0 || timeStamp - this.#lastWheel < WHEEL_PAUSE_MS) return;
    this.#lastWheel = timeStamp;
    this.#step(Math.sign(deltaY) === louder ? 1 : -1);
  }

  /** @param {1 | -1} by */
  #step(by) {
    if (!this.isOn) return by > 0 ? this.#switch(true) : undefined;
    this.volume = Math.min(STEPS, Math.max(1, this.volume + by));
    this.#keep();
    this.#events.turned();
  }

  /** @param {boolean} isOn */
  #switch(isOn) {
    this.isOn = isOn;
    this.#keep();
    this.#events.switched(isOn);
  }

  #keep() {
    try {
      localStorage.setItem(KEPT, JSON.stringify({ volume: this.volume, isOn: this.isOn }));
    } catch {
      // A browser that keeps nothing has a knob all the same.
    }
  }

  #recall() {
    try {
      const { volume, isOn } = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
      if (Number.isInteger(volume) && volume >= 1 && volume <= STEPS) this.volume = volume;
      this.isOn = isOn !== false;
    } catch {
      // What stands there isn't ours: as new.
    }
  }
}

/**
 * @param {string | null} asked what the address says
 * @returns {Wheel}
 */
export function wheelOf(asked) {
  return asked === "down" || asked === "none" ? asked : "up";
}
