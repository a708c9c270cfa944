/**
 * What is sealed: one content, deflated alone and padded to one of eight sizes, so that a length tells little. The JavaScript twin of
 * `client_sim.sealed.padding`:
 *
 *     type (1 byte: 1) ‖ length of the next part (2 bytes, big endian) ‖ raw deflate (RFC 1951) of the content ‖ random
 *
 * There are 128, 256, 512 … 16384 bytes in all, at least four of them random. Each content has a window of its own: what one box says must never
 * show in another's size. Inflating stops at the limit, whatever the box claims.
 */

/** Bytes of one content. */
export const CONTENT_BYTES = 16 * 1024;
export const SIZES = Object.freeze(Array.from({ length: 8 }, (_, step) => 128 << step));
/** The least that is random in every padded content. */
export const RANDOM_BYTES = 4;
/** The one type there is: a content's JSON text, deflated. */
export const CONTENT = 1;

const HEAD_BYTES = 3;
/** How much longer than 16 KiB what does not deflate may become. */
const SPARE_BYTES = 64;
/** Fed to the inflater at a time: deflate makes at most 1,032 bytes of one, so no more than 264 KiB wait to be counted. */
const PIECE_BYTES = 256;

/** Not what `pad` makes, or more than a box may hold. */
export class PaddingError extends Error {}

/**
 * `content` in the smallest size that holds it.
 * @param {Uint8Array} content
 * @param {(bytes: Uint8Array<ArrayBuffer>) => unknown} [fillRandomly] only tests give another
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {PaddingError} where none does
 */
export async function pad(content, fillRandomly = (bytes) => crypto.getRandomValues(bytes)) {
  if (content.length > CONTENT_BYTES) throw new PaddingError("One box holds at most 16 KiB.");
  const deflated = await through(new CompressionStream("deflate-raw"), content, CONTENT_BYTES + SPARE_BYTES);
  const used = HEAD_BYTES + deflated.length;
  const size = SIZES.find((size) => size >= used + RANDOM_BYTES);
  if (size === undefined) throw new PaddingError("The content does not deflate enough for one box.");
  const padded = new Uint8Array(size);
  padded.set([CONTENT, deflated.length >> 8, deflated.length & 0xff]);
  padded.set(deflated, HEAD_BYTES);
  fillRandomly(padded.subarray(used));
  return padded;
}

/**
 * The content of what `pad` made.
 * @param {Uint8Array} padded
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {PaddingError}
 */
export async function unpad(padded) {
  if (!SIZES.includes(padded.length)) throw new PaddingError("A padded content has one of eight sizes.");
  if (padded[0] !== CONTENT) throw new PaddingError("The type is not known.");
  const end = HEAD_BYTES + ((padded[1] << 8) | padded[2]);
  if (end > padded.length - RANDOM_BYTES) throw new PaddingError("The length leaves no room for the random bytes.");
  try {
    return await through(new DecompressionStream("deflate-raw"), padded.subarray(HEAD_BYTES, end), CONTENT_BYTES);
  } catch {
    throw new PaddingError("That is not one content of at most 16 KiB, deflated.");
  }
}

/**
 * What a stream makes of `bytes`, which are fed as fast as it is read; it is let go where it makes more than `limit`.
 * @param {GenericTransformStream} stream
 * @param {Uint8Array} bytes
 * @param {number} limit
 */
async function through(stream, bytes, limit) {
  const fed = feed(stream.writable.getWriter(), bytes);
  fed.catch(() => undefined); // it fails with the reading, which says so
  const reader = stream.readable.getReader();
  const made = new Uint8Array(CONTENT_BYTES + SPARE_BYTES);
  let length = 0;
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      if (length + value.length > limit) throw new PaddingError("One box holds at most 16 KiB.");
      made.set(value, length);
      length += value.length;
    }
    await fed;
    return made.slice(0, length);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * @param {WritableStreamDefaultWriter<BufferSource>} writer
 * @param {Uint8Array} bytes
 */
async function feed(writer, bytes) {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) await writer.write(bytes.slice(at, at + PIECE_BYTES));
  await writer.close();
}
