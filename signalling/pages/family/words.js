/**
 * Every word that the family app says, in one place: a catalogue for another language is another such file.
 */

/** @type {Record<string, string>} */
export const CONNECTION = {
  connecting: "Connecting…",
  online: "Connected",
  offline: "No connection. Trying again…",
  superseded: "Open in another window",
  refused: "Not linked",
  stopped: "Turned off",
};

/** @type {Record<string, {heading: string, text: string, button?: string}>} */
export const NOTICES = {
  unlinked: {
    heading: "This browser isn’t linked yet",
    text: "Open the private link that you were sent, once, in this browser. After that this page is all you need.",
  },
  damaged: {
    heading: "That link doesn’t work",
    text: "Something is missing from it. Copy the whole link, or ask for a new one.",
  },
  damaged_code: {
    heading: "That code doesn’t work",
    text: "Something is missing from it. Scan it again, or copy the whole link.",
  },
  unlinked_code: {
    heading: "This browser isn’t linked yet",
    text: "Open the private link that you were sent, once, in this browser. Then open the pairing code again.",
  },
  unkept: {
    heading: "This browser keeps nothing",
    text: "It must keep its keys to be known again. Use an ordinary window, not a private one, and close other windows of this page. If that doesn’t help, open your private link again.",
  },
  refused: {
    heading: "This browser isn’t linked here any more",
    text: "The link was withdrawn, or belongs to another place. Ask for a new private link.",
  },
  superseded: {
    heading: "Närvaro is open in another window",
    text: "Only one window at a time can take part. You can go on there, or here.",
    button: "Use it here",
  },
};

/** @type {Record<string, string>} */
const ENDED = {
  hangup: "The call is over.",
  cancelled: "You stopped ringing.",
  declined: "They can’t take a call now.",
  busy: "They are in another call. Try again in a little while.",
  no_answer: "Nobody answered.",
  unreachable: "It can’t be reached. It may be turned off, or without a network.",
  knob_off: "It was turned off there, with the knob.",
  power_off: "It was turned off there.",
  ice_failed: "No way was found for sound and picture. A firewall may be in the way.",
  lost_network: "The network was lost.",
  replaced: "You began another call.",
  glare: "They are calling you.",
  stale_key: "The two ends must be linked anew.",
  peer_not_verified: "Stopped: it couldn’t be proven who is at the other end.",
  suspended: "This Komp’s subscription is suspended.",
  device_suspended: "This Komp takes no calls now: its subscription is suspended, or it is blocked. Whoever looks after it can change that.",
  conflict: "That call couldn’t be placed. Try again.",
  ended: "That call is over. Try again.",
  drained: "The coordinator is restarting. Try again.",
  recording: "The call was stopped, because somebody recorded it.",
  admin_forced: "The call was stopped by an administrator.",
  reset: "It is being set up anew, so the call was stopped.",
  erased: "The link between you was erased, so the call was stopped.",
  unavailable: "The coordinator can’t do that now. Try again in a moment.",
  draining: "The coordinator is restarting. Try again.",
  no_camera: "The page may not use your camera and microphone. Allow them in the browser, and call again.",
  not_found: "You can’t call there.",
  not_allowed: "You can’t call there.",
  too_many: "That was too often. Wait a little, and try again.",
};

/** @type {Record<string, string>} */
const WARNINGS = {
  peer_not_verified:
    "No sound or picture reached whoever that was. Somebody may have tried to get between the two of you, or one end was set up anew. Pair the two again before you call, and tell whoever looks after the other end.",
};

/** @type {Record<string, string>} */
const NOT_PAIRED = {
  nobody_came: "Nobody came. Is the code still on the screen there, and is that end connected? A code serves once, and only for a while.",
  somebody_else:
    "Somebody else answered, so nothing was kept. Others may have seen this code: throw it away, show a new one, and let nobody else see it.",
  taken: "Two others have met by this code already. If one of them wasn’t you, tell whoever showed it. Show a new code to pair.",
  not_kept: "This browser keeps nothing, perhaps because it is a private window. Open the code in an ordinary window.",
};

/** @type {Record<import("../sdk/timeline.js").Step, string>} */
export const STEPS = {
  pressed: "You pressed Call",
  camera: "Camera and microphone are on",
  invited: "The ring is passed on",
  ringing: "It rings there",
  joined: "The two ends have found each other",
  offered: "Connection offered",
  answered: "Connection answered",
  ice: "A way is found",
  connected: "The encrypted path stands",
  accepted: "Answered: sound and picture start",
  picture: "First picture",
  lost: "The path is lost, trying to get it back",
  back: "The path is back",
  ended: "The call ended",
  erased: "The coordinator erased the call",
};

/** @param {string | null} reason */
export function endedWords(reason) {
  return (reason && ENDED[reason]) || "The call ended.";
}

/**
 * What must be said aloud of an end, or null.
 * @param {string | null} reason
 */
export function warningWords(reason) {
  return (reason && WARNINGS[reason]) || null;
}

/**
 * What is known of the keys of somebody who can be called.
 * @param {import("../sdk/links.js").LinkRecord} record
 * @param {boolean} isVerified whether it may answer by itself
 */
export function keysWords({ how, changed, voucher }, isVerified) {
  if (isVerified) return how === "vouched" && voucher ? `Keys checked: ${voucher.name} vouches for them` : "Keys checked";
  if (changed) return "Other keys were shown for it: somebody must turn the knob, until you pair again";
  if (how === "introduced") return "Introduced by the coordinator: somebody must turn the knob";
  return "Its keys are out of date: somebody must turn the knob";
}

/**
 * The question, the wait and the end of a pairing.
 * @param {string} name
 * @param {"asking" | "waiting" | "paired" | "failed"} stage
 * @param {string | null} code why it failed
 * @returns {{heading: string, text: string, note: string, on: string | null, off: string | null}}
 */
export function pairingWords(name, stage, code) {
  switch (stage) {
    case "asking":
      return {
        heading: `Pair with ${name}?`,
        text: "The two show each other their keys, once. From then on nobody can put themselves between you.",
        note: "Do it only if you read this code off the screen there, or got it from somebody you trust.",
        on: "Pair",
        off: "Not now",
      };
    case "waiting":
      return {
        heading: `Waiting for ${name}…`,
        text: "If it asks for a turn of the knob, turn it one step.",
        note: "Keep this page open, and leave the code on the screen there. It takes a few seconds, and five minutes at most.",
        on: null,
        off: "Stop",
      };
    case "paired":
      return {
        heading: `Paired with ${name}`,
        text: "The two know each other’s keys now, and every call is checked against them.",
        note: "",
        on: "Go on",
        off: null,
      };
    default:
      return {
        heading: "You are not paired",
        text: (code && NOT_PAIRED[code]) || "The coordinator can’t do that now. Try again in a moment.",
        note: "",
        on: code === "somebody_else" || code === "taken" ? null : "Try again",
        off: "Back",
      };
  }
}

/**
 * @param {import("../sdk/endpoint.js").Presence | undefined} presence
 * @param {Date} [now]
 */
export function presenceWords(presence, now = new Date()) {
  if (!presence) return "Looking…";
  const since = presence.since ? ` since ${whenWords(presence.since, now)}` : "";
  switch (presence.state) {
    case "online":
      return "Can be reached now";
    case "off":
    case "turned_off":
      return `Turned off${since}`;
    case "blocked":
      return "Blocked";
    default:
      return `Disconnected${since}`;
  }
}

/**
 * What the stage says until the picture is there.
 * @param {import("../sdk/call.js").OutgoingCall} call
 * @param {number | null} seconds until the other end answers by itself
 */
export function stageWords(call, seconds) {
  if (call.phase === "accepted") return "Answered. Here comes the picture…";
  if (seconds !== null) return seconds > 0 ? `It rings. Picture in ${seconds} s` : "Here comes the picture…";
  if (call.timeline.at("ringing") !== null) return call.verified ? "It rings…" : "It rings. Somebody must turn the knob there.";
  return call.away ? "It isn’t connected at the moment. Trying…" : "Calling…";
}

/** @param {number} ms */
export function lengthWords(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** @param {number} ms */
export function stepTime(ms) {
  return ms < 10_000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * @param {Date} date
 * @param {Date} now
 */
function whenWords(date, now) {
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === now.toDateString()) return time;
  return `${date.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" })}, ${time}`;
}
