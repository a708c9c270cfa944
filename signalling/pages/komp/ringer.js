/**
 * The ring: two bells that anybody hears in the next room. The knob makes it softer but never silent.
 *
 * It makes its tones itself and plays nothing that came from elsewhere.
 */

const EVERY_MS = 2_400;
/** Seconds after the beginning of a ring, and the pitch of that stroke. */
const STROKES = [
  [0, 784],
  [0.32, 988],
  [0.64, 784],
  [0.96, 988],
];
const SOFTEST = 0.35;

/** Rings until it is stopped. */
export class Ringer {
  /** @type {AudioContext | null} */
  #audio = null;
  #timer = 0;
  /** @type {GainNode | null} */
  #gain = null;

  /** Whether the browser lets a page sound by itself. Known once it was asked. */
  get isSilenced() {
    return this.#audio?.state === "suspended";
  }

  /** Whether it rings now. */
  get rings() {
    return this.#timer !== 0;
  }

  /** Ask the browser for sound, before it is needed. */
  prepare() {
    this.#audio ??= new AudioContext();
    void this.#audio.resume();
  }

  /** @param {number} loudness 0 to 1 */
  start(loudness) {
    this.stop();
    this.prepare();
    const audio = /** @type {AudioContext} */ (this.#audio);
    this.#gain = audio.createGain();
    this.#gain.connect(audio.destination);
    this.loudness(loudness);
    this.#timer = setInterval(() => this.#strike(), EVERY_MS);
    this.#strike();
  }

  /** @param {number} loudness 0 to 1 */
  loudness(loudness) {
    if (this.#gain) this.#gain.gain.value = SOFTEST + (1 - SOFTEST) * loudness;
  }

  /** At once. */
  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#gain?.disconnect();
    this.#gain = null;
  }

  #strike() {
    if (!this.#audio || !this.#gain) return;
    for (const [after, pitch] of STROKES) bell(this.#audio, this.#gain, this.#audio.currentTime + after, pitch);
  }
}

/**
 * @param {AudioContext} audio
 * @param {AudioNode} into
 * @param {number} at
 * @param {number} pitch
 */
function bell(audio, into, at, pitch) {
  for (const [times, loud] of [
    [1, 0.5],
    [2.76, 0.18],
  ]) {
    const tone = audio.createOscillator();
    const fading = audio.createGain();
    tone.frequency.value = pitch * times;
    fading.gain.setValueAtTime(loud, at);
    fading.gain.exponentialRampToValueAtTime(0.001, at + 0.9);
    tone.connect(fading).connect(into);
    tone.start(at);
    tone.stop(at + 1);
  }
}
