/**
 * Sound that the browser holds back: a page that nobody has touched yet may show moving pictures and not be heard, as after it was loaded anew in a call.
 * The picture moves at once, and a button turns the sound on.
 *
 * It asks for nothing where the browser allows the sound, as a Komp's does.
 */

/**
 * Play what the other end sends; without a sound where the browser wants a touch first.
 * @param {HTMLVideoElement} video
 * @param {HTMLButtonElement} button turns the sound on; hidden where it is on
 */
export async function playAloud(video, button) {
  video.muted = false;
  button.hidden = true;
  button.onclick = () => void playAloud(video, button);
  try {
    await video.play();
  } catch (problem) {
    if (!(problem instanceof DOMException) || problem.name !== "NotAllowedError") return; // another stream took its place
    video.muted = true;
    button.hidden = false;
    await video.play().catch(() => undefined);
  }
}
