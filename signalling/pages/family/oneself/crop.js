/**
 * Which square of a picture is meant: moved and made larger by hand, and never past its edges. Pure.
 *
 * @typedef {{width: number, height: number}} Size in pixels
 * @typedef {{x: number, y: number, zoom: number}} Crop the square's middle, as parts of the picture's width and height; 1 is the largest square
 * @typedef {{left: number, top: number, side: number}} Square in the picture's pixels
 */

export const MOST_ZOOM = 4;

/** The middle, as much of it as there is. */
export const MIDDLE = Object.freeze({ x: 0.5, y: 0.5, zoom: 1 });

/**
 * @param {Size} size
 * @param {Crop} crop
 * @returns {Square}
 */
export function squareOf({ width, height }, { x, y, zoom }) {
  const side = Math.min(width, height) / zoom;
  return { left: within(x * width - side / 2, width - side), top: within(y * height - side / 2, height - side), side };
}

/**
 * The crop moved by parts of the square's own side, or made larger; what would lie outside is left out.
 * @param {Size} size
 * @param {Crop} crop
 * @param {{right?: number, down?: number, zoom?: number}} by
 * @returns {Crop}
 */
export function moved(size, crop, { right = 0, down = 0, zoom = crop.zoom }) {
  const chosen = Math.min(MOST_ZOOM, Math.max(1, zoom));
  const { side } = squareOf(size, { ...crop, zoom: chosen });
  const square = squareOf(size, { x: crop.x + (right * side) / size.width, y: crop.y + (down * side) / size.height, zoom: chosen });
  return { x: (square.left + side / 2) / size.width, y: (square.top + side / 2) / size.height, zoom: chosen };
}

/**
 * @param {number} value
 * @param {number} most
 */
function within(value, most) {
  return Math.min(Math.max(0, value), Math.max(0, most));
}
