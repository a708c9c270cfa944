/**
 * That somebody was muted, or their camera off: a page that is loaded anew in a call comes back so, and shows nobody who had turned the camera off. In this
 * tab's `sessionStorage`, until the call is over.
 */

const KEPT = "narvaro.wishes";

/** @typedef {{isMuted: boolean, isCameraOff: boolean}} Wishes */

/** Nothing was wished: as every call begins. */
export const NONE = Object.freeze({ isMuted: false, isCameraOff: false });

/** @param {Wishes | null} wishes null: the call is over */
export function keepWishes(wishes) {
  try {
    if (wishes && (wishes.isMuted || wishes.isCameraOff)) sessionStorage.setItem(KEPT, JSON.stringify(wishes));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // A browser that keeps nothing doesn't come back into a call either.
  }
}

/**
 * What was wished in the call that this page comes back into.
 * @returns {Wishes}
 */
export function keptWishes() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    return { isMuted: found?.isMuted === true, isCameraOff: found?.isCameraOff === true };
  } catch {
    return NONE;
  }
}
