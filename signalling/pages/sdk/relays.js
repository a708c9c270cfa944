/**
 * Why none of the relays that were offered gives a way, in the words of `relay/cause.py`, as far as a browser tells: the twin of `relay.probe`.
 *
 * Each is asked for an allocation on a connection of its own, because a browser may keep back what one relay answered until all are through. It never
 * guesses: a certificate that isn't trusted looks like a port that is shut, so of TLS only an answer counts (what Chromium says: docs/decisions/relay.md). It
 * keeps no credential and no address, and gives away nothing but those words.
 */

/** A relay that hasn't answered for so long is out of reach: as in `relay.probe`. */
const SILENT_MS = 3_000;
/** `errorCode` where there was no answer (W3C webrtc §4.8.2); every other one is the relay's own (RFC 8489 §14.8). */
const NO_ANSWER = 701;
const UNAUTHORISED = new Set([400, 401, 441]);
const RELAY = /^(turns?):(\[[^\]]+\]|[^:?]+)(?::\d+)?(?:\?transport=(udp|tcp))?$/;

/**
 * `code`: what it answered, or that it didn't; 0 where it gave an allocation, null where the browser doesn't say.
 * @typedef {{host: string, transport: "udp" | "tcp" | "tls", code: number | null}} Asked
 */

/**
 * For each relay what is sure, separated by commas; null where one gives a way, none was offered, or nothing is sure.
 * @param {RTCIceServer[]} iceServers
 * @param {AbortSignal} stopped the call is over: what is under way is closed
 * @returns {Promise<string | null>}
 */
export async function whyNoRelay(iceServers, stopped) {
  const all = iceServers.flatMap((server) => [server.urls].flat().map((url) => ({ ...server, urls: url })));
  const asked = await Promise.all(all.filter(({ urls }) => RELAY.test(urls)).map((relay) => ask(relay, stopped)));
  return causesOf(asked);
}

/**
 * @param {Asked[]} asked
 * @returns {string | null}
 */
export function causesOf(asked) {
  if (asked.some(({ code }) => code === 0)) return null;
  const causes = asked.map((one) => causeOf(one, asked)).filter((cause) => cause !== null);
  return causes.length > 0 ? [...new Set(causes)].join(", ") : null;
}

/**
 * @param {Asked} one
 * @param {Asked[]} all
 */
function causeOf({ host, transport, code }, all) {
  if (isAnswer(code)) return UNAUTHORISED.has(/** @type {number} */ (code)) ? "turn_auth_failed" : "turn_refused";
  if (code === null || transport === "tls") return null;
  if (transport === "tcp") return "turn_unreachable";
  const others = all.filter((other) => other.host === host && other.transport !== "udp");
  if (others.some((other) => isAnswer(other.code))) return "udp_blocked";
  return others.every((other) => other.transport === "tcp" && other.code === NO_ANSWER) ? "turn_unreachable" : null;
}

/** @param {number | null} code */
function isAnswer(code) {
  return code !== null && code !== NO_ANSWER;
}

/**
 * @param {RTCIceServer & {urls: string}} relay
 * @param {AbortSignal} stopped
 * @returns {Promise<Asked>}
 */
async function ask(relay, stopped) {
  const [, scheme, host, over] = /** @type {RegExpExecArray} */ (RELAY.exec(relay.urls));
  const connection = new RTCPeerConnection({ iceServers: [relay] });
  /** @type {number | null} */
  const code = await new Promise((told) => {
    let isSilent = false;
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.type === "relay") told(0);
      else if (!candidate) told(isSilent ? NO_ANSWER : null);
    };
    connection.onicecandidateerror = ({ url, errorCode }) => {
      if (!RELAY.test(url)) return; // of the same server's STUN
      if (errorCode === NO_ANSWER) isSilent = true; // from one of the networks that this machine is in; from the next there may be an answer
      else told(errorCode);
    };
    setTimeout(() => told("onicecandidateerror" in RTCPeerConnection.prototype ? NO_ANSWER : null), SILENT_MS);
    stopped.addEventListener("abort", () => told(null));
    connection.createDataChannel("");
    connection.setLocalDescription().catch(() => told(null));
  });
  connection.close();
  return { host: host.toLowerCase(), transport: scheme === "turns" ? "tls" : over === "tcp" ? "tcp" : "udp", code };
}
