/** How loud a microphone is at this moment. The sound is measured where it is, and goes nowhere. */

/** What speech at arm's length comes to, of all that a microphone can say. */
const SPEECH = 0.25;

/** One microphone at a time. */
export class Level {
  /** @type {AudioContext | null} */
  #audio = null;
  /** @type {MediaStreamAudioSourceNode | null} */
  #source = null;
  /** @type {AnalyserNode | null} */
  #analyser = null;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #samples = new Float32Array(1024);

  /** @param {MediaStreamTrack | null} track to listen to from now on */
  listen(track) {
    if (track === this.#track) return;
    this.#source?.disconnect();
    this.#track = track;
    if (!track) return;
    this.#audio ??= new AudioContext();
    void this.#audio.resume();
    this.#analyser ??= new AnalyserNode(this.#audio, { fftSize: this.#samples.length });
    this.#source = this.#audio.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }

  /** From 0, silence, to 1. */
  get now() {
    if (!this.#track || !this.#analyser) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    return Math.min(1, Math.sqrt(power) / SPEECH);
  }

  /** Listen no more. */
  close() {
    this.listen(null);
    void this.#audio?.close();
    this.#audio = this.#analyser = this.#source = null;
  }
}
