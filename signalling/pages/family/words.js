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
  peer_not_verified: "The other end couldn’t prove who it is, so the call was stopped.",
  suspended: "This Komp’s subscription is suspended.",
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
  if (call.timeline.at("ringing") !== null) return "It rings…";
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
