/**
 * What this browser keeps of its own, in IndexedDB: identity, key ring and link records. A headless endpoint keeps the same in a file
 * (`client_sim.sealed.keeping`).
 *
 * Private keys go in and come out as WebCrypto keys that can't be taken out. What is read is looked at anew, and what doesn't hold together is refused.
 * Several tabs may be at it: whoever changes something after another was quicker starts from what that one left. Nothing here is sent anywhere.
 */

import { Identity } from "./identity.js";
import { newRing, ringFrom, rotate } from "./keyring.js";
import { recordFrom } from "./links.js";

/** An endpoint knows at most so many others. */
export const LINKS = 256;
const DATABASE = "narvaro";
/** 1: one store, `link`. 2: `self` and `links`. */
const VERSION = 2;
/** What other parts of a page keep of the same endpoint: a Komp's album, a family's list of what it sent. */
const BESIDE = ["narvaro.album", "narvaro.sent"];
const SELF = "self";
const RING = "ring";

/**
 * `contacts` are people of an earlier private link, whose keys were not kept: they are introduced anew. `party` is null where it wasn't kept either.
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {import("./keyring.js").KeyRing} KeyRing
 * @typedef {{kind: import("./links.js").Kind, party: string, endpoint: string, name: string}} Contact
 * @typedef {{identity: Identity, party: string | null, name: string, picture?: string | null, contacts: Contact[]}} Self
 * `picture` is the SHA-256 of the picture in its owner's profile (lowercase hex), if there is one
 * @typedef {{privateKey: CryptoKey, publicKey: Uint8Array<ArrayBuffer>, party: string | null, name: string, picture?: string | null,
 *   contacts: Contact[]}} KeptSelf
 */

/** What was kept can't be used, or nothing more can be kept; the message names the rule. */
export class KeepingError extends Error {}

/**
 * Keep who this endpoint is, with the ring and the links that came with it, if any did. An earlier one is forgotten, with its keys and everybody it knew.
 * @param {Self & {ring?: KeyRing, links?: readonly LinkRecord[]}} self
 */
export async function keepSelf({ identity, party, name, picture = null, contacts, ring, links: known = [] }) {
  if (identity.privateKey.extractable) throw new KeepingError("A private key must not be extractable.");
  const came = ring && ringFrom(ring);
  const { privateKey, publicKey } = identity;
  /** @type {KeptSelf} */
  const kept = { privateKey, publicKey, party, name, picture, contacts };
  await inStores("readwrite", (self, links) => {
    self.clear();
    links.clear();
    if (came) self.put(came, RING);
    for (const one of known) links.put(one, one.endpoint);
    return self.put(kept, SELF);
  });
}

/**
 * Who this endpoint is, or null.
 * @returns {Promise<Self | null>}
 */
export async function keptSelf() {
  const kept = /** @type {KeptSelf | undefined} */ (await inStores("readonly", (self) => self.get(SELF)));
  if (!kept) return null;
  const { party, name, picture = null, contacts } = kept;
  return { identity: await Identity.restored(kept), party, name, picture, contacts };
}

/**
 * Keep how this endpoint's owner is shown to others from now on.
 * @param {import("./profile.js").Profile} profile
 */
export async function keepProfile({ name, picture }) {
  await inStores("readwrite", (self) => {
    const read = self.get(SELF);
    read.onsuccess = () => read.result && self.put({ ...read.result, name, picture }, SELF);
    return read;
  });
}

/**
 * The key ring as it must be at `now`, kept already: its first key is made here, and each next. Only then may its statement be published.
 * @param {number} now Unix seconds
 * @returns {Promise<KeyRing>}
 */
export async function turnedRing(now) {
  for (;;) {
    const kept = await inStores("readonly", (self) => self.get(RING));
    const before = kept === undefined ? null : ringFrom(kept);
    const after = before === null ? await newRing(now) : await rotate(before, now);
    if (after === before || (await replaced(SELF, RING, kept, after, (ring) => ring.current.serial))) return after;
  }
}

/**
 * Everybody this endpoint knows.
 * @returns {Promise<LinkRecord[]>}
 */
export async function keptLinks() {
  const kept = /** @type {unknown[]} */ (await inStores("readonly", (_, links) => links.getAll()));
  return Promise.all(kept.map(recordFrom));
}

/**
 * The record of that endpoint, or null.
 * @param {string} endpoint
 * @returns {Promise<LinkRecord | null>}
 */
export async function keptLink(endpoint) {
  const kept = await inStores("readonly", (_, links) => links.get(endpoint));
  return kept === undefined ? null : recordFrom(kept);
}

/**
 * Keep what `change` makes of the record of that endpoint; it is asked again where another tab was quicker. Giving back the same changes nothing.
 * @param {string} endpoint
 * @param {(known: LinkRecord | null) => LinkRecord | Promise<LinkRecord>} change
 * @returns {Promise<LinkRecord>}
 * @throws {KeepingError} beyond 256 links, and whatever `change` throws
 */
export async function changeLink(endpoint, change) {
  for (;;) {
    const kept = await inStores("readonly", (_, links) => links.get(endpoint));
    const before = kept === undefined ? null : await recordFrom(kept);
    const changed = await change(before);
    if (changed === before) return changed;
    const after = await recordFrom(changed);
    if (after.endpoint !== endpoint) throw new KeepingError("A record is kept under its endpoint.");
    if (await replaced("links", endpoint, kept, after, JSON.stringify)) return after;
  }
}

/**
 * Forget that endpoint.
 * @param {string} endpoint
 */
export async function forgetLink(endpoint) {
  await inStores("readwrite", (_, links) => links.delete(endpoint));
}

/**
 * Something else that this endpoint keeps of its own, under a name: people's device lists, and its own. Undefined where nothing was kept.
 * @param {"persons" | "own-list"} name
 * @returns {Promise<any>}
 */
export function keptUnder(name) {
  return inStores("readonly", (self) => self.get(name));
}

/**
 * Keep that, in place of what stood there. A key in it must not be extractable.
 * @param {"persons" | "own-list"} name
 * @param {unknown} value
 */
export async function keepUnder(name, value) {
  await inStores("readwrite", (self) => self.put(value, name));
}

/** Forget everything: the keys are gone from this browser, and so is what was sent with them or shown. */
export async function forgetSelf() {
  for (const database of BESIDE) indexedDB.deleteDatabase(database);
  await inStores("readwrite", (self, links) => {
    links.clear();
    return self.clear();
  });
}

/**
 * Put `after` where `before` still stands, as it was read, told by its `mark`. False: another tab was quicker.
 * @param {string} store
 * @param {string} key
 * @param {unknown} before undefined where nothing stood
 * @param {unknown} after
 * @param {(one: any) => unknown} mark
 * @returns {Promise<boolean>}
 */
async function replaced(store, key, before, after, mark) {
  let isFull = false;
  let isStale = false;
  const expected = before === undefined ? undefined : mark(before);
  await inStores("readwrite", (self, links) => {
    const held = store === SELF ? self : links;
    const read = held.get(key);
    read.onsuccess = () => {
      isStale = (read.result === undefined ? undefined : mark(read.result)) !== expected;
      if (isStale) return;
      held.put(after, key);
      const counted = links.count();
      counted.onsuccess = () => {
        isFull = counted.result > LINKS;
        if (isFull) links.transaction.abort();
      };
    };
    return read;
  }).catch((problem) => {
    throw isFull ? new KeepingError("An endpoint keeps at most 256 links.") : problem;
  });
  return !isStale;
}

/**
 * One transaction over both stores, on the disk when it resolves.
 * @param {IDBTransactionMode} mode
 * @param {(self: IDBObjectStore, links: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<unknown>}
 */
async function inStores(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction([SELF, "links"], mode, { durability: "strict" });
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new KeepingError("Nothing was kept."));
      const request = work(transaction.objectStore(SELF), transaction.objectStore("links"));
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => upgrade(request, oldVersion);
    request.onsuccess = () => (isLate ? request.result.close() : resolve(request.result));
    request.onerror = () => reject(request.error?.name === "VersionError" ? new KeepingError("A later version of this page was here.") : request.error);
    request.onblocked = () => {
      isLate = true;
      reject(new KeepingError("Another tab holds an older version of this page's storage."));
    };
  });
}

/**
 * From nothing, or from the one record that the first version kept: identity, name and contacts stay, without keys of theirs.
 * @param {IDBOpenDBRequest} request
 * @param {number} oldVersion
 */
function upgrade(request, oldVersion) {
  const database = request.result;
  const self = database.createObjectStore(SELF);
  database.createObjectStore("links");
  if (oldVersion === 0) return;
  const read = /** @type {IDBTransaction} */ (request.transaction).objectStore("link").get(SELF);
  read.onsuccess = () => {
    if (read.result !== undefined) {
      const { privateKey, publicKey, name, contacts } = read.result;
      self.put({ privateKey, publicKey, party: null, name, contacts }, SELF);
    }
    database.deleteObjectStore("link");
  };
}
