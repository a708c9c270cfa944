/**
 * Which of somebody's endpoints a call rings: docs/reference/protocol.md §4. The twin of `client_sim.rung`.
 *
 * Where this end has verified any of them, those alone: a coordinator could add one of its own, and answer first. Where a person has told which are theirs,
 * no other is ever rung, however few the coordinator names.
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
  return (verified.length > 0 ? verified : contacts.filter((one) => book.persons.mayRing(one))).slice(0, RINGS_AT_MOST);
}

/**
 * Which endpoints of a person are really there: where they have told it themselves, those and whoever was met since; else those that the coordinator names.
 * @param {import("./linkbook.js").LinkBook} book
 * @param {string} party
 * @param {readonly {endpoint: string}[] | null} named by the coordinator; null where it keeps no accounts
 * @returns {LinkRecord[]}
 */
export function thereOf(book, party, named) {
  const known = book.links.filter((one) => one.party === party && one.kind === "person");
  if (book.persons.of(party)) return known.filter((one) => book.persons.mayRing(one) || book.isVerified(one.endpoint));
  return named ? known.filter(({ endpoint }) => named.some((one) => one.endpoint === endpoint)) : known;
}
