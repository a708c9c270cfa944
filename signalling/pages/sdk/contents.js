/**
 * What is inside boxes: flat JSON objects, told apart by `t`, checked before anybody acts on them.
 *
 * The other end is a stranger's program until its words were checked here. Nothing here prints a content.
 */

import { utf8 } from "./encoding.js";

/** UTF-8 bytes of one description. */
export const SDP_BYTES = 12 * 1024;
/** Candidates of one generation. */
export const CANDIDATES = 40;
/** Media sections of one description. */
export const MEDIA_SECTIONS = 3;
/** Why no safety number comes of an attempt. Closed; both ends say it aloud. */
export const SAFETY_REASONS = Object.freeze(["order", "commitment", "attempts"]);

const BYTES_256 = /^[A-Za-z0-9_-]{43}$/;

/**
 * @typedef {{candidate: string, sdpMid?: string | null, sdpMLineIndex?: number | null}} Candidate
 * @typedef {{t: "ring", sent_at: number, media: string, rung: number, profile?: string}} Ring
 * @typedef {{t: "offer" | "answer", generation: number, sdp: string}} Description
 * @typedef {{t: "candidates", generation: number, candidates: Candidate[]}} Candidates
 * @typedef {{t: "end_of_candidates", generation: number}} EndOfCandidates
 * @typedef {{t: "bye", reason: string}} Bye
 * @typedef {{t: "safety_commit", commitment: string}} SafetyCommit
 * @typedef {{t: "safety_nonce", nonce: string}} SafetyNonce
 * @typedef {{t: "safety_stop", reason: string}} SafetyStop
 * @typedef {SafetyCommit | SafetyNonce | SafetyStop} SafetyContent
 * @typedef {Ring | Description | Candidates | EndOfCandidates | Bye | SafetyContent | {t: "join"} | {t: "here"} | {t: "accepted"}} Content
 */

/** A content breaks a rule of its type. It names the rule and never the content. */
export class ContentRefused extends Error {}

/** @param {Content} content */
export function encodeContent(content) {
  return utf8(JSON.stringify(content));
}

/**
 * The content of a box; null for a type that this version doesn't know.
 * @param {Uint8Array} plaintext
 * @returns {Content | null}
 * @throws {ContentRefused}
 */
export function decodeContent(plaintext) {
  let content;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plaintext));
  } catch {
    throw new ContentRefused("A content is JSON in UTF-8.");
  }
  if (content === null || typeof content !== "object" || typeof content.t !== "string") {
    throw new ContentRefused("A content is an object with a type.");
  }
  const check = Object.hasOwn(CHECKS, content.t) ? CHECKS[content.t] : null;
  if (!check) return null;
  check(content);
  return content;
}

/** @type {Record<string, (content: any) => void>} */
const CHECKS = {
  ring(content) {
    requireThat(isCount(content.sent_at) && isText(content.media, 16) && isCount(content.rung), "A ring says when, what and how many.");
  },
  join() {},
  here() {},
  accepted() {},
  offer: checkDescription,
  answer: checkDescription,
  candidates(content) {
    requireThat(isGeneration(content.generation) && Array.isArray(content.candidates), "Candidates have a generation.");
    requireThat(content.candidates.length > 0 && content.candidates.length <= CANDIDATES, "A batch has 1 to 40 candidates.");
    requireThat(content.candidates.every(isCandidate), "A candidate is W3C RTCIceCandidateInit.");
  },
  end_of_candidates(content) {
    requireThat(isGeneration(content.generation), "The end of candidates has a generation.");
  },
  bye(content) {
    requireThat(isText(content.reason, 32), "A goodbye has a reason.");
  },
  safety_commit(content) {
    requireThat(isBytes256(content.commitment), "A commitment has 32 bytes, base64url.");
  },
  safety_nonce(content) {
    requireThat(isBytes256(content.nonce), "A nonce has 32 bytes, base64url.");
  },
  safety_stop(content) {
    requireThat(SAFETY_REASONS.includes(content.reason), "A safety number stops for one of three reasons.");
  },
};

/** @param {any} content */
function checkDescription(content) {
  requireThat(isGeneration(content.generation) && typeof content.sdp === "string", "A description has a generation.");
  requireThat(utf8(content.sdp).length <= SDP_BYTES, "A description has at most 12 KiB.");
  const sections = content.sdp.match(/^m=/gm) ?? [];
  requireThat(sections.length <= MEDIA_SECTIONS, "A description has at most three media sections.");
}

/** @param {any} candidate */
function isCandidate(candidate) {
  return (
    candidate !== null &&
    typeof candidate === "object" &&
    isText(candidate.candidate, 512) &&
    (candidate.sdpMid == null || isText(candidate.sdpMid, 64)) &&
    (candidate.sdpMLineIndex == null || (isCount(candidate.sdpMLineIndex) && candidate.sdpMLineIndex < MEDIA_SECTIONS))
  );
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
}

/** @param {unknown} value */
function isGeneration(value) {
  return isCount(value) && /** @type {number} */ (value) <= 255;
}

/**
 * @param {unknown} value
 * @param {number} characters
 */
function isText(value, characters) {
  return typeof value === "string" && value.length <= characters;
}

/** @param {unknown} value */
function isBytes256(value) {
  return typeof value === "string" && BYTES_256.test(value);
}

/**
 * @param {boolean} holds
 * @param {string} rule
 */
function requireThat(holds, rule) {
  if (!holds) throw new ContentRefused(rule);
}
