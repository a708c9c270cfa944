/**
 * How a call stands at one end: what a screen shows of it and what the next hello says. What happens in it is `call-end.js`.
 */

/**
 * `inviting`: nobody hears it yet. A callee's goes from there to `ringing` when it sounds; it is `joined` beneath that.
 * @typedef {"inviting" | "ringing" | "joined" | "accepted" | "ended"} CallPhase
 * @typedef {import("./exchange.js").Conversation} Conversation
 */

/** One end's state. Whoever begins a call gives it its id, its conversation and its media. */
export class CallState {
  /** @type {CallPhase} */
  phase = "inviting";
  /**
   * When the device at either end will answer by itself, as `performance.now()` tells; null while that isn't known.
   * @type {number | null}
   */
  answersAt = null;
  /**
   * Why it ended: a reason of the protocol, an error code, or `no_camera`. Null while it lives, and where another endpoint took it.
   * @type {string | null}
   */
  reason = null;
  /**
   * After `ice_failed`: why no relay helped, as far as this end is sure of it, in the words of docs/reference/relay.md and separated by commas.
   * @type {string | null}
   */
  cause = null;
  /** What happened, and when. */
  timeline;
  /** How often either end's page was loaded anew. */
  renewals = 0;
  /** Which of the two this is. */
  role;
  /** The other end, as this one's own record has it; while several of its endpoints are rung, one of them. */
  contact;

  /**
   * @param {object} told
   * @param {"caller" | "callee"} told.role
   * @param {import("./links.js").LinkRecord} told.contact
   * @param {import("./timeline.js").Timeline} told.timeline
   */
  constructor({ role, contact, timeline }) {
    this.role = role;
    this.contact = contact;
    this.timeline = timeline;
  }

  /** @returns {string} whose messages these are */
  get id() {
    throw new TypeError("Each end says which call it is in.");
  }

  /** @protected @returns {Conversation} */
  get conversation() {
    throw new TypeError("Each end has its conversation.");
  }

  /** @protected @returns {import("./callmedia.js").CallMedia} */
  get media() {
    throw new TypeError("Each end has its media.");
  }

  /** Whether boxes go between the two: a goodbye is said in one. */
  get isJoined() {
    return this.phase === "joined" || this.phase === "accepted";
  }

  get isOver() {
    return this.phase === "ended";
  }

  /**
   * How the next hello names this call, or null. A caller's join may be on its way, so one that only rings is named as joined.
   * @returns {import("./socket.js").NamedCall | null}
   */
  get named() {
    if (this.isOver || !(this.isJoined || this.role === "caller")) return null;
    return { call: this.id, peer: this.contact.endpoint, role: this.role, phase: this.phase === "accepted" ? "accepted" : "joined" };
  }

  /** What the other end sends; null until the accept. */
  get remote() {
    return this.media.remote;
  }

  /** Whether the other end's camera and microphone are on, as it says itself; both, until it says otherwise. */
  get theirs() {
    return this.media.theirs;
  }

  /** How well the media went in the last ten seconds; null before there are any figures. */
  get quality() {
    return this.media.quality;
  }

  /** Whether media can go: `waiting`, `connected` or `lost`. */
  get path() {
    return this.media.path;
  }
}
