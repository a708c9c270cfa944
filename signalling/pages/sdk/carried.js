/** What the browser's figures (W3C webrtc-stats) say of the way that media take: kinds and sums, no address. */

/**
 * Candidate types and relay transport; null while there is no path.
 * @param {RTCStatsReport} report
 * @returns {{local: string, remote: string, relay?: string} | null}
 */
export function pathIn(report) {
  const pair = takenIn(report);
  const local = pair && report.get(pair.localCandidateId);
  const remote = pair && report.get(pair.remoteCandidateId);
  if (!local || !remote) return null;
  const types = { local: local.candidateType, remote: remote.candidateType };
  return local.relayProtocol ? { ...types, relay: local.relayProtocol } : types;
}

/**
 * How much has arrived so far: bytes of media, and checks of ICE on the path that they take. Of other paths, as over a second relay, checks go on coming when
 * that one is dead.
 * @param {RTCStatsReport} report
 * @returns {import("./silence.js").Heard}
 */
export function heardIn(report) {
  const pairs = entriesOf(report).filter(({ type }) => type === "candidate-pair");
  const media = pairs.reduce((sum, pair) => sum + pair.bytesReceived, 0);
  const taken = takenIn(report);
  return { media, checks: taken ? taken.requestsReceived + taken.responsesReceived : 0 };
}

/** @param {RTCStatsReport} report */
function takenIn(report) {
  const transport = entriesOf(report).find(({ type, selectedCandidatePairId }) => type === "transport" && selectedCandidatePairId);
  return transport && report.get(transport.selectedCandidatePairId);
}

/**
 * @param {RTCStatsReport} report
 * @returns {any[]}
 */
function entriesOf(report) {
  return [...report.values()];
}
