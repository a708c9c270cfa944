/**
 * One tab at a time: the pages of a browser share its keys, and the coordinator takes one session of them. A second tab doesn't connect; it may take over, but
 * not from a call.
 *
 * It is about tabs of one browser only. Between browsers the newer session takes the place of the older, and says so (`superseded`).
 */

const LOCK = "narvaro.tab";
/** A page that is loaded anew waits this long for the one before to be gone. */
const RELOAD_MS = 800;
/** Without a word for so long, the other tab sleeps, or was made before this one's program. */
const ANSWER_MS = 2_000;

/** This tab's place. */
export class OneTab {
  #channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(LOCK);
  #letGo = () => {};
  #isMine = false;
  #isInCall = () => false;
  #gaveUp = () => {};

  constructor() {
    this.#channel?.addEventListener("message", ({ data }) => this.#hear(data));
  }

  /**
   * Have the place if nobody has it.
   * @returns {Promise<boolean>}
   */
  async isFree() {
    const now = () => this.#have({ ifAvailable: true }); // however long a busy machine takes to say so
    return (await now()) || (await this.#have({ signal: AbortSignal.timeout(RELOAD_MS) })) || now();
  }

  /**
   * While this tab has the place: what another must know before it takes over, and what to do when it does.
   * @param {{isInCall: () => boolean, gaveUp: () => void}} told
   */
  hold({ isInCall, gaveUp }) {
    this.#isInCall = isInCall;
    this.#gaveUp = gaveUp;
  }

  /**
   * Ask the other tab for it; false where a call is on there. A tab that doesn't answer loses it.
   * @returns {Promise<boolean>}
   */
  async takeOver() {
    const refusing = new AbortController();
    const refused = (/** @type {MessageEvent} */ { data }) => data === "in_call" && refusing.abort();
    this.#channel?.addEventListener("message", refused);
    const sleeping = setTimeout(() => refusing.abort("silent"), ANSWER_MS);
    this.#channel?.postMessage("may_i");
    const isGiven = await this.#have({ signal: refusing.signal });
    clearTimeout(sleeping);
    this.#channel?.removeEventListener("message", refused);
    if (isGiven || refusing.signal.reason !== "silent") return isGiven;
    return this.#have({ steal: true });
  }

  /** @param {LockOptions} how */
  #have(how) {
    if (!navigator.locks) return Promise.resolve(true); // a page that isn't secure has none, nor a camera
    return new Promise((resolve) => {
      const held = navigator.locks.request(LOCK, how, (lock) => {
        if (lock === null) return resolve(false);
        this.#isMine = true;
        resolve(true);
        return new Promise((done) => (this.#letGo = () => done(undefined)));
      });
      held.catch(() => (this.#isMine ? this.#lost() : resolve(false)));
    });
  }

  /** @param {unknown} word */
  #hear(word) {
    if (word !== "may_i" || !this.#isMine) return;
    if (this.#isInCall()) return this.#channel?.postMessage("in_call");
    this.#lost();
    this.#letGo();
  }

  #lost() {
    this.#isMine = false;
    this.#gaveUp();
  }
}
