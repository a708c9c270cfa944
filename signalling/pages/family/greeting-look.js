/**
 * How a picture or a message looks on a Komp: drawn on a canvas, because the pages' policy lets no picture in by address; words in a size that lets the whole
 * message stand. The Komp shows it so, and the sending page beforehand.
 */

import { LONGEST_SIDE } from "../sdk/greetings.js";
import { say } from "./dom.js";

/** Words get smaller in steps: up to so many characters, that size. */
const SIZES = /** @type {const} */ ([[60, "huge"], [160, "large"], [320, "middling"], [Infinity, "small"]]);
/** More lines than these run on. */
const LINES = 8;

/**
 * The picture, or null where it is none or larger than a sending page makes them.
 * @param {Blob} octets
 */
export async function decodedPicture(octets) {
  try {
    const picture = await createImageBitmap(octets);
    if (Math.max(picture.width, picture.height) <= LONGEST_SIDE) return picture;
    picture.close();
  } catch {
    // It can't be read: it isn't shown.
  }
  return null;
}

/**
 * @param {HTMLCanvasElement} canvas style fits it to where it stands
 * @param {ImageBitmap} picture
 */
export function drawPicture(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(picture, 0, 0);
}

/**
 * @param {HTMLElement} target
 * @param {string} text
 */
export function setWords(target, text) {
  const lines = text.trim().split(/\n+/);
  const words = lines.length > LINES ? lines.join(" ") : text.trim().replace(/\n{2,}/g, "\n\n");
  say(target, words);
  target.dataset.size = SIZES.find(([characters]) => [...words].length <= characters)?.[1];
}
