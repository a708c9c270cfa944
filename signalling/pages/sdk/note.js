/**
 * A tab's note of the call it is in: what a page that is loaded anew must know to come back, and no more. From the accept until the end, in this tab's
 * `sessionStorage`.
 *
 * It never holds a key, a name or anything that was said. A note counts only if the page left in good order, and not long ago: neither a copied tab nor one
 * that is opened again the next day comes back into a call.
 */

const KEPT = "narvaro.call";
/** After that the other end has given up. */
const BACK_WITHIN_MS = 30_000;

/**
 * `handshake`: the newest that was agreed on. `since`: when it was accepted, Unix time in milliseconds.
 * @typedef {{call: string, peer: string, role: "caller" | "callee", handshake: number, since: number}} Note
 */

/** @param {Note} note of the one call that this tab is in */
export function keepNote(note) {
  write({ ...note });
}

/**
 * This page goes, and may be back at once.
 * @param {string} call
 */
export function leaveNote(call) {
  const note = read();
  if (note?.call === call) write({ ...note, leftAt: Date.now() });
}

/**
 * That call is over.
 * @param {string} call
 */
export function dropNote(call) {
  if (read()?.call === call) remove();
}

/**
 * The note that the page before this one left, or null. It is read once.
 * @returns {Note | null}
 */
export function takenNote() {
  const note = read();
  remove();
  const awayMs = Date.now() - (note?.leftAt ?? -Infinity);
  if (!note || !(awayMs >= 0 && awayMs < BACK_WITHIN_MS)) return null;
  const { call, peer, role, handshake, since } = note;
  return { call, peer, role, handshake, since };
}

/** @returns {Note & {leftAt?: number} | null} */
function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null; // a browser that keeps nothing, or what stands there isn't ours
  }
}

/** @param {Note & {leftAt?: number}} note */
function write(note) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(note));
  } catch {
    // Nothing is kept: a page that is loaded anew has lost its call, as if it had been closed.
  }
}

function remove() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // there was nothing
  }
}
