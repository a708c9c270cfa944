/**
 * Whose calls this browser turns away unheard, and who rings so often that it rings without a sound.
 *
 * Kept in this browser, and told to nobody: who is blocked hears what anybody hears who is declined.
 */

const KEPT = "narvaro.blocked";
const WINDOW_MS = 10 * 60_000;
/** So many rings that nobody took; the next ones within the window make no sound. */
const RINGS = 3;

/** One browser's. */
export class Blocking {
  #blocked = new Set(kept());
  /** @type {Map<string, number[]>} when each party rang in vain, the oldest first */
  #rings = new Map();

  /** @param {string} party */
  isBlocked(party) {
    return this.#blocked.has(party);
  }

  /**
   * @param {string} party
   * @param {boolean} isBlocked
   */
  block(party, isBlocked) {
    if (isBlocked) this.#blocked.add(party);
    else this.#blocked.delete(party);
    try {
      if (this.#blocked.size > 0) localStorage.setItem(KEPT, JSON.stringify([...this.#blocked]));
      else localStorage.removeItem(KEPT);
    } catch {
      // A browser that keeps nothing forgets it with the page.
    }
  }

  /**
   * A call of theirs was declined, or nobody took it.
   * @param {string} party
   * @param {number} [now] milliseconds
   */
  rangInVain(party, now = Date.now()) {
    this.#rings.set(party, [...this.#recent(party, now), now]);
  }

  /**
   * They were talked with, or called back: what was before doesn't count.
   * @param {string} party
   */
  forgive(party) {
    this.#rings.delete(party);
  }

  /**
   * Whether their next ring makes no sound.
   * @param {string} party
   * @param {number} [now] milliseconds
   */
  isTooOften(party, now = Date.now()) {
    return this.#recent(party, now).length >= RINGS;
  }

  /**
   * @param {string} party
   * @param {number} now
   */
  #recent(party, now) {
    return (this.#rings.get(party) ?? []).filter((at) => now - at < WINDOW_MS);
  }
}

/** @returns {string[]} */
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
  } catch {
    return []; // nothing is kept here
  }
}
