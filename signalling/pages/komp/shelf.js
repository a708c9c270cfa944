/**
 * Where a Komp's pictures and messages lie: in IndexedDB, sealed once more under a key of this browser's own that no script can take out.
 *
 * The keys of calls and posts come and go; what was taken stays readable here. It belongs to one endpoint: under another, what lies there is forgotten
 * unread. Nothing here is sent anywhere.
 */

const DATABASE = "narvaro.album";
const VERSION = 1;
const SELF = "self";
const STORES = ["self", "entries", "gone"];
const IV_BYTES = 12;
/** Whose posts never come back; the oldest note goes first. */
const NOTES_AT_MOST = 1024;

/**
 * What is said of a post in clear is what the coordinator knew as well. `at` is when it came, `until` when it goes: Unix seconds.
 * @typedef {{post: string, purpose: string, party: string, author: string, at: number, until: number}} Label
 * @typedef {Label & {iv: Uint8Array<ArrayBuffer>, sealed: ArrayBuffer}} Kept
 */

/** One endpoint's. */
export class Shelf {
  #key;

  /** @param {CryptoKey} key */
  constructor(key) {
    this.#key = key;
  }

  /**
   * The shelf of that endpoint; another's is emptied first.
   * @param {string} owner
   */
  static async of(owner) {
    const kept = /** @type {{owner: string, key: CryptoKey} | undefined} */ (await inStores("readonly", ({ self }) => self.get(SELF)));
    if (kept?.owner === owner) return new Shelf(kept.key);
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await inStores("readwrite", (stores) => {
      for (const store of Object.values(stores)) store.clear();
      return stores.self.put({ owner, key }, SELF);
    });
    return new Shelf(key);
  }

  /**
   * All of them, in the order of their coming.
   * @returns {Promise<Label[]>}
   */
  async labels() {
    const kept = /** @type {Kept[]} */ (await inStores("readonly", ({ entries }) => entries.getAll()));
    return kept.map(({ iv: _iv, sealed: _sealed, ...label }) => label).sort((one, other) => one.at - other.at);
  }

  /**
   * What lies there under that post, or null.
   * @param {string} post
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  async content(post) {
    const kept = /** @type {Kept | undefined} */ (await inStores("readonly", ({ entries }) => entries.get(post)));
    if (kept === undefined) return null;
    try {
      return new Uint8Array(await crypto.subtle.decrypt(cipher(kept.iv, kept), this.#key, kept.sealed));
    } catch {
      return null; // it isn't what was laid here: nothing of it is shown
    }
  }

  /**
   * @param {Label} label
   * @param {Uint8Array} content
   */
  async put(label, content) {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const sealed = await crypto.subtle.encrypt(cipher(iv, label), this.#key, new Uint8Array(content));
    await inStores("readwrite", ({ entries }) => entries.put({ ...label, iv, sealed }, label.post));
  }

  /**
   * Forget these, and never take them again.
   * @param {readonly {party: string, post: string}[]} posts
   */
  async drop(posts) {
    await inStores("readwrite", ({ entries, gone }) => {
      for (const { party, post } of posts) {
        entries.delete(post);
        gone.put(Date.now(), [party, post]);
      }
      const counted = gone.count();
      counted.onsuccess = () => counted.result > NOTES_AT_MOST && forgetOldest(gone, counted.result - NOTES_AT_MOST);
      return counted;
    });
  }

  /**
   * Whether that party's post is never taken again.
   * @param {string} party
   * @param {string} post
   */
  async isGone(party, post) {
    return (await inStores("readonly", ({ gone }) => gone.getKey([party, post]))) !== undefined;
  }

  /** Forget everything, and the key with it. */
  async clear() {
    await inStores("readwrite", (stores) => {
      for (const store of Object.values(stores)) store.clear();
      return stores.self.count();
    });
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} iv
 * @param {Label} label bound to the content: it can't be passed off as another's
 */
function cipher(iv, { post, purpose, party, author }) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode([post, purpose, party, author].join("\0")) };
}

/**
 * @param {IDBObjectStore} gone
 * @param {number} number
 */
function forgetOldest(gone, number) {
  const [keys, times] = [gone.getAllKeys(), gone.getAll()];
  times.onsuccess = () => {
    const aged = keys.result.map((key, at) => ({ key, at: times.result[at] })).sort((one, other) => one.at - other.at);
    for (const { key } of aged.slice(0, number)) gone.delete(key);
  };
}

/**
 * One transaction over all stores, on the disk when it resolves.
 * @param {IDBTransactionMode} mode
 * @param {(stores: Record<"self" | "entries" | "gone", IDBObjectStore>) => IDBRequest} work
 * @returns {Promise<unknown>}
 */
async function inStores(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORES, mode, { durability: "strict" });
      const [self, entries, gone] = STORES.map((store) => transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("Nothing was kept."));
      const request = work({ self, entries, gone });
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
