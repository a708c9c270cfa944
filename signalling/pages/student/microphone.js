/** The microphone, asked for when the student enters and never before. The camera is never asked for. */

/** There is none, or another program holds it: seeing the class is better than staying away. */
const WITHOUT = new Set(["NotFoundError", "NotReadableError", "AbortError"]);

/**
 * The student's sound, or silence where there is no microphone.
 * @returns {Promise<MediaStream>} rejects when the user, or the browser, says no
 */
export async function openMicrophone() {
  if (!navigator.mediaDevices) throw new Error("Browsers give a microphone to secure pages only.");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  } catch (problem) {
    if (!(problem instanceof DOMException) || !WITHOUT.has(problem.name)) throw problem;
    return new MediaStream();
  }
}
