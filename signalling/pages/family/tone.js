/** Two soft notes, by which somebody hears whether their speaker works. The page makes them itself. */

/** Seconds after the beginning, and the pitch. */
const NOTES = [
  [0, 523],
  [0.45, 659],
];
const SECONDS = 0.8;
const LOUDNESS = 0.25;

/**
 * Play them once.
 * @param {string} speaker which one, where a page may choose; empty is the browser's own
 */
export async function playTone(speaker) {
  const audio = new AudioContext();
  const routed = /** @type {AudioContext & {setSinkId?: (id: string) => Promise<void>}} */ (audio);
  await routed.setSinkId?.(speaker).catch(() => undefined);
  await audio.resume();
  for (const [after, pitch] of NOTES) {
    const at = audio.currentTime + after;
    const [tone, fading] = [new OscillatorNode(audio, { frequency: pitch }), new GainNode(audio, { gain: LOUDNESS })];
    fading.gain.setValueAtTime(LOUDNESS, at);
    fading.gain.exponentialRampToValueAtTime(0.001, at + SECONDS);
    tone.connect(fading).connect(audio.destination);
    tone.start(at);
    tone.stop(at + SECONDS);
    if (after > 0) tone.onended = () => void audio.close();
  }
}
