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

  /** @param {RTCRtpReceiver} receiver of which nothing shall be decoded yet: as soon as there is one, for later Chromium takes it and does nothing */
  hold(receiver) {
    if (this.#isOpen || receiver.transform || !("RTCRtpScriptTransform" in globalThis)) return;
    this.#worker ??= new Worker(new URL("./gate-worker.js", import.meta.url), { type: "module" });
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

  /** The path is gone: a picture that follows begins anew. */
  lost() {
    if (this.#isOpen) this.#worker?.postMessage("lost");
  }

  /** The path is back. */
  back() {
    if (this.#isOpen) this.#worker?.postMessage("back");
  }

  /** The connection is over. */
  close() {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
