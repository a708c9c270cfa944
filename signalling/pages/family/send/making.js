/**
 * Makes a picture that may be sent of a file that somebody chose: decoded, turned upright, no larger than a Komp shows, and written anew as JPEG.
 *
 * Only what is seen goes on: where and when it was taken, and by which camera, stays behind. Nothing of the file is kept or sent.
 */

import { LONGEST_SIDE } from "../../sdk/greetings.js";

/** Of a phone's photograph, and more. */
export const FILE_BYTES = 64 * 1024 * 1024;
/** What a picture may take on the way and on the Komp. */
const PICTURE_BYTES = 2 * 1024 * 1024;
const QUALITIES = [0.86, 0.75, 0.6, 0.4];
const THUMBNAIL_PIXELS = 160;

/** It can't be sent; `code` says why. */
export class Unusable extends Error {
  /** @param {"unreadable" | "too_large"} code */
  constructor(code) {
    super(`The picture can't be used: ${code}.`);
    this.code = code;
  }
}

/**
 * The picture as it will be sent.
 * @param {Blob} file
 * @returns {Promise<Blob>} JPEG
 * @throws {Unusable}
 */
export async function pictureOf(file) {
  if (file.size > FILE_BYTES) throw new Unusable("too_large");
  const canvas = await drawn(file, LONGEST_SIDE);
  for (const quality of QUALITIES) {
    const picture = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (picture.size <= PICTURE_BYTES) return picture;
  }
  throw new Unusable("too_large");
}

/**
 * A small one of it, for this browser's own list.
 * @param {Blob} picture
 */
export async function thumbnailOf(picture) {
  return (await drawn(picture, THUMBNAIL_PIXELS)).convertToBlob({ type: "image/jpeg", quality: 0.8 });
}

/**
 * @param {Blob} file
 * @param {number} longest pixels of the longer side
 */
async function drawn(file, longest) {
  let found;
  try {
    found = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new Unusable("unreadable");
  }
  const scale = Math.min(1, longest / Math.max(found.width, found.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(found.width * scale)), Math.max(1, Math.round(found.height * scale)));
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff"; // behind what is see-through
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(found, 0, 0, canvas.width, canvas.height);
  found.close();
  return canvas;
}
