/**
 * Session descriptions as the two ends of a call may send them (RFC 8829): the JavaScript twin of `client_sim.descriptions`.
 *
 * What breaks the rules here ends the call before any of it reaches a connection. Errors name the rule, never the text.
 */

import { CANDIDATES, MEDIA_SECTIONS } from "./contents.js";

const PROFILES = new Set(["UDP/TLS/RTP/SAVPF", "UDP/DTLS/SCTP"]);
const KINDS = new Set(["audio", "video", "application"]);
const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)$/;
const FINGERPRINT = /^a=fingerprint:(\S+) (\S+)$/;

/**
 * One m-line, and which way media may go.
 * @typedef {{kind: string, direction: string}} Section
 */

/** The description may not be used; the message names the rule. */
export class DescriptionError extends Error {}

/**
 * The m-lines of a description that keeps the rules, and the certificate that it names: DTLS-SRTP and DTLS/SCTP only, no `a=crypto`, at most three
 * m-lines and forty candidates, and one SHA-256 fingerprint in the whole description, so that there is one certificate to compare.
 * @param {string} sdp
 * @returns {{sections: Section[], fingerprint: string}} the fingerprint in upper case with colons
 * @throws {DescriptionError}
 */
export function readDescription(sdp) {
  const lines = sdp.split(/\r\n|\r|\n/).map((line) => line.trim());
  if (lines.some((line) => line.startsWith("a=crypto:"))) throw new DescriptionError("Keys are agreed by DTLS, never written in a description.");
  if (lines.filter((line) => line.startsWith("a=candidate:")).length > CANDIDATES) throw new DescriptionError("A description holds at most forty candidates.");
  const fingerprint = onlyFingerprint(lines);
  const sections = sectionsOf(lines);
  if (sections.length === 0 || sections.length > MEDIA_SECTIONS) throw new DescriptionError("A description has one to three m-lines.");
  return { sections, fingerprint };
}

/**
 * Whether whoever wrote a description can take an ICE restart on the connection that it describes. Browsers say that they trickle (RFC 8840), and can;
 * aiortc doesn't say so, and can't.
 * @param {string} sdp
 */
export function canRestart(sdp) {
  return /^a=ice-options:(.* )?trickle( |\r|$)/m.test(sdp);
}

/**
 * The SHA-256 fingerprint of a certificate, as a description would name it.
 * @param {ArrayBuffer} certificate DER
 */
export async function fingerprintOf(certificate) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", certificate));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

/** @param {string[]} lines */
function onlyFingerprint(lines) {
  const named = lines.map((line) => FINGERPRINT.exec(line)).filter((match) => match !== null);
  const [first] = named;
  const isOne = first && named.every((one) => one[1] === first[1] && one[2] === first[2]);
  if (!isOne || first[1].toLowerCase() !== "sha-256") throw new DescriptionError("A description names one certificate, by SHA-256.");
  return first[2].toUpperCase();
}

/** @param {string[]} lines */
function sectionsOf(lines) {
  /** @type {Section[]} */
  const sections = [];
  for (const line of lines) {
    const direction = DIRECTION.exec(line)?.[1];
    if (line.startsWith("m=")) sections.push({ kind: kindOf(line), direction: "sendrecv" });
    else if (direction && sections.length > 0) sections[sections.length - 1].direction = direction;
  }
  return sections;
}

/** @param {string} line */
function kindOf(line) {
  const [kind, , profile, ...formats] = line.slice(2).split(" ");
  if (!KINDS.has(kind) || profile === undefined || formats.length === 0) throw new DescriptionError("An m-line is audio, video or application.");
  if (!PROFILES.has(profile)) throw new DescriptionError("Media go over DTLS-SRTP, data over DTLS/SCTP.");
  return kind;
}
