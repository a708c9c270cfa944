/**
 * Device lists: a person's word, under a key of their own, which endpoints are theirs. The JavaScript twin of `client_sim.sealed.device_list`.
 *
 * Whoever hands a list on can neither add an endpoint nor hide that one was taken away: the highest version seen is kept, a lower one and a second one of
 * the same version are refused. A list that has run out adds nobody. Another person key is another person, and is never taken in silence: only after the
 * person was met anew may it take the first one's place.
 */

import { base64url, endpointId, signedBytes } from "./encoding.js";
import { bytesOf, identityKeyOf, KeyRefused } from "./public-keys.js";
import { SIGNATURE_BYTES, signatureHolds } from "./statements.js";

/** From the making of a list to its `not_after`. */
export const LIST_LIFETIME_SECONDS = 30 * 86_400;
/** No more can be rung at once. */
export const ENDPOINTS = 16;
const HIGHEST_VERSION = 2 ** 31 - 1;

/**
 * @typedef {import("./public-keys.js").Bytes} Bytes
 * @typedef {{endpoint: string, identity: string}} ListedEndpoint the id is made of the key
 * @typedef {{person: string, version: number, endpoints: ListedEndpoint[], not_after: number, signature: string}} DeviceList
 * @typedef {Pick<import("./identity.js").Identity, "privateKey" | "publicKey" | "sign">} PersonKey
 */

/**
 * What an endpoint keeps of a person: their key, their newest list, and whether a list under another person key was handed over, after which nobody is
 * added until the person is met anew. `met` says that they were: the next list may come under another key, once.
 * @typedef {Readonly<{person: string, newest: DeviceList | null, changed: boolean, met: boolean}>} KnownPerson
 */

/** A list that is not taken; the message names the rule. Nothing was changed. */
export class DeviceListError extends Error {}

/** An older list than the one that is known. */
export class RollbackError extends DeviceListError {}

/** Two lists of one version: somebody with the person's key tells different people different things. */
export class EquivocationError extends DeviceListError {}

/**
 * The word of `person` that those identity keys are their endpoints, and no others.
 * @param {PersonKey} person
 * @param {Bytes[]} identities raw
 * @param {{version: number, notAfter: number}} told
 * @returns {Promise<DeviceList>}
 */
export async function makeList(person, identities, { version, notAfter }) {
  if (person.privateKey.extractable) throw new TypeError("A private key must not be extractable.");
  const endpoints = await Promise.all(identities.map(async (one) => ({ endpoint: await endpointId(one), identity: base64url(one) })));
  const said = { person: base64url(person.publicKey), version, endpoints, not_after: notAfter };
  return { ...said, signature: await person.sign(listBytes(said)) };
}

/**
 * The list in what somebody sent, if its person signed it and every endpoint stands under its own key's name, and once; without the fields that this
 * version doesn't know. Whether it is newer than what is known, and still current, is the caller's to ask.
 * @param {any} value
 * @returns {Promise<DeviceList>}
 * @throws {DeviceListError}
 */
export async function listFrom(value) {
  const list = shaped(value);
  let person;
  let identities;
  let signature;
  try {
    person = identityKeyOf(bytesOf(list.person));
    identities = list.endpoints.map(({ identity }) => identityKeyOf(bytesOf(identity)));
    signature = bytesOf(list.signature, SIGNATURE_BYTES);
  } catch (problem) {
    throw problem instanceof KeyRefused ? new DeviceListError(problem.message) : problem;
  }
  const names = await Promise.all(identities.map(endpointId));
  if (names.some((name, at) => name !== list.endpoints[at].endpoint)) throw new DeviceListError("An endpoint stands under its own key's name.");
  if (new Set(names).size !== names.length) throw new DeviceListError("A list names an endpoint once.");
  if (!(await signatureHolds(person, signature, listBytes(list)))) throw new DeviceListError("The signature is not the person's.");
  return list;
}

/**
 * A person whose key was just learnt.
 * @param {string} person their key, base64url
 * @returns {KnownPerson}
 */
export function knownPerson(person) {
  return Object.freeze({ person: base64url(identityKeyOf(bytesOf(person))), newest: null, changed: false, met: false });
}

/**
 * What is known after `value` was handed over, by whomever; the same object where nothing changed. A good list under another person key marks the person
 * as changed and gives nothing else.
 * @param {KnownPerson} known
 * @param {any} value
 * @returns {Promise<KnownPerson>}
 * @throws {DeviceListError} a RollbackError or EquivocationError where it is those, and changes nothing then
 */
export async function takeList(known, value) {
  const list = await listFrom(value);
  if (list.person !== known.person) return known.changed ? known : Object.freeze({ ...known, changed: true });
  const { newest } = known;
  if (newest === null || list.version > newest.version) return Object.freeze({ ...known, newest: list, met: false });
  if (list.version < newest.version) throw new RollbackError("An older list is not taken.");
  if (base64url(listBytes(list)) !== base64url(listBytes(newest))) throw new EquivocationError("Two lists of one version.");
  return known;
}

/**
 * What is known after `author`, a proven endpoint of that person, brought `value`; the same object as `takeList`. The first list pins the person's key,
 * and so does the first after the person was met anew. Such a list must name whoever brought it, or anybody could hand on another person's as their own.
 * @param {KnownPerson | null} known
 * @param {any} value
 * @param {string} author
 * @returns {Promise<KnownPerson>}
 * @throws {DeviceListError}
 */
export async function takeFrom(known, value, author) {
  const list = await listFrom(value);
  if (known !== null && !(known.met && list.person !== known.person)) return takeList(known, list);
  const pinned = await takeList(knownPerson(list.person), list);
  if (!isListed(pinned, author)) throw new DeviceListError("A first list names whoever brings it.");
  return pinned;
}

/**
 * The person was met, and their keys proven: a mark falls, and another key of theirs may come, once.
 * @param {KnownPerson} known
 * @returns {KnownPerson}
 */
export function meetAnew(known) {
  return known.met ? known : Object.freeze({ ...known, changed: false, met: true });
}

/**
 * Whom the newest list may add: nobody once it has run out, or the person changed.
 * @param {KnownPerson} known
 * @param {number} now Unix seconds
 * @returns {ListedEndpoint[]}
 */
export function additions({ newest, changed }, now) {
  return newest === null || changed || now > newest.not_after ? [] : newest.endpoints;
}

/**
 * Whether the newest list names it, run out or not: an endpoint that was taken away stays away.
 * @param {KnownPerson} known
 * @param {string} endpoint
 */
export function isListed({ newest }, endpoint) {
  return newest !== null && newest.endpoints.some((one) => one.endpoint === endpoint);
}

/**
 * Whether the person's own list, as it holds at `now`, says that this key is theirs.
 * @param {KnownPerson} known
 * @param {{endpoint: string, identity: string}} key
 * @param {number} now Unix seconds
 */
export function vouches(known, { endpoint, identity }, now) {
  return additions(known, now).some((one) => one.endpoint === endpoint && one.identity === identity);
}

/**
 * What the signature covers; numbers as decimal text, endpoints in the list's order.
 * @param {Omit<DeviceList, "signature">} list
 */
export function listBytes({ person, version, endpoints, not_after }) {
  const fields = endpoints.flatMap(({ endpoint, identity }) => [endpoint, identity]);
  return signedBytes("deviceList", person, String(version), String(not_after), ...fields);
}

/**
 * @param {any} value
 * @returns {DeviceList}
 */
function shaped(value) {
  const { person, version, endpoints, not_after, signature } = value ?? {};
  const isShaped =
    Number.isSafeInteger(version) &&
    version >= 1 &&
    version <= HIGHEST_VERSION &&
    Number.isSafeInteger(not_after) &&
    not_after >= 0 &&
    Array.isArray(endpoints) &&
    endpoints.length <= ENDPOINTS &&
    endpoints.every((one) => typeof one?.endpoint === "string");
  if (!isShaped) throw new DeviceListError("A list is a person's key, a version, at most 16 endpoints and an end.");
  return { person, version, endpoints: endpoints.map(({ endpoint, identity }) => ({ endpoint, identity })), not_after, signature };
}
