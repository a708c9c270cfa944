/**
 * ICE servers as the coordinator gives them, less those that this browser can't use: one bad address must not cost a call.
 *
 * The browser itself is asked, for it alone knows. It never adds a server of its own.
 */

/**
 * @param {RTCIceServer[]} offered
 * @returns {RTCIceServer[]}
 */
export function usableServers(offered) {
  return offered.filter(isUsable);
}

/** @param {RTCIceServer} server */
function isUsable(server) {
  try {
    new RTCPeerConnection({ iceServers: [server] }).close();
    return true;
  } catch {
    return false;
  }
}
