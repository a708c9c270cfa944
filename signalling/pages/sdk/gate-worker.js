/**
 * The gate's worker: it lets no encoded frame through until it is told to open, and then every one until it is told to shut.
 *
 * A picture begins with a key frame: if one was thrown away, another is asked for. So it is after a path was lost. What is repeated then of the time without
 * one is thrown away: it is of no use, and so late that Chromium would hold back what follows for seconds.
 */

const ASK_AGAIN_MS = 250;
const TIMES = 12;

let isOpen = false;
/** @type {{lost: () => void, back: () => void, opened: () => void}[]} */
const streams = [];

addEventListener("message", ({ data }) => {
  if (data === "lost" || data === "back") return streams.forEach((stream) => stream[/** @type {"lost" | "back"} */ (data)]());
  isOpen = data === "open";
  if (isOpen) for (const { opened } of streams) opened();
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
  const opened = () => {
    if (isMissed) ask();
    isMissed = false;
  };
  streams.push({ lost: () => (isStale = true), back: () => isStale && ask(), opened });
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
