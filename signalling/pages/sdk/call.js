/**
 * A call that this endpoint places, from the press of the button to the last trace: the caller's side of
 * docs/reference/protocol.md §4 to §7.
 *
 * Media start only on `accepted` inside a box. It stops at once on a goodbye from the other end, on `call.ended`, and on its own user's word,
 * whatever server is there. It keeps nothing when it is over but why it ended.
 */

import { CallMedia } from "./callmedia.js";
import { decodeContent } from "./contents.js";
import { randomText } from "./encoding.js";
import { Exchange } from "./exchange.js";
import { Farewell, farewell } from "./farewell.js";
import { Invite, KEY, LIFETIME_MS } from "./invite.js";
import { BoxError, PlainSeal } from "./seal.js";
import { Refused } from "./socket.js";

/** Past the server's own deadline by so much, this end stops by itself. */
const SPARE_MS = 5_000;
const ICE_MS = 20_000;
const LOST_MS = 30_000;
/** The end that says goodbye tells the server too; after this, the other end does. */
const FAREWELL_MS = 1_000;

/**
 * @typedef {"inviting" | "ringing" | "joined" | "accepted" | "ended"} CallPhase
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./link.js").Contact} Contact
 * @typedef {object} Parts
 * @property {Contact} contact
 * @property {string} endpoint our own
 * @property {"video" | "audio"} media
 * @property {Promise<MediaStream>} local camera and microphone; a refusal ends the call
 * @property {import("./socket.js").Socket} socket
 * @property {import("./timeline.js").Timeline} timeline
 * @property {() => void} changed something that a screen shows is different
 */

/** The caller's end of one call. */
export class OutgoingCall {
  id = randomText();
  /** @type {CallPhase} */
  phase = "inviting";
  /** Whether the other end can't be reached at the moment; it may still come back while it rings. */
  away = false;
  /**
   * When the other end will answer by itself, as `performance.now()` tells; null while that isn't known.
   * @type {number | null}
   */
  answersAt = null;
  /**
   * Why it ended: a reason of the protocol, an error code, or `no_camera`.
   * @type {string | null}
   */
  reason = null;
  #parts;
  #seal;
  #exchange;
  #media;
  #invite;
  #farewell;
  #deadline = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { contact, endpoint, socket, media, local, timeline, changed } = parts;
    const binding = { call: this.id, caller: endpoint, callee: contact.endpoint, callerKey: KEY, calleeKey: KEY, handshake: 0 };
    this.#seal = new PlainSeal(binding, "caller");
    this.#farewell = new Farewell(socket);
    this.#invite = new Invite({ call: this.id, contact, media, seal: this.#seal, socket });
    const exchange = new Exchange({
      call: this.id,
      seal: this.#seal,
      send: (message) => void socket.send(message),
      received: (content) => this.#hear(content),
    });
    this.#exchange = exchange;
    const events = {
      /** @param {import("./contents.js").Content} content */
      say: (content) => void exchange.say(content),
      connected: () => this.#pathStands(),
      lost: () => (this.#endUnless(LOST_MS, "lost_network"), changed()),
      failed: () => this.#leave("ice_failed"),
      /** @param {string} reason */
      bye: (reason) => this.#otherLeft(reason),
    };
    this.#media = new CallMedia({ call: this.id, role: "caller", media, local, socket, timeline, events });
  }

  /** Whom it is to. */
  get contact() {
    return this.#parts.contact;
  }

  get timeline() {
    return this.#parts.timeline;
  }

  /** What the other end sends; null until it accepted. */
  get remote() {
    return this.#media.remote;
  }

  /** Whether media can go: `waiting`, `connected` or `lost`. */
  get path() {
    return this.#media.path;
  }

  /** How the next hello names this call, or null. A join may be on its way, so one that only rings is named as joined. */
  get named() {
    if (this.phase === "ended") return null;
    const phase = this.phase === "accepted" ? /** @type {const} */ ("accepted") : /** @type {const} */ ("joined");
    return { call: this.id, peer: this.contact.endpoint, role: /** @type {const} */ ("caller"), phase };
  }

  get #isJoined() {
    return this.phase === "joined" || this.phase === "accepted";
  }

  /** Ring, while the camera starts. */
  async start() {
    this.timeline.mark("pressed");
    this.#parts.local.catch(() => this.#leave("no_camera", "cancelled"));
    this.#endUnless(LIFETIME_MS + SPARE_MS, "no_answer");
    await this.#ring();
  }

  /** The user hangs up, or gives up ringing. */
  hangUp() {
    this.#leave(this.phase === "accepted" ? "hangup" : "cancelled");
  }

  /** The session is new, or the other end's is: say again what the server and that end may not know. */
  returned() {
    if (this.#farewell.isOwed) void this.#sayFarewell();
    else if (this.phase === "inviting" || this.phase === "ringing") void this.#ring();
    else if (this.phase !== "ended") {
      this.#exchange.returned();
      void this.#media.tellConnected();
    }
  }

  /** @param {Message} message one that names this call */
  async take(message) {
    if (message.t === "call.erased") {
      this.timeline.markOnce("erased");
    } else if (message.t === "call.ended") {
      this.#farewell.settle();
      this.#finish(message.reason);
    } else if (this.phase !== "ended") {
      await this.#takeAlive(message);
    }
    this.#parts.changed();
  }

  /** @param {Message} message */
  async #takeAlive(message) {
    switch (message.t) {
      case "call.progress":
        if (message.state === "ringing") this.#ringing(message.answers_in_ms);
        break;
      case "call.wanted":
        await this.#ring();
        break;
      case "call.joined":
        await this.#joined(message);
        break;
      case "box":
        await this.#exchange.take(message);
        break;
      case "call.peer":
        if (message.present) this.returned();
        break;
      case "ice.refresh":
        this.#media.useIceServers(message.ice_servers);
    }
  }

  async #ring() {
    try {
      const ok = await this.#invite.send();
      if (!ok || this.phase === "ended") return;
      this.timeline.markOnce("invited");
      this.away = (ok.away ?? []).includes(this.contact.endpoint);
      this.#media.useIceServers(ok.ice_servers ?? []);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      this.#finish(problem.code);
    }
    this.#parts.changed();
  }

  /** @param {number | undefined} answersInMs */
  #ringing(answersInMs) {
    this.timeline.markOnce("ringing");
    if (this.phase === "inviting") this.phase = "ringing";
    if (answersInMs !== undefined) this.answersAt = performance.now() + answersInMs;
  }

  /** @param {Message} message */
  async #joined({ endpoint, box }) {
    if (endpoint !== this.contact.endpoint) return;
    if (this.#isJoined) return this.#exchange.returned();
    try {
      if (decodeContent(await this.#seal.readSecond(box))?.t !== "join") return;
    } catch (problem) {
      if (problem instanceof BoxError) return;
      throw problem;
    }
    if (this.phase === "ended") return;
    this.phase = "joined";
    this.#invite.withdraw();
    this.timeline.markOnce("joined");
    await this.#exchange.begin({ t: "here" });
  }

  /** @param {import("./contents.js").Content} content */
  #hear(content) {
    if (content.t === "accepted") this.#accepted();
    else if (content.t === "bye") this.#otherLeft(content.reason);
    else this.#media.take(content);
  }

  #accepted() {
    if (this.phase !== "joined") return;
    this.phase = "accepted";
    this.timeline.mark("accepted");
    this.#media.accept();
    if (this.path === "connected") clearTimeout(this.#deadline);
    else this.#endUnless(ICE_MS + SPARE_MS, "ice_failed");
    this.#parts.changed();
  }

  #pathStands() {
    if (this.phase === "accepted") clearTimeout(this.#deadline);
    this.#parts.changed();
  }

  /**
   * @param {number} ms
   * @param {string} reason
   */
  #endUnless(ms, reason) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#leave(reason), ms);
  }

  /**
   * Stop here at once, then tell the other end inside a box, then the server.
   * @param {string} reason for our own screen
   * @param {string} [said] for the other end
   */
  #leave(reason, said = reason) {
    if (this.phase === "ended") return;
    this.#farewell.owe(farewell(this.id, said, this.#isJoined));
    const told = this.#isJoined ? this.#exchange.say({ t: "bye", reason: said }) : Promise.resolve();
    this.#media.sayBye(said);
    void told.finally(() => this.#sayFarewell());
    this.#finish(reason);
  }

  /**
   * The other end said goodbye, and tells the server; if nothing comes of that, this end does.
   * @param {string} reason
   */
  #otherLeft(reason) {
    if (this.phase === "ended") return;
    this.#farewell.owe(farewell(this.id, reason, this.#isJoined));
    setTimeout(() => this.#sayFarewell(), FAREWELL_MS);
    this.#finish(reason);
  }

  async #sayFarewell() {
    await this.#farewell.say();
    if (!this.#farewell.isOwed) this.#exchange.close();
  }

  /** @param {string} reason */
  #finish(reason) {
    if (this.phase === "ended") return;
    this.phase = "ended";
    this.reason = reason;
    clearTimeout(this.#deadline);
    this.timeline.mark("ended");
    this.#invite.withdraw();
    this.#media.close();
    if (!this.#farewell.isOwed) this.#exchange.close();
    this.#parts.changed();
  }
}
