/**
 * Camera and microphone, asked for when the user presses Call and never before.
 */

const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 }, facingMode: "user" };
/** There is no camera, or another program holds it: sound alone is better than no call. */
const WITHOUT_PICTURE = new Set(["NotFoundError", "NotReadableError", "OverconstrainedError", "AbortError"]);

/**
 * The user's sound and picture, or sound alone where there is no camera.
 * @returns {Promise<MediaStream>} rejects when the user, or the browser, says no
 */
export async function openCamera() {
  if (!navigator.mediaDevices) throw new Error("Browsers give a camera to secure pages only.");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: true, video: PICTURE });
  } catch (problem) {
    if (!(problem instanceof DOMException) || !WITHOUT_PICTURE.has(problem.name)) throw problem;
    return navigator.mediaDevices.getUserMedia({ audio: true });
  }
}
