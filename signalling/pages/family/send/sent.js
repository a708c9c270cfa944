/**
 * What this browser has sent to Komps and may still take down: in IndexedDB, until its time is over. A small picture or the words, so that somebody knows it
 * again.
 *
 * It belongs to one endpoint: under another, what stands there is forgotten. The picture itself isn't kept.
 */

const DATABASE = "narvaro.sent";
const VERSION = 1;
const STORE = "sent";

/**
 * `words` are those of a message, or a picture's caption; times are Unix seconds.
 * @typedef {{post: string, komp: string, words: string, thumbnail: Blob | null, at: number, until: number}} Sent
 */

/** One endpoint's. */
export class SentList {
  #owner;

  /** @param {string} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  /**
   * What that Komp still shows, the newest first.
   * @param {string} komp its endpoint
   * @param {number} [now] Unix seconds
   * @returns {Promise<Sent[]>}
   */
  async of(komp, now = Date.now() / 1000) {
    const all = /** @type {(Sent & {owner: string})[]} */ (await inStore("readonly", (sent) => sent.getAll()));
    const gone = all.filter(({ owner, until }) => owner !== this.#owner || until <= now);
    for (const { post } of gone) await this.drop(post);
    return all.filter((one) => !gone.includes(one) && one.komp === komp).sort((one, other) => other.at - one.at);
  }

  /** @param {Sent} sent */
  async put(sent) {
    await inStore("readwrite", (store) => store.put({ ...sent, owner: this.#owner }, sent.post));
  }

  /** @param {string} post */
  async drop(post) {
    await inStore("readwrite", (store) => store.delete(post));
  }
}

/**
 * One transaction, on the disk when it resolves.
 * @param {IDBTransactionMode} mode
 * @param {(sent: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<unknown>}
 */
async function inStore(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("Nothing was kept."));
      const request = work(transaction.objectStore(STORE));
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
