/** Before the classroom: whether the robot can be entered, and why not. */

import { element, say } from "../family/dom.js";
import { locale } from "../words/spoken.js";
import { words } from "./words.js";

/**
 * @typedef {import("../sdk/endpoint.js").Endpoint} Endpoint
 * @typedef {import("../sdk/links.js").LinkRecord} LinkRecord
 */

/**
 * @param {LinkRecord} robot
 * @param {Endpoint} endpoint
 */
export function showReady(robot, endpoint) {
  const seen = endpoint.presence.get(robot.endpoint);
  const isVerified = endpoint.book.isVerified(robot.endpoint);
  const presence = element("presence", HTMLParagraphElement);
  presence.className = `presence ${seen?.state ?? "unknown"}`;
  say(presence, endpoint.isOnline ? presenceWords(robot.name, seen) : words("connection.connecting"));
  say(element("ready-problem", HTMLParagraphElement), isVerified ? "" : words("keys.unproven"));
  const enter = element("enter", HTMLButtonElement);
  enter.disabled = !endpoint.isOnline || !isVerified || seen?.state === "blocked";
}

/**
 * @param {string} name
 * @param {import("../sdk/endpoint.js").Presence | undefined} seen
 */
function presenceWords(name, seen) {
  if (!seen) return words("presence.unknown");
  const told = { name, time: seen.since ? timeWords(seen.since) : "" };
  switch (seen.state) {
    case "online":
      return words("presence.online", told);
    case "blocked":
      return words("presence.blocked", told);
    case "off":
    case "turned_off":
      return words(seen.since ? "presence.off_since" : "presence.off", told);
    default:
      return words(seen.since ? "presence.lost_since" : "presence.lost", told);
  }
}

/** @param {Date} date */
function timeWords(date) {
  const isToday = date.toDateString() === new Date().toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const parts = isToday ? {} : { weekday: "long", day: "numeric", month: "long" };
  return date.toLocaleString(locale(), { ...parts, hour: "2-digit", minute: "2-digit" });
}
