/**
 * How a picture or a message looks on a Komp: drawn on a canvas, because the pages' policy lets no picture in by address; words in a size that lets the whole
 * message stand. The Komp shows it so, and the sending page beforehand.
 */

import { LONGEST_SIDE } from "../sdk/greetings.js";
import { say } from "./dom.js";

/** Words get smaller in steps: so many lines of so many characters at each size. What fits none runs on without its own lines. */
const SIZES = /** @type {const} */ ([
  { name: "huge", lines: 4, characters: 16 },
  { name: "large", lines: 6, characters: 25 },
  { name: "middling", lines: 9, characters: 34 },
  { name: "small", lines: 12, characters: 46 },
]);

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
  const size = SIZES.find((one) => lines.reduce((sum, line) => sum + Math.ceil([...line].length / one.characters), 0) <= one.lines);
  say(target, size ? lines.join("\n") : lines.join(" "));
  target.dataset.size = size?.name ?? "small";
}
