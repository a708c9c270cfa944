/** The screen stays on while a visit lasts, where the browser can do that. */

/** @type {WakeLockSentinel | null} */
let held = null;
let isWanted = false;

/** Keep it on from now on, also when the page comes back into view. */
export function stayAwake() {
  isWanted = true;
  void hold();
}

/** It may go dark again. */
export function mayDoze() {
  isWanted = false;
  void held?.release().catch(() => undefined);
  held = null;
}

async function hold() {
  if (!isWanted || (held && !held.released) || document.visibilityState !== "visible") return;
  try {
    held = (await navigator.wakeLock?.request("screen")) ?? null;
    if (!isWanted) mayDoze();
  } catch {
    // A battery that is low, or a browser that doesn't: the screen goes its own way.
  }
}

document.addEventListener("visibilitychange", () => void hold());
