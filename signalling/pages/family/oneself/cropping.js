/**
 * Choosing a square of a picture, on the screen. What comes out are pixels alone, drawn anew: where and when it was taken, and by what, stays behind.
 */

import { element } from "../dom.js";
import { MIDDLE, moved, squareOf } from "./crop.js";

/** Sides of what comes out, in pixels. */
export const SIDE = 512;
const QUALITY = 0.86;
const STEP = 0.05;
/** @type {Record<string, {right?: number, down?: number}>} */
const KEYS = { ArrowLeft: { right: -STEP }, ArrowRight: { right: STEP }, ArrowUp: { down: -STEP }, ArrowDown: { down: STEP } };

/** The file isn't a picture that this browser knows. */
export class NoPicture extends Error {}

/**
 * Let somebody choose a square of that picture; a JPEG of 512 by 512, or null if they thought better of it.
 * @param {Blob} file
 * @returns {Promise<Blob | null>}
 * @throws {NoPicture}
 */
export async function cropped(file) {
  const picture = await createImageBitmap(file).catch(() => {
    throw new NoPicture("That isn't a picture.");
  });
  try {
    return await chosen(picture);
  } finally {
    picture.close();
  }
}

/** @param {ImageBitmap} picture */
async function chosen(picture) {
  const dialog = element("crop", HTMLDialogElement);
  const canvas = element("crop-canvas", HTMLCanvasElement);
  const zoom = element("crop-zoom", HTMLInputElement);
  canvas.width = canvas.height = SIDE;
  let crop = moved(picture, MIDDLE, {});
  /** @param {{right?: number, down?: number, zoom?: number}} by */
  const move = (by) => {
    crop = moved(picture, crop, by);
    draw(canvas, picture, squareOf(picture, crop));
  };
  zoom.value = "1";
  zoom.oninput = () => move({ zoom: Number(zoom.value) });
  canvas.onkeydown = (event) => {
    if (!KEYS[event.key]) return;
    event.preventDefault();
    move(KEYS[event.key]);
  };
  canvas.onpointerdown = ({ pointerId }) => canvas.setPointerCapture(pointerId);
  canvas.onpointermove = ({ pointerId, movementX, movementY }) => {
    if (canvas.hasPointerCapture(pointerId)) move({ right: -movementX / canvas.clientWidth, down: -movementY / canvas.clientHeight });
  };
  move({});
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  const taken = dialog.returnValue === "yes" ? await jpegOf(canvas) : null;
  canvas.width = canvas.height = 1; // nothing of it stays in the page
  return taken;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} picture
 * @param {import("./crop.js").Square} square
 */
function draw(canvas, picture, { left, top, side }) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob | null>}
 */
function jpegOf(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
