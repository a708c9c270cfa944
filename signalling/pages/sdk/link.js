/**
 * The private link that makes a browser somebody's: read from the page's fragment, kept in IndexedDB, and gone from the address at once.
 *
 * A fragment is never sent to a server. Behind `#link=` stands base64url of the JSON of a link file: the seed of the identity key, whose it is, and
 * whom this browser may call. The seed becomes a key that can't be taken out again; nothing here keeps or prints it.
 */

import { endpointId, fromBase64url } from "./encoding.js";
import { Identity, identityKey } from "./identity.js";

const DATABASE = "narvaro";
const STORE = "link";
const SELF = "self";
const KINDS = new Set(["komp", "av1", "person"]);
const NAME_CHARACTERS = 80;
const CONTACTS = 256;
const PARTY = /^[A-Za-z0-9_-]{22}$/;

/**
 * Somebody that may be called: party, endpoint and name as our own record has them.
 * @typedef {{kind: "komp" | "av1" | "person", party: string, endpoint: string, name: string}} Contact
 * @typedef {{identity: Identity, name: string, contacts: Contact[]}} Link
 * @typedef {{privateKey: CryptoKey, publicKey: Uint8Array<ArrayBuffer>, name: string, contacts: Contact[]}} KeptLink
 */

/** The fragment isn't a private link. It never repeats the fragment. */
export class LinkRefused extends Error {}

/**
 * The link of a fragment, or null if it holds none.
 * @param {string} fragment with or without `#`
 * @returns {Promise<Link | null>}
 * @throws {LinkRefused}
 */
export async function linkFrom(fragment) {
  const text = new URLSearchParams(fragment.replace(/^#/, "")).get("link");
  if (text === null) return null;
  try {
    const link = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64url(text)));
    if (!isName(link.name) || link.contacts.length > CONTACTS) throw new LinkRefused("A link names its owner and at most 256 contacts.");
    const contacts = await Promise.all(link.contacts.map(contactFrom));
    return { identity: await Identity.fromSeed(fromBase64url(link.key, 32)), name: link.name, contacts };
  } catch {
    // Whatever went wrong, the cause may quote the link: it is left out.
    throw new LinkRefused("The private link is damaged: ask for a new one.");
  }
}

/**
 * @param {any} contact
 * @returns {Promise<Contact>}
 */
async function contactFrom({ kind, party, endpoint, name, identity }) {
  const key = identityKey(identity);
  if (!KINDS.has(kind) || !PARTY.test(party) || !isName(name)) throw new LinkRefused("A contact has a kind, a party and a name.");
  if ((await endpointId(key)) !== endpoint) throw new LinkRefused("A contact stands under its own key's name.");
  return { kind, party, endpoint, name };
}

/** @param {unknown} value */
function isName(value) {
  return typeof value === "string" && value.length > 0 && value.length <= NAME_CHARACTERS;
}

/**
 * Keep the link in this browser, in place of any earlier one.
 * @param {Link} link
 */
export async function keepLink({ identity, name, contacts }) {
  /** @type {KeptLink} */
  const kept = { privateKey: identity.privateKey, publicKey: identity.publicKey, name, contacts };
  await inStore("readwrite", (store) => store.put(kept, SELF));
}

/**
 * The link that this browser keeps, or null.
 * @returns {Promise<Link | null>}
 */
export async function keptLink() {
  const kept = /** @type {KeptLink | undefined} */ (await inStore("readonly", (store) => store.get(SELF)));
  if (!kept) return null;
  return { identity: await Identity.restored(kept), name: kept.name, contacts: kept.contacts };
}

/** Forget the link: the key is gone from this browser. */
export async function forgetLink() {
  await inStore("readwrite", (store) => store.delete(SELF));
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<unknown>}
 */
async function inStore(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("Another tab holds an older version of this page's storage."));
  });
}
