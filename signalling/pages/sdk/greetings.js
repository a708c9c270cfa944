/**
 * What pictures and messages for a screen hold, inside their sealed posts (docs/reference/protocol.md, section 10). The JavaScript twin of
 * `client_sim.sealed.greetings`.
 *
 * A head as JSON, and after it the octets of a picture where there is one. A post of purpose `picture` holds a picture; one of purpose `message` a message,
 * or the removal of either. Words and pictures of a family are never logged.
 */

import { utf8 } from "./encoding.js";
import { POST_BYTES } from "./post.js";

export const CAPTION_CHARACTERS = 200;
export const TEXT_CHARACTERS = 500;
/** For how many seconds one may be shown each time. */
export const SHOW_SECONDS = Object.freeze({ least: 5, most: 60 });
/** However late its end is said to be, a screen shows nothing for longer than four weeks after it was taken. */
export const SHOWN_AT_MOST_SECONDS = 28 * 86_400;
/** Pixels of a picture's longer side, as a sending page makes it. */
export const LONGEST_SIDE = 1920;
/** What posts for a screen are sealed as. */
export const GREETING_PURPOSES = Object.freeze(["picture", "message"]);

const HEAD_BYTES = 4096;
const LENGTH_BYTES = 2;
const POST_ID = /^[A-Za-z0-9_-]{22}$/;
const NOTHING = new Uint8Array();

/**
 * @typedef {{t: "picture", show_seconds: number, until: number, type: "image/jpeg" | "image/webp", caption: string, octets: Uint8Array<ArrayBuffer>}} Picture
 * @typedef {{t: "message", show_seconds: number, until: number, text: string}} Message
 * @typedef {{t: "removal", removes: string}} Removal
 * @typedef {Picture | Message | Removal} Greeting `until` is Unix time in seconds
 */

/** The post opened, and what stood in it is for no screen; the message names the rule. */
export class GreetingError extends Error {}

/**
 * Under which purpose it is sealed.
 * @param {Greeting} greeting
 * @returns {"picture" | "message"}
 */
export function purposeOf({ t }) {
  return t === "picture" ? "picture" : "message";
}

/**
 * As it is sealed.
 * @param {Greeting} greeting
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {GreetingError} where it couldn't be read again
 */
export function encodeGreeting(greeting) {
  const { octets = NOTHING, caption, ...told } = /** @type {any} */ (greeting);
  const text = utf8(JSON.stringify(caption ? { ...told, caption } : told));
  if (text.length > HEAD_BYTES) throw new GreetingError("A greeting’s head has at most 4 KiB.");
  const content = new Uint8Array(LENGTH_BYTES + text.length + octets.length);
  new DataView(content.buffer).setUint16(0, text.length);
  content.set(text, LENGTH_BYTES);
  content.set(octets, LENGTH_BYTES + text.length);
  decodeGreeting(content, purposeOf(greeting));
  return content;
}

/**
 * What a post of that purpose held.
 * @param {Uint8Array} content
 * @param {string} purpose
 * @returns {Greeting}
 * @throws {GreetingError}
 */
export function decodeGreeting(content, purpose) {
  const length = content.length < LENGTH_BYTES ? Infinity : new DataView(content.buffer, content.byteOffset).getUint16(0);
  const end = LENGTH_BYTES + length;
  if (content.length < end || content.length > POST_BYTES) {
    throw new GreetingError("A greeting is the length of its head, its head, and a picture’s octets.");
  }
  const head = headOf(content.subarray(LENGTH_BYTES, end));
  const octets = content.slice(end);
  if (head.t === "picture" && purpose === "picture") return pictureOf(head, octets);
  if (purpose !== "message" || octets.length > 0) throw new GreetingError("Words and removals have no octets, and stand in a post for messages.");
  if (head.t === "message") return messageOf(head);
  const { t, removes } = head;
  if (t !== "removal" || typeof removes !== "string" || !POST_ID.test(removes)) throw new GreetingError("A removal names a post.");
  return { t, removes };
}

/** @param {Uint8Array} text */
function headOf(text) {
  try {
    if (text.length > HEAD_BYTES) throw new GreetingError("A greeting’s head has at most 4 KiB.");
    const head = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text));
    if (typeof head === "object" && head !== null) return head;
  } catch {
    // What went wrong may quote it: it is left out.
  }
  throw new GreetingError("A greeting’s head is JSON of the documented shape.");
}

/**
 * @param {any} head
 * @param {Uint8Array<ArrayBuffer>} octets
 * @returns {Picture}
 */
function pictureOf({ show_seconds, until, type, caption = "" }, octets) {
  checkTimes(show_seconds, until);
  if (!beginsAs(octets, type)) throw new GreetingError("A picture is a JPEG or a WebP.");
  checkWords(caption, CAPTION_CHARACTERS);
  return { t: "picture", show_seconds, until, type, caption, octets };
}

/**
 * @param {any} head
 * @returns {Message}
 */
function messageOf({ show_seconds, until, text }) {
  checkTimes(show_seconds, until);
  checkWords(text, TEXT_CHARACTERS);
  if (!/[^ \n]/.test(text)) throw new GreetingError("A message says something.");
  return { t: "message", show_seconds, until, text };
}

/**
 * @param {unknown} seconds
 * @param {unknown} until
 */
function checkTimes(seconds, until) {
  const isShown = Number.isSafeInteger(seconds) && Number(seconds) >= SHOW_SECONDS.least && Number(seconds) <= SHOW_SECONDS.most;
  if (!isShown || !Number.isSafeInteger(until) || Number(until) < 0) throw new GreetingError("A greeting says how long it is shown, and until when.");
}

/**
 * Lines of text: no other control character, and nothing that turns the direction of what stands around it.
 * @param {unknown} words
 * @param {number} characters
 */
function checkWords(words, characters) {
  const isText = typeof words === "string" && !/\p{Cs}/u.test(words) && [...words].length <= characters;
  if (!isText || /[\u202a-\u202e\u2066-\u2069]/.test(words) || /\p{Cc}/u.test(words.replaceAll("\n", ""))) {
    throw new GreetingError("Words are lines of text.");
  }
}

/**
 * @param {Uint8Array} octets
 * @param {unknown} type
 */
function beginsAs(octets, type) {
  const begins = Array.from(octets.subarray(0, 12), (byte) => String.fromCharCode(byte)).join("");
  if (type === "image/jpeg") return begins.startsWith("\xff\xd8\xff");
  return type === "image/webp" && begins.startsWith("RIFF") && begins.endsWith("WEBP") && begins.length === 12;
}
