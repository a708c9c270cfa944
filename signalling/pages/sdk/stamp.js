/**
 * The machine-readable mark at the top of every test picture: which frame this is and when it was sent.
 *
 * The layout is written down in docs/reference/media-stamps.md; the headless endpoints speak it in Python, and the
 * golden files in tests/golden/stamps hold both languages to it. It must never carry anything about a person or a call.
 *
 * @module
 */

/**
 * What one frame says of itself.
 *
 * @typedef {object} Stamp
 * @property {number} frame   Counted by the sender from 0; 32 bits.
 * @property {number} sentAt  When it was drawn, milliseconds since 1970; 48 bits.
 * @property {number} source  Which sender; 8 bits.
 */

/**
 * The part of an ImageData that is read: rows of red, green, blue and alpha.
 *
 * @typedef {{data: ArrayLike<number>, width: number, height: number}} Picture
 */

const VERSION = 1;
const COLUMNS = 40;
const ROWS = 3;
const ROWS_PER_FRAME = 30;
const MARGIN = 2;
const SMALLEST_WIDTH = 80;
const SMALLEST_HEIGHT = 60;
const LEAST_CONTRAST = 40;

/** Bytes of a word: version, source, frame (4), time (6), checksum (2); without the first four bits. */
const WORD_BYTES = 14;
const WORD_BITS = 108;

/**
 * Whether the calibrating cell at that row and column is white: a chequerboard in the two columns at either end.
 *
 * @param {number} row
 * @param {number} column
 * @returns {boolean}
 */
function isCalibrationWhite(row, column) {
  const fromEnd = Math.min(column, COLUMNS - 1 - column);
  return (row + fromEnd) % 2 === 0;
}

/**
 * `index × pixels ÷ parts` to the nearest pixel, halves up.
 *
 * @param {number} index
 * @param {number} pixels
 * @param {number} parts
 * @returns {number}
 */
function edge(index, pixels, parts) {
  return Math.floor((2 * index * pixels + parts) / (2 * parts));
}

/**
 * How many rows of pixels at the top of a frame of this height the stamp takes.
 *
 * @param {number} frameHeight
 * @returns {number}
 */
export function stampHeight(frameHeight) {
  return edge(ROWS, frameHeight, ROWS_PER_FRAME);
}

/**
 * CRC-16/IBM-3740 (also called CCITT-FALSE).
 *
 * @param {Uint8Array} bytes
 * @returns {number}
 */
function checksum(bytes) {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
    }
  }
  return crc;
}

/**
 * The stamp as 3 rows of 40 cells, `true` for white.
 *
 * @param {Stamp} stamp
 * @returns {boolean[][]}
 * @throws {RangeError} when a number has more than its bits
 */
export function stampCells({ frame, sentAt, source }) {
  const fits = (/** @type {number} */ value, /** @type {number} */ bits) =>
    Number.isInteger(value) && value >= 0 && value < 2 ** bits;
  if (!fits(frame, 32) || !fits(sentAt, 48) || !fits(source, 8)) {
    throw new RangeError("a stamp holds a 32-bit frame number, a 48-bit time and an 8-bit source");
  }
  const word = new DataView(new ArrayBuffer(WORD_BYTES));
  word.setUint8(0, VERSION);
  word.setUint8(1, source);
  word.setUint32(2, frame);
  word.setUint16(6, Math.floor(sentAt / 2 ** 32));
  word.setUint32(8, sentAt % 2 ** 32);
  word.setUint16(12, checksum(new Uint8Array(word.buffer, 0, 12)));

  let next = 8 * WORD_BYTES - WORD_BITS;
  return Array.from({ length: ROWS }, (_row, row) =>
    Array.from({ length: COLUMNS }, (_column, column) => {
      if (column < MARGIN || column >= COLUMNS - MARGIN) return isCalibrationWhite(row, column);
      const bit = (word.getUint8(next >> 3) >> (7 - (next & 7))) & 1;
      next += 1;
      return bit === 1;
    }),
  );
}

/**
 * Draw a stamp over the top of a canvas.
 *
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {Stamp} stamp
 * @throws {RangeError} when a number has more than its bits
 */
export function drawStamp(context, stamp) {
  const { width, height } = context.canvas;
  context.save();
  context.resetTransform();
  context.globalAlpha = 1;
  context.globalCompositeOperation = "source-over";
  stampCells(stamp).forEach((cells, row) => {
    const top = edge(row, height, ROWS_PER_FRAME);
    const bottom = edge(row + 1, height, ROWS_PER_FRAME);
    cells.forEach((white, column) => {
      const left = edge(column, width, COLUMNS);
      context.fillStyle = white ? "#fff" : "#000";
      context.fillRect(left, top, edge(column + 1, width, COLUMNS) - left, bottom - top);
    });
  });
  context.restore();
}

/**
 * The mean brightness of the middle of a cell.
 *
 * @param {Picture} picture
 * @param {number} frameHeight
 * @param {number} row
 * @param {number} column
 * @returns {number}
 */
function cellBrightness({ data, width }, frameHeight, row, column) {
  const middle = (/** @type {number} */ start, /** @type {number} */ end) => {
    const inset = (end - start) >> 2;
    return [start + inset, end - inset];
  };
  const [left, right] = middle(edge(column, width, COLUMNS), edge(column + 1, width, COLUMNS));
  const [top, bottom] = middle(edge(row, frameHeight, ROWS_PER_FRAME), edge(row + 1, frameHeight, ROWS_PER_FRAME));
  let sum = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const at = 4 * (y * width + x);
      sum += 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
    }
  }
  return sum / ((right - left) * (bottom - top));
}

/**
 * What the picture's stamp says, or `null` where there is none that can be trusted.
 *
 * Reading back only the top of a canvas is much faster: give `stampHeight(canvas.height)` rows of it, and the whole
 * height as `frameHeight`.
 *
 * @param {Picture} picture  The frame, or its top rows, at the frame's whole width.
 * @param {number} [frameHeight]  The height of the whole frame in pixels.
 * @returns {Stamp | null}
 */
export function readStamp(picture, frameHeight = picture.height) {
  if (picture.width < SMALLEST_WIDTH || frameHeight < SMALLEST_HEIGHT) return null;
  if (picture.height < stampHeight(frameHeight)) return null;

  const brightness = Array.from({ length: ROWS }, (_row, row) =>
    Array.from({ length: COLUMNS }, (_column, column) => cellBrightness(picture, frameHeight, row, column)),
  );
  const threshold = calibrate(brightness);
  if (threshold === null) return null;

  const word = new Uint8Array(WORD_BYTES);
  let next = 8 * WORD_BYTES - WORD_BITS;
  for (const cells of brightness) {
    for (const cell of cells.slice(MARGIN, COLUMNS - MARGIN)) {
      if (cell > threshold) word[next >> 3] |= 0x80 >> (next & 7);
      next += 1;
    }
  }
  return parse(word);
}

/**
 * The brightness between black and white, from the cells that are known; `null` if they are not what they must be.
 *
 * @param {number[][]} brightness
 * @returns {number | null}
 */
function calibrate(brightness) {
  const known = brightness.flatMap((cells, row) =>
    [0, 1, COLUMNS - 2, COLUMNS - 1].map((column) => ({ is: cells[column], white: isCalibrationWhite(row, column) })),
  );
  const mean = (/** @type {boolean} */ white) => {
    const cells = known.filter((cell) => cell.white === white);
    return cells.reduce((sum, cell) => sum + cell.is, 0) / cells.length;
  };
  const [black, white] = [mean(false), mean(true)];
  if (white - black < LEAST_CONTRAST) return null;
  const threshold = (white + black) / 2;
  return known.every((cell) => cell.is > threshold === cell.white) ? threshold : null;
}

/**
 * @param {Uint8Array} word
 * @returns {Stamp | null}
 */
function parse(word) {
  const view = new DataView(word.buffer);
  if (view.getUint8(0) !== VERSION || view.getUint16(12) !== checksum(word.subarray(0, 12))) return null;
  return {
    frame: view.getUint32(2),
    sentAt: view.getUint16(6) * 2 ** 32 + view.getUint32(8),
    source: view.getUint8(1),
  };
}
