/**
 * The gate's worker: it lets no encoded frame through until it is told to open, and then every one.
 *
 * A picture begins with a key frame: if one was thrown away, another is asked for. So it is after a path was lost. What is repeated then of the time without
 * one is thrown away: it is of no use, and so late that Chromium would hold back what follows for seconds.
 */

const ASK_AGAIN_MS = 250;
const TIMES = 12;

let isOpen = false;
/** @type {(() => void)[]} what to do when it opens */
const waiting = [];
/** @type {{lost: () => void, back: () => void}[]} */
const streams = [];

addEventListener("message", ({ data }) => {
  if (data === "lost" || data === "back") return streams.forEach((stream) => stream[/** @type {"lost" | "back"} */ (data)]());
  isOpen = true;
  for (const opened of waiting.splice(0)) opened();
});

addEventListener("rtctransform", (/** @type {any} */ { transformer }) => {
  let isMissed = false;
  let isStale = false;
  let timer = 0;
  const ask = (times = TIMES) => {
    clearTimeout(timer);
    if (times === 0) return;
    transformer.sendKeyFrameRequest().catch(() => clearTimeout(timer)); // sound has no key frames
    timer = setTimeout(() => ask(times - 1), ASK_AGAIN_MS);
  };
  streams.push({ lost: () => (isStale = true), back: () => isStale && ask() });
  waiting.push(() => isMissed && ask());
  const gate = new TransformStream({
    transform(frame, onwards) {
      if (frame.type === "key") {
        clearTimeout(timer);
        isStale = false;
      }
      if (isStale && frame.type === "delta") return;
      if (isOpen) onwards.enqueue(frame);
      else isMissed = true;
    },
  });
  transformer.readable.pipeThrough(gate).pipeTo(transformer.writable).catch(() => undefined); // the connection closed
});
