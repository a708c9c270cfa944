/** What can be said of a person from what this browser keeps of each of their phones: how sure its keys are, and whether one of them is there. */

/**
 * `some`: of several phones, not all are proven. `changed`: another identity was shown.
 * @typedef {"checked" | "some" | "introduced" | "changed" | "unknown"} Sureness
 * @typedef {import("../../sdk/endpoint.js").Endpoint} Endpoint
 * @typedef {import("../../sdk/account.js").Contact} Contact
 */

/**
 * The records of those of a contact's endpoints that are known here.
 * @param {Contact | null} contact
 * @param {Endpoint} endpoint
 */
export function recordsOf(contact, endpoint) {
  const records = (contact?.endpoints ?? []).map((one) => endpoint.book.link(one.endpoint));
  return records.filter((record) => record !== null);
}

/**
 * @param {Contact | null} contact
 * @param {Endpoint} endpoint
 * @returns {Sureness}
 */
export function surenessOf(contact, endpoint) {
  const records = recordsOf(contact, endpoint);
  if (records.some(({ changed }) => changed)) return "changed";
  const proven = records.filter((record) => endpoint.book.isVerified(record.endpoint)).length;
  if (proven > 0) return proven === contact?.endpoints.length ? "checked" : "some";
  return records.length > 0 ? "introduced" : "unknown";
}

/**
 * How the best of a contact's endpoints stands, or undefined while nothing is known.
 * @param {Contact | null} contact
 * @param {Endpoint} endpoint
 */
export function presenceOf(contact, endpoint) {
  const seen = (contact?.endpoints ?? []).map((one) => endpoint.presence.get(one.endpoint)).filter((one) => one !== undefined);
  const newest = seen.toSorted((one, other) => Number(other.since ?? 0) - Number(one.since ?? 0));
  return seen.find(({ state }) => state === "online") ?? newest[0];
}
