/**
 * How well the media of a call go, as the browser counts it (W3C webrtc-stats): for the operator's sums and for whoever wonders about a picture that stands
 * still. Figures of a path and of nobody: no address, no name, nothing of what is sent.
 */

/** As in `client_sim.live_call`. */
const TOLD_MS = 10_000;
const BITS_A_BYTE = 8;
/** What `call.quality` has room for. */
const FASTEST_KBPS = 1_000_000;

/**
 * `at` is milliseconds of one clock; the rest counts from the beginning of the connection, but for the last three.
 * @typedef {{at: number, received: number, sent: number, arrived: number, missing: number, freezes: number | null,
 *   framesPerSecond: number | null, jitterMs: number | null, roundTripMs: number | null}} Counts
 * @typedef {{received_kbps: number, sent_kbps: number, packets_lost_percent?: number, jitter_ms?: number, round_trip_ms?: number,
 *   frames_per_second?: number, freezes?: number}} Quality as `call.quality` has it
 */

/**
 * What a connection has counted so far.
 * @param {RTCStatsReport} report
 * @param {number} at
 * @returns {Counts}
 */
export function countsOf(report, at) {
  const entries = /** @type {any[]} */ ([...report.values()]);
  const pairs = entries.filter(({ type }) => type === "candidate-pair");
  const streams = entries.filter(({ type }) => type === "inbound-rtp");
  const video = streams.find(({ kind }) => kind === "video");
  const pair = pairs.find(({ nominated, state, currentRoundTripTime }) => nominated && state === "succeeded" && currentRoundTripTime !== undefined);
  const seen = video ?? streams[0];
  return {
    at,
    received: sum(pairs, "bytesReceived"),
    sent: sum(pairs, "bytesSent"),
    arrived: sum(streams, "packetsReceived"),
    missing: sum(streams, "packetsLost"),
    freezes: video?.freezeCount ?? null,
    framesPerSecond: video?.framesPerSecond ?? null,
    jitterMs: seen?.jitter === undefined ? null : seen.jitter * 1000,
    roundTripMs: pair ? pair.currentRoundTripTime * 1000 : null,
  };
}

/**
 * What happened between two counts of one connection; null where no time has passed.
 * @param {Counts} before
 * @param {Counts} now
 * @returns {Quality | null}
 */
export function qualityOf(before, now) {
  const elapsedMs = now.at - before.at;
  if (elapsedMs <= 0) return null;
  const rate = (/** @type {number} */ bytes) => Math.min(FASTEST_KBPS, Math.max(0, Math.round((bytes * BITS_A_BYTE) / elapsedMs)));
  /** @type {Quality} */
  const quality = { received_kbps: rate(now.received - before.received), sent_kbps: rate(now.sent - before.sent) };
  const [arrived, missing] = [Math.max(0, now.arrived - before.arrived), Math.max(0, now.missing - before.missing)];
  if (arrived + missing > 0) quality.packets_lost_percent = Math.round((missing * 1000) / (arrived + missing)) / 10;
  if (now.jitterMs !== null) quality.jitter_ms = Math.round(now.jitterMs);
  if (now.roundTripMs !== null) quality.round_trip_ms = Math.round(now.roundTripMs);
  if (now.framesPerSecond !== null) quality.frames_per_second = now.framesPerSecond;
  if (now.freezes !== null) quality.freezes = now.freezes;
  return quality;
}

/** Looks at the connection of one call, again and again, while it is on. */
export class QualityWatch {
  /**
   * The newest figures, for a screen; null until there are any.
   * @type {Quality | null}
   */
  newest = null;
  #report;
  #tell;
  /** @type {Counts | null} */
  #before = null;
  #timer = 0;

  /**
   * @param {() => Promise<RTCStatsReport | null>} report of the connection that there is now
   * @param {(quality: Quality) => void} tell called every ten seconds
   */
  constructor(report, tell) {
    this.#report = report;
    this.#tell = tell;
  }

  /** The call is on, or goes over another connection: count from here. */
  async begin() {
    this.stop();
    const timer = setInterval(() => void this.#look(timer), TOLD_MS);
    this.#timer = timer;
    const report = await this.#report();
    if (timer === this.#timer) this.#before = report && countsOf(report, performance.now());
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#before = null;
  }

  /** @param {number} timer */
  async #look(timer) {
    const report = await this.#report();
    if (timer !== this.#timer || report === null) return;
    const now = countsOf(report, performance.now());
    const quality = this.#before && qualityOf(this.#before, now);
    this.#before = now;
    if (quality === null) return;
    this.newest = quality;
    this.#tell(quality);
  }
}

/**
 * @param {any[]} entries
 * @param {string} name
 * @returns {number}
 */
function sum(entries, name) {
  return entries.reduce((all, entry) => all + (entry[name] ?? 0), 0);
}
