/**
 * The robot on the screen: a head that turns, eyes, a light. It is drawn from what the body says of itself and from nothing else, so that it can't look
 * otherwise than it is. It is seen from before it: what it turns to its right goes to the left on the screen.
 */

/** How far the face travels over the round head, in the drawing's own units. */
const SIDEWAYS = 92;
const UPWARDS = 46;
/** How far a hanging head sinks, and bends forwards. */
const SINKS = 20;

/** @typedef {import("../sdk/control/words.js").Robot} Robot */

/** The one drawing of the page. */
export class Drawing {
  #robot = part("robot");
  #head = part("robot-head");
  #face = part("robot-face");

  /**
   * @param {Robot} robot how it stands
   * @param {"on" | "off" | "blocked"} power
   */
  show({ lit, pan, tilt, hand, passive, mute, eyes }, power) {
    const { dataset } = this.#robot;
    dataset.lit = String(lit);
    dataset.eyes = lit ? eyes : "dark";
    dataset.light = lit && hand ? "hand" : lit && passive ? "passive" : "none";
    dataset.mute = String(lit && mute);
    dataset.power = power;
    dataset.pan = String(pan);
    dataset.tilt = String(tilt);
    const [turned, bent] = [radians(pan), radians(tilt)];
    dataset.side = Math.cos(turned) < 0.12 ? "back" : "front";
    this.#head.style.transform = `translateY(${round(-Math.sin(bent) * SINKS)}px) scaleY(${round(1 - Math.abs(bent) * 0.06)})`;
    const squeezed = Math.max(0.12, Math.cos(turned));
    this.#face.style.transform =
      `translate(${round(-Math.sin(turned) * SIDEWAYS)}px, ${round(-Math.sin(bent) * UPWARDS)}px) scale(${round(squeezed)}, ${round(Math.cos(bent))})`;
  }

  /** @param {string} label what the drawing shows, for who can't see it */
  set label(label) {
    if (this.#robot.getAttribute("aria-label") !== label) this.#robot.setAttribute("aria-label", label);
  }
}

/**
 * What was drawn is on the screen. On a page that nobody can see that never comes.
 * @returns {Promise<void>}
 */
export function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}

/**
 * @param {string} id
 * @returns {SVGElement}
 */
function part(id) {
  const found = document.getElementById(id);
  if (!(found instanceof SVGElement)) throw new TypeError("The page has no drawing of that id.");
  return found;
}

/** @param {number} degrees */
function radians(degrees) {
  return (degrees * Math.PI) / 180;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 1000) / 1000;
}
