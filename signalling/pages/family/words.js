/**
 * What the family app says of people, pairings and calls, in the reader's language. The words themselves stand in `words/en.js` and its two twins; a part of
 * the app that has many words of its own brings its own catalogue.
 */

import { catalogue, locale } from "../words/spoken.js";
import { EN } from "./words/en.js";
import { NB } from "./words/nb.js";
import { SV } from "./words/sv.js";

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
/** What `fillPage` says of the page's HTML. */
export const FAMILY = catalogue(CATALOGUES);
export const { words, wordsOr, has } = FAMILY;

/** @param {string | null} reason */
export function endedWords(reason) {
  return wordsOr(`ended.${reason}`, "ended.other");
}

/**
 * What must be said aloud of an end, or null.
 * @param {string | null} reason
 */
export function warningWords(reason) {
  return reason === "peer_not_verified" ? words("warning.peer_not_verified") : null;
}

/**
 * What is known of the keys of somebody who can be called.
 * @param {import("../sdk/links.js").LinkRecord} record
 * @param {boolean} isVerified whether it may answer by itself
 */
export function keysWords({ how, changed, voucher }, isVerified) {
  if (isVerified && how === "introduced") return words("keys.listed");
  if (isVerified) return how === "vouched" && voucher ? words("keys.vouched", { name: voucher.name }) : words("keys.checked");
  if (changed) return words("keys.changed");
  return words(how === "introduced" ? "keys.introduced" : "keys.old");
}

/**
 * The question, the wait and the end of a pairing.
 * @param {string} name
 * @param {"asking" | "waiting" | "paired" | "failed"} stage
 * @param {string | null} code why it failed
 * @returns {{heading: string, text: string, note: string, on: string | null, off: string | null}}
 */
export function pairingWords(name, stage, code) {
  const heading = words(`pair.${stage}.heading`, { name });
  switch (stage) {
    case "asking":
      return { heading, text: words("pair.asking.text"), note: words("pair.asking.note"), on: words("pair.asking.on"), off: words("pair.asking.off") };
    case "waiting":
      return { heading, text: words("pair.waiting.text"), note: words("pair.waiting.note"), on: null, off: words("pair.waiting.off") };
    case "paired":
      return { heading, text: words("pair.paired.text"), note: "", on: words("pair.paired.on"), off: null };
    default: {
      const isBurnt = code === "somebody_else" || code === "taken";
      const text = wordsOr(`unpaired.${code}`, "unpaired.other");
      return { heading, text, note: "", on: isBurnt ? null : words("pair.failed.on"), off: words("pair.failed.off") };
    }
  }
}

/**
 * @param {import("../sdk/endpoint.js").Presence | undefined} presence
 * @param {Date} [now]
 */
export function presenceWords(presence, now = new Date()) {
  if (!presence) return words("presence.looking");
  const { state, since } = presence;
  if (state === "online" || state === "blocked") return words(`presence.${state}`);
  const how = state === "off" || state === "turned_off" ? "off" : "disconnected";
  return since ? words(`presence.${how}_since`, { when: whenWords(since, now) }) : words(`presence.${how}`);
}

/**
 * What the stage says until the picture is there.
 * @param {import("../sdk/call.js").OutgoingCall} call
 * @param {number | null} seconds until the other end answers by itself
 */
export function stageWords(call, seconds) {
  if (call.phase === "accepted") return words("stage.answered");
  if (seconds !== null) return seconds > 0 ? words("stage.countdown", { seconds }) : words("stage.now");
  if (call.timeline.at("ringing") !== null) return words(call.verified ? "stage.rings" : "stage.rings_knob");
  return words(call.away ? "stage.away" : "stage.calling");
}

/**
 * What a screen reader says of a call: once for each step, not every second.
 * @param {import("../sdk/call.js").OutgoingCall} call
 */
export function saidWords(call) {
  const { name } = call.contact;
  if (call.path === "lost") return words("said.lost");
  if (call.timeline.at("picture") !== null) return words("said.picture", { name });
  if (call.phase === "accepted") return words("said.answered", { name });
  if (call.timeline.at("ringing") !== null) return words(call.verified ? "said.rings" : "said.rings_knob", { name });
  return words("said.calling", { name });
}

/** @param {number} ms */
export function lengthWords(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * @param {Date} date
 * @param {Date} [now]
 */
export function whenWords(date, now = new Date()) {
  const time = date.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === now.toDateString()) return time;
  return `${date.toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long" })}, ${time}`;
}
