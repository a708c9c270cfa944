/**
 * What app and robot say to each other on the data channels of a call (docs/reference/control.md), what any two ends say there (docs/reference/protocol.md
 * §5.5), and their limits. The JavaScript twin of `client_sim.control.words`.
 *
 * These are data about a sick child: they are never logged, counted or kept, and nothing here repeats their content.
 */

/** UTF-8 text of one message. */
export const MESSAGE_BYTES = 1024;

/** What the robot's eyes show while they are lit. */
export const EYES = Object.freeze(["neutral", "happy", "sad", "confused"]);

/**
 * The channels of a `telepresence` call, negotiated beforehand under these labels: `control` is reliable and in order; a late glance is no glance, so the
 * other two are unordered and never sent again.
 * @type {Readonly<Record<Channel, number>>}
 */
export const CHANNEL_IDS = Object.freeze({ control: 0, look: 1, telemetry: 2 });

/**
 * `at` is in milliseconds of the app's own monotonic clock; angles are degrees, speeds degrees a second.
 * @typedef {"control" | "look" | "telemetry"} Channel
 * @typedef {"neutral" | "happy" | "sad" | "confused"} Eyes
 * @typedef {{t: "look", seq: number, at: number, pan: number | null, tilt: number | null, pan_speed: number | null, tilt_speed: number | null}} Look
 * @typedef {{t: "set", seq: number, hand: boolean, passive: boolean, whisper: boolean, mute: boolean, eyes: Eyes, volume: number}} Set
 * @typedef {{t: "done", seq: number}} Done
 * @typedef {{t: "robot", lit: boolean, pan: number, tilt: number, hand: boolean, passive: boolean, whisper: boolean, mute: boolean, eyes: Eyes,
 *   volume: number, battery_percent: number | null, signal_dbm: number | null}} Robot
 * @typedef {{t: "beat"}} Beat
 * @typedef {{t: "bye", reason: string}} Bye
 * @typedef {{t: "away"}} Away
 * @typedef {{t: "sends", camera: boolean, microphone: boolean}} Sends
 * @typedef {Look | Set | Done | Robot | Beat | Bye | Away | Sends} Said
 */

/**
 * A field: whether a value is one, and the value where it is left out. Without one it must be there.
 * @typedef {{holds: (value: unknown) => boolean, otherwise?: unknown}} Field
 */

const REASONS = Object.freeze([
  "hangup", "knob_off", "power_off", "declined", "busy", "cancelled", "no_answer", "unreachable", "stale_key", "glare", "ice_failed", "lost_network",
  "replaced", "recording", "suspended", "peer_not_verified", "admin_forced", "reset", "erased", "drained",
]);

/** @type {Field} */
const COUNT = { holds: (value) => isWithin(value, 0, Number.MAX_SAFE_INTEGER) };
/** @type {Field} */
const NUMBER = { holds: Number.isFinite };
/** @type {Field} */
const BOOLEAN = { holds: (value) => typeof value === "boolean" };
/** @type {Field} */
const MOOD = { holds: (value) => EYES.includes(/** @type {Eyes} */ (value)) };
/** @type {Field} */
const OFF = { ...BOOLEAN, otherwise: false };
/** @type {Field} */
const MAYBE = optional(NUMBER);
/** @type {Field} */
const PERCENT = { holds: (value) => isWithin(value, 0, 100) };
/** @type {Field} */
const DBM = { holds: (value) => isWithin(value, -140, 0) };
/** @type {Field} */
const INTEGER = { holds: Number.isSafeInteger };
/** @type {Field} */
const REASON = { holds: (value) => REASONS.includes(/** @type {string} */ (value)) };

/** The fields of each word, in the order in which they are written. */
/** @type {Readonly<Record<string, Readonly<Record<string, Field>>>>} */
const WORDS = Object.freeze({
  look: { seq: COUNT, at: COUNT, pan: MAYBE, tilt: MAYBE, pan_speed: MAYBE, tilt_speed: MAYBE },
  set: {
    seq: COUNT,
    hand: OFF,
    passive: OFF,
    whisper: OFF,
    mute: OFF,
    eyes: { ...MOOD, otherwise: "neutral" },
    volume: { ...PERCENT, otherwise: 50 },
  },
  done: { seq: COUNT },
  robot: {
    lit: BOOLEAN,
    pan: NUMBER,
    tilt: NUMBER,
    hand: BOOLEAN,
    passive: BOOLEAN,
    whisper: BOOLEAN,
    mute: BOOLEAN,
    eyes: MOOD,
    volume: INTEGER,
    battery_percent: optional(PERCENT),
    signal_dbm: optional(DBM),
  },
  beat: {},
  bye: { reason: REASON },
  away: {},
  sends: { camera: BOOLEAN, microphone: BOOLEAN },
});

/**
 * Nothing chosen yet: what a visit begins with.
 * @param {number} seq
 * @returns {Set}
 */
export function freshSet(seq) {
  return { t: "set", seq, hand: false, passive: false, whisper: false, mute: false, eyes: "neutral", volume: 50 };
}

/**
 * A message as the text that goes over its channel; what has the value it would have anyway is left out.
 * @param {Said} word
 */
export function encode(word) {
  const fields = Object.entries(WORDS[word.t]);
  const values = /** @type {Record<string, unknown>} */ (word);
  const said = fields.filter(([name, field]) => !("otherwise" in field) || values[name] !== field.otherwise);
  return JSON.stringify({ t: word.t, ...Object.fromEntries(said.map(([name]) => [name, values[name]])) });
}

/**
 * What came, or null: another type, another shape, or too long. Nothing comes of it either way.
 * @param {unknown} text
 * @returns {Said | null}
 */
export function decode(text) {
  if (typeof text !== "string" || text.length > MESSAGE_BYTES || new TextEncoder().encode(text).length > MESSAGE_BYTES) return null;
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (found === null || typeof found !== "object" || !Object.hasOwn(WORDS, found.t)) return null;
  /** @type {Record<string, unknown>} */
  const word = { t: found.t };
  for (const [name, field] of Object.entries(WORDS[found.t])) {
    const isThere = Object.hasOwn(found, name);
    if (isThere ? !field.holds(found[name]) : !("otherwise" in field)) return null;
    word[name] = isThere ? found[name] : field.otherwise;
  }
  return /** @type {Said} */ (/** @type {unknown} */ (word));
}

/**
 * @param {Field} field
 * @returns {Field}
 */
function optional({ holds }) {
  return { holds: (value) => value === null || holds(value), otherwise: null };
}

/**
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
function isWithin(value, least, most) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= least && /** @type {number} */ (value) <= most;
}
