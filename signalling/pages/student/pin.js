/**
 * The PIN that opens the page: four digits that never leave this browser, and whose tries are counted here.
 *
 * Kept is a salted slow hash, in IndexedDB. It holds off somebody who picks up the phone, not somebody who takes the browser's files away: ten thousand
 * PINs are soon tried. docs/howto/student-page.md says what that is worth. Nothing here prints or sends a PIN.
 */

/** What PBKDF2 (RFC 8018) does over and over, with SHA-256: a few tenths of a second. */
const ITERATIONS = 600_000;
const SALT_BYTES = 16;
/** So many in a row may be wrong before the first wait. */
export const TRIES = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;

const DATABASE = "narvaro-student";
const STORE = "student";

/**
 * `failures` counts tries since the last right one, and `until` says when the next may be, in Unix milliseconds.
 * @typedef {{salt: Uint8Array<ArrayBuffer>, iterations: number, hash: Uint8Array<ArrayBuffer>, failures: number, until: number}} KeptPin
 * @typedef {{isRight: boolean, left: number, waitMs: number}} Tried how many tries are left before a wait, and how long that is
 */

/** @param {string} pin */
export function isPin(pin) {
  return /^[0-9]{4}$/.test(pin);
}

/**
 * How long nothing is tried after so many wrong ones.
 * @param {number} failures
 */
export function waitAfter(failures) {
  return failures < TRIES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - TRIES));
}

/**
 * Whose page this became by a keyword, or null.
 * @returns {Promise<string | null>}
 */
export async function keptParty() {
  return /** @type {string | undefined} */ (await inStore("readonly", (store) => store.get("party"))) ?? null;
}

/** @param {string} party */
export async function keepParty(party) {
  await inStore("readwrite", (store) => {
    store.delete("pin");
    return store.put(party, "party");
  });
}

/** Whether a PIN was chosen. */
export async function hasPin() {
  return (await inStore("readonly", (store) => store.get("pin"))) !== undefined;
}

/**
 * From now on this one opens the page.
 * @param {string} pin
 */
export async function keepPin(pin) {
  if (!isPin(pin)) throw new TypeError("A PIN is four digits.");
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const hash = await hashed(pin, salt, ITERATIONS);
  await inStore("readwrite", (store) => store.put({ salt, iterations: ITERATIONS, hash, failures: 0, until: 0 }, "pin"));
}

/**
 * How long until a PIN may be tried, in milliseconds; 0 is now. A clock that went back makes no wait longer than it was.
 * @param {number} [now] Unix milliseconds
 */
export async function waitLeft(now = Date.now()) {
  const kept = /** @type {KeptPin | undefined} */ (await inStore("readonly", (store) => store.get("pin")));
  return kept ? leftOf(kept, now) : 0;
}

/**
 * Try a PIN. It is counted as wrong before it is looked at: whoever closes the page meanwhile has used up a try.
 * @param {string} pin
 * @param {number} [now] Unix milliseconds
 * @returns {Promise<Tried>}
 */
export async function tryPin(pin, now = Date.now()) {
  const before = await counted(now);
  if (before === null) return { isRight: false, left: 0, waitMs: await waitLeft(now) };
  const { salt, iterations, hash, failures } = before;
  const found = await hashed(pin, salt, iterations);
  const isRight = found.every((byte, at) => byte === hash[at]);
  if (isRight) await inStore("readwrite", (store) => store.put({ salt, iterations, hash, failures: 0, until: 0 }, "pin"));
  return { isRight, left: Math.max(0, TRIES - failures), waitMs: isRight ? 0 : waitAfter(failures) };
}

/** Forget PIN and party. */
export async function forgetPin() {
  await inStore("readwrite", (store) => store.clear());
}

/**
 * The kept PIN with one more try counted, or null while nothing may be tried.
 * @param {number} now
 * @returns {Promise<KeptPin | null>}
 */
async function counted(now) {
  /** @type {KeptPin | null} */
  let after = null;
  await inStore("readwrite", (store) => {
    const read = store.get("pin");
    read.onsuccess = () => {
      const kept = /** @type {KeptPin | undefined} */ (read.result);
      if (!kept || leftOf(kept, now) > 0) return;
      const failures = kept.failures + 1;
      after = { ...kept, failures, until: now + waitAfter(failures) };
      store.put(after, "pin");
    };
    return read;
  });
  return after;
}

/**
 * @param {KeptPin} kept
 * @param {number} now
 */
function leftOf({ failures, until }, now) {
  return Math.min(Math.max(0, until - now), waitAfter(failures));
}

/**
 * @param {string} pin
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {number} iterations
 */
async function hashed(pin, salt, iterations) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256));
}

/**
 * One transaction, on the disk when it resolves.
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<unknown>}
 */
async function inStore(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
      const request = work(transaction.objectStore(STORE));
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
  });
}
