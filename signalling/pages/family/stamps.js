/**
 * Reads the stamps that simulated devices draw into their pictures: whether the picture moves, and how old it is.
 *
 * For tests and for demonstrations, with `?stamps` in the address. It looks at the picture in this page and sends nothing anywhere.
 */

import { readStamp } from "../sdk/stamp.js";
import { element, say } from "./dom.js";

/**
 * The frame numbers read so far in this page's calls, and each one's age in milliseconds when it was read.
 * @type {{frame: number, ageMs: number}[]}
 */
export const seen = [];

/**
 * Read every frame that the video shows, as long as it shows any.
 * @param {HTMLVideoElement} video
 */
export function watchStamps(video) {
  const canvas = new OffscreenCanvas(1, 1);
  const drawing = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  const figures = element("figures", HTMLParagraphElement);
  const look = () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (width > 0 && height > 0) {
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      drawing.drawImage(video, 0, 0);
      const stamp = readStamp(drawing.getImageData(0, 0, width, height));
      if (stamp) {
        seen.push({ frame: stamp.frame, ageMs: Date.now() - stamp.sentAt });
        figures.hidden = false;
        say(figures, `Frame ${stamp.frame}, ${Date.now() - stamp.sentAt} ms old`);
      }
    }
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}
