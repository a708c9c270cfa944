/**
 * Which of somebody's endpoints a call rings: docs/reference/protocol.md §4.
 *
 * Where this end has verified any of them, those alone: a coordinator could add one of its own, and answer first.
 */

/** Rings that one invite may have. */
export const RINGS_AT_MOST = 16;

/** @typedef {import("./links.js").LinkRecord} LinkRecord */

/**
 * Of these endpoints of one party, in their order, those to ring: all of them verified, or none.
 * @param {import("./linkbook.js").LinkBook} book
 * @param {readonly LinkRecord[]} contacts
 * @returns {LinkRecord[]}
 */
export function rungOf(book, contacts) {
  const verified = contacts.filter(({ endpoint }) => book.isVerified(endpoint));
  return (verified.length > 0 ? verified : contacts).slice(0, RINGS_AT_MOST);
}
