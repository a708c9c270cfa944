/**
 * Camera and microphone, asked for when the user presses Call, Answer or Try, and never before.
 */

const PICTURE = Object.freeze({ width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } });
/** There is none, or another program holds it: one of the two alone is better than no call. */
const WITHOUT = new Set(["NotFoundError", "NotReadableError", "OverconstrainedError", "AbortError"]);

/**
 * What a browser is asked for; `id` and `facing` say which camera, the first of them that is given.
 * @param {{id?: string, facing?: string, isExact?: boolean}} [which]
 * @returns {MediaTrackConstraints}
 */
export function pictureOf({ id, facing = "user", isExact = false } = {}) {
  const how = (/** @type {string} */ value) => (isExact ? { exact: value } : { ideal: value });
  return id ? { ...PICTURE, deviceId: how(id) } : { ...PICTURE, facingMode: how(facing) };
}

/**
 * @param {{id?: string, isExact?: boolean}} [which]
 * @returns {MediaTrackConstraints}
 */
export function soundOf({ id, isExact = false } = {}) {
  const cleaned = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return id ? { ...cleaned, deviceId: isExact ? { exact: id } : { ideal: id } } : cleaned;
}

/**
 * The user's sound and picture, or the one of them that there is.
 * @param {import("./devices.js").Choice} [choice] which of several
 * @param {(problem: unknown) => void} [missed] why there is one of them only
 * @returns {Promise<MediaStream>} rejects when the user, or the browser, says no, and where there is neither
 */
export async function openCamera({ camera, microphone } = {}, missed = () => {}) {
  if (!navigator.mediaDevices) throw new DOMException("Browsers give a camera to secure pages only.", "SecurityError");
  const [audio, video] = [soundOf({ id: microphone }), pictureOf({ id: camera })];
  try {
    return await navigator.mediaDevices.getUserMedia({ audio, video });
  } catch (problem) {
    if (!isWithout(problem)) throw problem;
    missed(problem);
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (problem) {
    if (!isWithout(problem)) throw problem;
  }
  return navigator.mediaDevices.getUserMedia({ video });
}

/** @param {unknown} problem */
function isWithout(problem) {
  return problem instanceof DOMException && WITHOUT.has(problem.name);
}
