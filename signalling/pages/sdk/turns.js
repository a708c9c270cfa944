/**
 * One thing after another: what is asked later happens later, though each takes time. A step that fails stops nobody behind it.
 *
 * It holds no result, and must never be asked for a turn from within one.
 */

/** A queue of steps that share a state. */
export class Turns {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * What `work` gives, once everything that was asked before has been done.
   * @template T
   * @param {() => T | Promise<T>} work
   * @returns {Promise<T>}
   */
  take(work) {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
