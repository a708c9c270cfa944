/**
 * A fresh certificate for every call, made before it is needed. None is ever used twice or kept.
 */

const ALGORITHM = Object.freeze({ name: "ECDSA", namedCurve: "P-256" });
/** One with less life than this left is not used for a call any more: a page may stay open for weeks. */
const SPARE_MS = 24 * 3_600_000;

/** Keeps one certificate ahead. */
export class Certificates {
  #next = made();

  /**
   * One that nobody else gets.
   * @returns {Promise<RTCCertificate>}
   */
  async take() {
    const taken = this.#next;
    this.#next = made();
    const certificate = await taken;
    return certificate.expires > Date.now() + SPARE_MS ? certificate : made();
  }
}

/** @returns {Promise<RTCCertificate>} */
function made() {
  const certificate = RTCPeerConnection.generateCertificate(ALGORITHM);
  certificate.catch(() => undefined); // whoever takes it hears of it
  return certificate;
}
