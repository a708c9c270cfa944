/**
 * Looking around by finger, mouse and keys: a drag is a velocity, a tap a target, the arrow keys turn as long as they are held.
 *
 * It knows nothing of calls. Whatever ends a drag or takes the keyboard away stops the head.
 */

/** Degrees a second: the furthest drag, and an arrow key. */
const DRAG_DEGREES = 90;
const KEY_DEGREES = 40;
/** What the robot's camera sees from side to side, in degrees: where a tap is, beside where it looks now. */
export const FIELD_DEGREES = 60;
/** A finger that moved less has tapped. */
const TAP_PIXELS = 12;
/** Between two speeds of one drag: the robot takes twenty looks a second, and the stop must be among them. */
const BETWEEN_MS = 100;

const KEYS = Object.freeze({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] });

/**
 * @typedef {object} Looking
 * @property {(panDegrees: number, tiltDegrees: number) => void} beside look there, from where it looks now
 * @property {() => void} ahead look straight ahead
 * @property {(panSpeed: number, tiltSpeed: number) => void} turn in degrees a second; zero stops
 */

/** Listens on the picture, and on the keyboard while the picture is there. */
export class Look {
  #surface;
  #video;
  #stick;
  #looking;
  /** @type {{pointer: number, x: number, y: number, isDrag: boolean} | null} */
  #held = null;
  #keys = new Set();
  #turnedAt = 0;
  #later = 0;
  #isTurning = false;

  /**
   * @param {HTMLElement} surface
   * @param {HTMLVideoElement} video
   * @param {HTMLElement} stick shows where a drag pulls
   * @param {Looking} looking
   */
  constructor(surface, video, stick, looking) {
    this.#surface = surface;
    this.#video = video;
    this.#stick = stick;
    this.#looking = looking;
    surface.addEventListener("pointerdown", (event) => this.#down(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    surface.addEventListener("pointerup", (event) => this.#up(event));
    for (const lost of ["pointercancel", "lostpointercapture"]) surface.addEventListener(lost, () => this.stop());
    document.addEventListener("keydown", (event) => this.#keyDown(event));
    document.addEventListener("keyup", (event) => this.#keyUp(event));
    addEventListener("blur", () => this.stop());
  }

  /** Whatever was held is let go. */
  stop() {
    this.#held = null;
    this.#keys.clear();
    this.#stick.hidden = true;
    this.#turn(0, 0);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.#held || event.button !== 0) return;
    this.#surface.setPointerCapture(event.pointerId);
    this.#held = { pointer: event.pointerId, x: event.clientX, y: event.clientY, isDrag: false };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const held = this.#held;
    if (!held || event.pointerId !== held.pointer) return;
    const [x, y] = [event.clientX - held.x, event.clientY - held.y];
    held.isDrag ||= Math.hypot(x, y) > TAP_PIXELS;
    if (!held.isDrag) return;
    const { left, top, width, height } = this.#surface.getBoundingClientRect();
    const reach = Math.min(width, height) * 0.4;
    const [right, up] = [within(x / reach), within(-y / reach)];
    this.#turn(right * DRAG_DEGREES, up * DRAG_DEGREES);
    this.#stick.hidden = false;
    this.#stick.style.setProperty("--x", `${held.x - left}px`);
    this.#stick.style.setProperty("--y", `${held.y - top}px`);
    this.#stick.style.setProperty("--right", String(right));
    this.#stick.style.setProperty("--up", String(up));
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const held = this.#held;
    if (!held || event.pointerId !== held.pointer) return;
    this.stop();
    if (!held.isDrag) this.#tap(event);
  }

  /** @param {PointerEvent} event */
  #tap({ clientX, clientY }) {
    const { left, top, width, height } = this.#video.getBoundingClientRect();
    const { videoWidth, videoHeight } = this.#video;
    if (!videoWidth || !videoHeight) return;
    const scale = Math.min(width / videoWidth, height / videoHeight);
    const right = (clientX - left - width / 2) / (videoWidth * scale);
    const up = -(clientY - top - height / 2) / (videoWidth * scale);
    if (Math.abs(right) <= 0.5) this.#looking.beside(right * FIELD_DEGREES, up * FIELD_DEGREES);
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (!this.#hears(event)) return;
    if (event.key === "Home") this.#looking.ahead();
    else if (!Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    if (event.key === "Home" || this.#keys.has(event.key)) return;
    this.#keys.add(event.key);
    this.#turnByKeys();
  }

  /** @param {KeyboardEvent} event */
  #keyUp({ key }) {
    if (this.#keys.delete(key)) this.#turnByKeys();
  }

  /** @param {KeyboardEvent} event */
  #hears({ target, altKey, ctrlKey, metaKey }) {
    const isTyping = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    return this.#surface.checkVisibility() && !isTyping && !altKey && !ctrlKey && !metaKey;
  }

  #turnByKeys() {
    const held = Object.entries(KEYS).filter(([key]) => this.#keys.has(key));
    const [right, up] = held.reduce(([pan, tilt], [, [x, y]]) => [pan + x, tilt + y], [0, 0]);
    this.#turn(right * KEY_DEGREES, up * KEY_DEGREES);
  }

  /**
   * A stop goes out at once, and a speed not too soon after the last one.
   * @param {number} panSpeed
   * @param {number} tiltSpeed
   */
  #turn(panSpeed, tiltSpeed) {
    clearTimeout(this.#later);
    const isStop = panSpeed === 0 && tiltSpeed === 0;
    if (isStop && !this.#isTurning) return;
    const waitMs = this.#isTurning && !isStop ? this.#turnedAt + BETWEEN_MS - performance.now() : 0;
    if (waitMs > 0) return void (this.#later = setTimeout(() => this.#turn(panSpeed, tiltSpeed), waitMs));
    this.#turnedAt = performance.now();
    this.#isTurning = !isStop;
    this.#looking.turn(panSpeed, tiltSpeed);
  }
}

/** @param {number} part */
function within(part) {
  return Math.max(-1, Math.min(1, part));
}
