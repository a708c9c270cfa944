/**
 * What a QR before a camera says: by the browser's own reader where it has one for QR, by a vendored one elsewhere (Chromium on Linux has none).
 *
 * A frame is looked at and dropped; nothing of it is kept or sent.
 */

/** A frame is read no larger than this: a code that fills a third of it has cells enough. */
const WIDTH = 640;
/** One frame may cost so much; the next one is another chance. */
const READ_MS = 60;

/** @typedef {(video: HTMLVideoElement) => Promise<string | null>} Decoder the text of a QR in the present frame, or null */

/**
 * The one that this browser can do.
 * @returns {Promise<Decoder>}
 */
export async function decoder() {
  return (await ownDecoder()) ?? vendoredDecoder();
}

/** @returns {Promise<Decoder | null>} */
async function ownDecoder() {
  const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = await Detector?.getSupportedFormats().catch(() => []);
  if (!formats?.includes("qr_code")) return null;
  const detector = new Detector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue ?? null;
}

/** @returns {Promise<Decoder>} */
async function vendoredDecoder() {
  const { default: decodeQR } = await import("../vendor/qr/decode.js");
  const canvas = new OffscreenCanvas(1, 1);
  const drawing = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  return async (video) => {
    const scale = Math.min(1, WIDTH / video.videoWidth);
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    if (!(width > 0 && height > 0)) return null;
    Object.assign(canvas, { width, height });
    drawing.drawImage(video, 0, 0, width, height);
    try {
      return decodeQR(drawing.getImageData(0, 0, width, height), { timeLimit: READ_MS });
    } catch {
      return null; // there is none in this frame
    }
  };
}
