/**
 * The gate's worker: it lets no encoded frame through until it is told to open, and then every one until it is told to shut.
 *
 * A picture begins with a key frame: if one was thrown away, another is asked for.
 */

let isOpen = false;
/** @type {(() => void)[]} what to do when it opens */
const opened = [];

addEventListener("message", ({ data }) => {
  isOpen = data === "open";
  if (isOpen) for (const tell of opened) tell();
});

addEventListener("rtctransform", (/** @type {any} */ { transformer }) => {
  let isMissed = false;
  opened.push(() => {
    if (isMissed) transformer.sendKeyFrameRequest().catch(() => undefined); // sound has no key frames
    isMissed = false;
  });
  const gate = new TransformStream({
    transform(frame, onwards) {
      if (isOpen) onwards.enqueue(frame);
      else isMissed = true;
    },
  });
  transformer.readable.pipeThrough(gate).pipeTo(transformer.writable).catch(() => undefined); // the connection closed
});
