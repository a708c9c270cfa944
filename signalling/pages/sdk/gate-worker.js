/**
 * The gate's worker: it lets no encoded frame through until it is told to open, and then every one.
 *
 * A picture begins with a key frame: if one was thrown away, another is asked for.
 */

let isOpen = false;
/** @type {(() => void)[]} what to do when it opens */
const waiting = [];

addEventListener("message", () => {
  isOpen = true;
  for (const opened of waiting.splice(0)) opened();
});

addEventListener("rtctransform", (/** @type {any} */ { transformer }) => {
  let isMissed = false;
  waiting.push(() => isMissed && transformer.sendKeyFrameRequest().catch(() => undefined)); // sound has no key frames
  const gate = new TransformStream({
    transform(frame, onwards) {
      if (isOpen) onwards.enqueue(frame);
      else isMissed = true;
    },
  });
  transformer.readable.pipeThrough(gate).pipeTo(transformer.writable).catch(() => undefined); // the connection closed
});
