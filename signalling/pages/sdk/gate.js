/**
 * Keeps what the other end sends from being decoded before the call is accepted, and while this end is shut: its frames are thrown away as they come off the
 * wire.
 *
 * An honest end sends nothing before then. A browser without encoded transforms (W3C webrtc-encoded-transform) has no gate; there the picture is
 * decoded and not shown. The frames are never looked at.
 */

/** One connection's. */
export class MediaGate {
  /** @type {Worker | null} */
  #worker = null;
  #isOpen = false;

  /** @param {RTCRtpReceiver} receiver of which nothing shall be decoded yet */
  hold(receiver) {
    if (this.#isOpen || !("RTCRtpScriptTransform" in globalThis)) return;
    this.#worker ??= new Worker("/sdk/gate-worker.js", { type: "module" });
    receiver.transform = new RTCRtpScriptTransform(this.#worker);
  }

  /** Everything is let through from now on. */
  open() {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#worker?.postMessage("open");
  }

  /** Nothing more is let through, until it is opened again. */
  shut() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#worker?.postMessage("shut");
  }

  /** The connection is over. */
  close() {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
