/**
 * The media of one call at this end: prepared while it rings, sent from the accept on, stopped with the call.
 *
 * It never sends a track before `accept`, and it stops camera and microphone when it closes.
 */

import { Peer } from "./peer.js";

/**
 * @typedef {object} MediaEvents
 * @property {(content: import("./contents.js").Content) => void} say to the other end
 * @property {() => void} connected the path is there, or there again
 * @property {() => void} lost the path is gone for now
 * @property {() => void} failed no path was found
 * @property {(reason: string) => void} bye said on the data channel
 */

/** One end's camera, microphone and connection. */
export class CallMedia {
  /** @type {"waiting" | "connected" | "lost"} */
  path = "waiting";
  #parts;
  #accepted = false;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {RTCIceServer[] | null} */
  #iceServers = null;
  #closed = false;

  /**
   * @param {object} parts
   * @param {string} parts.call
   * @param {"caller" | "callee"} parts.role
   * @param {"video" | "audio"} parts.media
   * @param {Promise<MediaStream>} parts.local camera and microphone
   * @param {import("./socket.js").Socket} parts.socket
   * @param {import("./timeline.js").Timeline} parts.timeline
   * @param {MediaEvents} parts.events
   */
  constructor(parts) {
    this.#parts = parts;
    void parts.local.then((stream) => this.#have(stream)).catch(() => undefined);
  }

  /** What the other end sends; null until the accept. */
  get remote() {
    return this.#accepted && !this.#closed ? (this.#peer?.remote ?? null) : null;
  }

  /** @param {RTCIceServer[]} iceServers the first ones, or fresh ones */
  useIceServers(iceServers) {
    this.#iceServers = iceServers;
    if (this.#peer) this.#peer.refresh(iceServers);
    else this.#prepare();
  }

  /** @param {import("./contents.js").Content} content a description, candidates, or their end */
  take(content) {
    void this.#peer?.take(content);
  }

  /** The call is accepted: now it may be seen and heard. */
  accept() {
    this.#accepted = true;
    if (this.#stream) void this.#peer?.attach(this.#stream);
  }

  /** Tell the server that this end's path stands: when it does, and again after each new session. */
  async tellConnected() {
    if (this.path !== "connected") return;
    const path = (await this.#peer?.path()) ?? undefined;
    if (this.#closed) return;
    this.#parts.socket.send({ t: "call.connected", call: this.#parts.call, path, phases_ms: this.#peer?.phases });
  }

  /** @param {string} reason */
  sayBye(reason) {
    this.#peer?.sayBye(reason);
  }

  /** Stop camera, microphone and connection. */
  close() {
    this.#closed = true;
    this.#peer?.close();
    void this.#parts.local.then((stream) => stream.getTracks().forEach((track) => track.stop())).catch(() => undefined);
  }

  /** @param {MediaStream} stream */
  #have(stream) {
    if (this.#closed) return;
    this.#stream = stream;
    this.#parts.timeline.mark("camera");
    this.#prepare();
  }

  /** Gather while it rings: without media, and after the camera's permission, which lets the browser name its own addresses. */
  #prepare() {
    if (this.#peer || !this.#stream || !this.#iceServers || this.#closed) return;
    const { role, media, timeline, events } = this.#parts;
    this.#peer = new Peer({
      role,
      media,
      iceServers: this.#iceServers,
      events: {
        say: events.say,
        bye: events.bye,
        step: (step) => timeline.markOnce(step),
        connected: () => this.#connected(),
        lost: () => this.#lost(),
        failed: () => (this.path === "waiting" ? events.failed() : this.#lost()),
      },
    });
    if (role === "caller") this.#peer.start();
    if (this.#accepted) void this.#peer.attach(this.#stream);
  }

  #connected() {
    this.#parts.timeline.mark(this.path === "lost" ? "back" : "connected");
    this.path = "connected";
    void this.tellConnected();
    this.#parts.events.connected();
  }

  #lost() {
    if (this.path !== "connected") return;
    this.path = "lost";
    this.#parts.timeline.mark("lost");
    this.#parts.socket.send({ t: "call.lost", call: this.#parts.call });
    this.#parts.events.lost();
  }
}
