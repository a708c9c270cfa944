/** A QR on a canvas: dark cells on white, with the quiet border that readers need. */

import encodeQR from "../vendor/qr.js";

/** Cells of white around it (ISO/IEC 18004). */
const BORDER = 4;

/**
 * @param {HTMLCanvasElement} canvas its size follows the square; style gives it another on the screen
 * @param {string} text
 * @param {number} [cellPixels]
 */
export function drawSquare(canvas, text, cellPixels = 8) {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: BORDER });
  canvas.width = canvas.height = rows.length * cellPixels;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#000";
  rows.forEach((cells, row) =>
    cells.forEach((isDark, column) => isDark && context.fillRect(column * cellPixels, row * cellPixels, cellPixels, cellPixels)),
  );
}

/** @param {HTMLCanvasElement} canvas */
export function clearSquare(canvas) {
  canvas.width = canvas.height = 1;
}
