/**
 * What a page can notice of somebody taking a picture of the classroom: the PrintScreen key where the browser passes it on, some of the shortcuts of
 * screenshot tools, printing, and scripts in this page that reach for its screen, its picture or a recorder.
 *
 * It is a small part of what can be done, and nobody must be told otherwise: a phone's screenshot, a screen recorder beside the browser, a camera in front of
 * the screen and an extension's own script are seen by no page (docs/howto/student-page.md).
 */

/** macOS takes pictures with 3, 4 and 5, Windows with S; most systems keep these keys to themselves. */
const SHORTCUTS = Object.freeze(["Digit3", "Digit4", "Digit5", "KeyS"]);

/**
 * Report each attempt from now on; what this page itself can refuse is refused.
 * @param {() => void} report
 */
export function noticeAttempts(report) {
  for (const kind of /** @type {const} */ (["keydown", "keyup"])) {
    addEventListener(kind, (event) => isScreenshot(event) && report(), { capture: true });
  }
  addEventListener("beforeprint", report);
  const refused = () => {
    report();
    throw new DOMException("This page may not be recorded.", "NotAllowedError");
  };
  if (navigator.mediaDevices) refuse(navigator.mediaDevices, "getDisplayMedia", async () => refused());
  refuse(HTMLMediaElement.prototype, "captureStream", refused);
  refuse(HTMLCanvasElement.prototype, "captureStream", refused);
  refuse(globalThis, "MediaRecorder", class {
    constructor() {
      refused();
    }
  });
}

/** @param {KeyboardEvent} event */
function isScreenshot({ key, code, metaKey, shiftKey }) {
  return key === "PrintScreen" || code === "PrintScreen" || (metaKey && shiftKey && SHORTCUTS.includes(code));
}

/**
 * @param {object} owner
 * @param {string} name
 * @param {unknown} instead
 */
function refuse(owner, name, instead) {
  if (name in owner) Object.defineProperty(owner, name, { value: instead, configurable: false, writable: false });
}
