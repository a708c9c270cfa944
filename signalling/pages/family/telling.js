/**
 * What is said of a call at this moment and at its end, for either direction and whoever is at the other end: a Komp that answers by itself, or a person who
 * presses a button.
 */

import { IncomingCall } from "../sdk/incoming.js";
import { causeWords } from "../words/causes.js";
import { spoken } from "../words/spoken.js";
import * as basic from "./words.js";
import { has, words as endWords, wordsOr as endWordsOr } from "./words/ends.js";
import { words } from "./words/ringing.js";

/**
 * @typedef {import("../sdk/call.js").OutgoingCall} OutgoingCall
 * @typedef {OutgoingCall | IncomingCall} Call
 */

/**
 * The other end's name: of whom calls, the one that was found to be theirs.
 * @param {Call} call
 */
export function nameOf(call) {
  return call instanceof IncomingCall ? call.caller.name : call.contact.name;
}

/**
 * What the stage says until the picture is there.
 * @param {Call} call
 * @param {number | null} seconds until the other end answers by itself
 */
export function stageWords(call, seconds) {
  if (call instanceof IncomingCall) return words("ring.connecting");
  if (call.phase !== "accepted" && call.waitsFor) return words(call.waitsFor === "too_many" ? "stage.too_many" : "stage.waits");
  const isPerson = call.contact.kind === "person" && call.phase !== "accepted" && call.timeline.at("ringing") !== null;
  return isPerson ? words("stage.ringing_person") : basic.stageWords(call, seconds);
}

/**
 * What a screen reader says of a call: once for each step, not every second.
 * @param {Call} call
 */
export function saidWords(call) {
  const name = nameOf(call);
  if (call.path === "lost") return basic.words("said.lost");
  if (call.timeline.at("picture") !== null) return basic.words("said.picture", { name });
  if (!(call instanceof IncomingCall)) {
    if (call.phase !== "accepted" && call.waitsFor) return stageWords(call, null);
    const isPerson = call.contact.kind === "person" && call.phase === "ringing";
    return isPerson ? words("stage.ringing_person") : basic.saidWords(call);
  }
  return call.phase === "accepted" ? words("ring.connected", { name }) : words("ring.calls", { name });
}

/**
 * Why a call ended.
 * @param {Call} call
 */
export function endedWords(call) {
  const known = causeWords(spoken(), call.cause);
  if (known) return known.why;
  if (!(call instanceof IncomingCall)) return basic.endedWords(call.reason);
  const key = `ended.${call.reason ?? "taken"}`;
  return call.timeline.at("accepted") === null && has(key) ? endWordsOr(key, "ended.taken") : basic.endedWords(call.reason);
}

/**
 * What can be done about that, or nothing.
 * @param {Call} call
 */
export function todoWords(call) {
  if (call instanceof IncomingCall && call.timeline.at("accepted") === null) return "";
  const known = causeWords(spoken(), call.cause);
  if (known) return known.todo;
  const keys = [`todo.${call.contact.kind}.${call.reason}`, `todo.${call.reason}`];
  const key = keys.find((one) => has(one));
  return key ? endWordsOr(key, "todo.heading") : "";
}

/**
 * A step of the timeline.
 * @param {Call} call
 * @param {string} step
 */
export function stepWords(call, step) {
  if (call instanceof IncomingCall && has(`step.${step}`)) return endWordsOr(`step.${step}`, "step.joined");
  return basic.wordsOr(`step.${step}`, "step.ended");
}

/** The heading over what can be done. */
export function todoHeading() {
  return endWords("todo.heading");
}

/**
 * What the keys of a person's app are worth.
 * @param {import("../sdk/links.js").LinkRecord} record
 * @param {boolean} isVerified
 */
export function personKeysWords(record, isVerified) {
  if (isVerified) return basic.keysWords(record, true);
  if (record.changed) return words("keys.person_changed");
  return words(record.how === "introduced" ? "keys.person_introduced" : "keys.person_old");
}
