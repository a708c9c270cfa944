/**
 * The media of one call at this end: prepared while it rings, sent from the accept on, stopped with the call.
 *
 * It never sends a track before `accept`, and it stops camera and microphone when it closes. Where this end's own record of the other isn't verified,
 * nothing is described, and nothing of the other's description applied, before the accept either. A path that is lost is looked for anew, with new keys or
 * on the same ones; what the other end sends on a new connection is shown only once its certificate was found to be the one sealed for it.
 */

import { Hope } from "./hope.js";
import { usableServers } from "./ice-servers.js";
import { Peer } from "./peer.js";
import { QualityWatch } from "./quality.js";
import { Repair } from "./repair.js";
import { BOTH_ON } from "./sending.js";
import { Silence } from "./silence.js";

/** Descriptions and candidates kept, unapplied, of an end that isn't verified here. */
export const EARLY_AT_MOST = 64;

/**
 * @typedef {import("./contents.js").Content} Content
 * @typedef {object} MediaEvents
 * @property {(content: Content) => void} say to the other end
 * @property {() => void} connected the path is there, or there again
 * @property {() => void} lost the path is gone for now
 * @property {() => void} failed no path was found
 * @property {() => void} unverified the other end's description, or its certificate, isn't what was sealed
 * @property {(reason: string) => void} bye said on the data channel
 * @property {() => void} [away] said there: the other end's page goes, and may be back at once
 * @property {(word: import("./control/words.js").Said) => void} overheard anything else that is said there, in an accepted call
 * @property {() => void} unwanted the other end offers what this kind of call doesn't take from it
 * @property {() => void} told what the other end says of its camera and microphone is different
 */

/** One end's camera, microphone and connection. */
export class CallMedia {
  /** @type {"waiting" | "connected" | "lost"} */
  path;
  #parts;
  #accepted = false;
  /** @type {Content[]} */
  #early = [];
  /** @type {Peer | null} */
  #peer = null;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {RTCIceServer[] | null} */
  #iceServers = null;
  #closed = false;
  #isShut = false;
  #isPreparing = false;
  /**
   * What the newest connection that was proven brings.
   * @type {MediaStream | null}
   */
  #remote = null;
  #isRelayed = false;
  #hope = new Hope({ peer: () => this.#peer, iceServers: () => this.iceServers, gone: () => this.#parts.events.failed() });
  #isLeft = false;
  #repair = new Repair((tries) => this.#begin(tries));
  /** A relay that is silent is gone; of a direct path the browser's own word is waited for. */
  #silence = new Silence(
    () => this.#accepted && this.#isRelayed && this.#lost(),
    () => this.path === "lost" && this.#peer?.prove(),
  );
  #quality = new QualityWatch(
    async () => (await this.#peer?.stats()) ?? null,
    (figures) => this.#tellQuality(figures),
  );

  /**
   * @param {object} parts
   * @param {string} parts.call
   * @param {"caller" | "callee"} parts.role
   * @param {"video" | "audio" | "telepresence"} parts.media
   * @param {boolean} parts.verified whether this end's own record of the other says so
   * @param {Promise<MediaStream>} parts.local camera and microphone
   * @param {import("./socket.js").Socket} parts.socket
   * @param {import("./timeline.js").Timeline} parts.timeline
   * @param {import("./certificates.js").Certificates} parts.certificates
   * @param {MediaEvents} parts.events
   * @param {import("./sending.js").Sending} parts.sending what the two ends say of camera and microphone
   * @param {number} [parts.generation] of the first connection
   * @param {boolean} [parts.isBack] the call had a path before
   */
  constructor(parts) {
    this.#parts = parts;
    this.path = parts.isBack ? "lost" : "waiting";
    void parts.local.then((stream) => this.#have(stream)).catch(() => undefined);
  }

  /** What the other end sends; null until the accept, and until its certificate was found to be the sealed one. */
  get remote() {
    return this.#accepted && !this.#closed && !this.#isShut && this.path !== "waiting" ? this.#remote : null;
  }

  /** Whether the other end's camera and microphone are on, as it says itself on the present connection. */
  get theirs() {
    return this.#accepted && this.#peer && this.#isProven ? this.#parts.sending.of(this.#peer) : BOTH_ON;
  }

  /** Of the newest connection. */
  get generation() {
    return this.#peer?.generation ?? this.#parts.generation ?? 0;
  }

  /** The newest ones that were given for this call. */
  get iceServers() {
    return this.#iceServers ?? [];
  }

  /** Why no relay gave a way, in the words of docs/reference/relay.md; null where one did, and where nothing is sure. */
  get cause() {
    return this.#hope.cause;
  }

  /** How well the media went in the last ten seconds; null before there are any figures. */
  get quality() {
    return this.#quality.newest;
  }

  /** @param {RTCIceServer[]} iceServers the first ones, or fresh ones */
  useIceServers(iceServers) {
    this.#iceServers = usableServers(iceServers);
    if (this.#peer) this.#peer.refresh(this.#iceServers);
    else void this.#prepare();
    this.#repair.again();
  }

  /** @param {Content} content a description, candidates, or their end */
  take(content) {
    const peer = this.#peer;
    const isNewer = peer !== null && content.t === "offer" && content.generation > peer.generation;
    if (isNewer && this.#accepted && this.#parts.role === "callee") this.#lost(); // the caller has lost it, and both ends must begin their picture anew
    if (isNewer && !peer.isMeantBy(content)) {
      this.#early.push(content);
      void this.#replace(peer, content.generation, false);
    } else if (peer) void peer.take(content);
    else if (this.#early.length < EARLY_AT_MOST) this.#early.push(content);
  }

  /** Other tracks stand in this end's stream, or fewer: those are sent from now on, on this connection and each that comes. Nothing is negotiated. */
  async tracksChanged() {
    if (this.#closed || !this.#stream) return;
    if (this.#stream.getTracks().length > 0) this.#parts.timeline.markOnce("camera");
    if (this.#accepted) await this.#peer?.attach(this.#stream);
  }

  /** The call is accepted: now it may be seen and heard. */
  accept() {
    this.#accepted = true;
    if (this.path === "connected") void this.#quality.begin();
    if (this.path === "waiting") this.#hope.begin();
    this.tellSending();
    if (this.#peer && this.#stream) this.#attach();
    else void this.#prepare();
  }

  /** Send and play nothing for now, on this connection or one that takes its place. */
  shut() {
    this.#isShut = true;
    this.#peer?.shut();
  }

  /** Send and play again, if the call was accepted. */
  reopen() {
    this.#isShut = false;
    this.#attach();
  }

  /**
   * Tell the server that this end's path stands: when it does, and again after each new session. Who sits at a robot's other end is a child: of its network
   * nothing is told, neither the path nor how long it took.
   */
  async tellConnected() {
    if (this.path !== "connected") return;
    const { call, media, role, socket } = this.#parts;
    if (media === "telepresence" && role === "caller") return void socket.send({ t: "call.connected", call });
    const path = (await this.#peer?.path()) ?? undefined;
    if (this.#closed) return;
    socket.send({ t: "call.connected", call, path, phases_ms: this.#peer?.phases });
  }

  /**
   * Figures for the operator; of a robot call they come from the robot alone.
   * @param {import("./quality.js").Quality} figures
   */
  #tellQuality(figures) {
    const { call, media, role, socket } = this.#parts;
    if (media !== "telepresence" || role === "callee") socket.send({ t: "call.quality", call, ...figures });
  }

  /**
   * Say something to the other end of an accepted call, on a data channel; false where it can't be said now.
   * @param {import("./control/words.js").Channel} channel
   * @param {import("./control/words.js").Said} word
   */
  say(channel, word) {
    return this.#accepted && this.#isProven && (this.#peer?.say(channel, word) ?? false);
  }

  /** What this end says of its own camera and microphone: now, if the other end doesn't know and can hear it, or as soon as it can. */
  tellSending() {
    if (this.#accepted && this.#peer && this.#isProven) this.#parts.sending.sayOn(this.#peer);
  }

  /** @param {string} reason */
  sayBye(reason) {
    this.#peer?.sayBye(reason);
  }

  /** Say that this page goes, and may be back at once. */
  sayAway() {
    this.#peer?.say("control", { t: "away" });
  }

  /** Stop the connection: this attempt is over, and the camera goes on for the next. */
  retire() {
    this.#closed = true;
    this.#early = [];
    this.#hope.stop();
    this.#repair.stop();
    this.#silence.stop();
    this.#quality.stop();
    this.#peer?.close();
  }

  /** Stop camera, microphone and connection. */
  close() {
    this.retire();
    void this.#parts.local.then((stream) => stream.getTracks().forEach((track) => track.stop())).catch(() => undefined);
  }

  /** @param {MediaStream} stream */
  #have(stream) {
    if (this.#closed) return;
    this.#stream = stream;
    if (stream.getTracks().length > 0) this.#parts.timeline.markOnce("camera");
    void this.#prepare();
  }

  /** Whether the present connection's certificate was found to be the sealed one. */
  get #isProven() {
    return this.#peer !== null && this.#peer.remote === this.#remote;
  }

  get #mayDescribe() {
    return this.#parts.verified || this.#accepted;
  }

  /** Gather while it rings: without media, and after the camera's permission, which lets the browser name its own addresses. */
  async #prepare() {
    if (this.#isPreparing || !this.#stream || !this.#iceServers || !this.#mayDescribe || this.#closed) return;
    this.#isPreparing = true;
    await this.#make(this.generation, this.#parts.role === "caller");
  }

  /**
   * A connection of its own for this generation, with a certificate of its own.
   * @param {number} generation
   * @param {boolean} offers
   */
  async #make(generation, offers) {
    const certificate = await this.#parts.certificates.take();
    if (this.#closed) return;
    const { role, media, timeline, events } = this.#parts;
    const peer = new Peer({
      role,
      media,
      certificate,
      generation,
      iceServers: this.#iceServers ?? [],
      events: {
        say: events.say,
        bye: events.bye,
        away: () => this.#otherIsAway(),
        overheard: (word) => this.#heard(peer, word),
        speaks: () => this.tellSending(),
        step: (step) => timeline.markOnce(step),
        connected: () => this.#connected(),
        lost: () => this.#lost(),
        failed: () => this.#failed(),
        unverified: events.unverified,
        unwanted: events.unwanted,
        replaced: () => this.#repair.again(),
      },
    });
    this.#peer = peer;
    if (offers) peer.start();
    for (const content of this.#early.splice(0)) this.take(content);
    this.#attach();
  }

  /**
   * @param {Peer} peer
   * @param {import("./control/words.js").Said} word that it said
   */
  #heard(peer, word) {
    const { sending, events } = this.#parts;
    if (word.t === "sends") {
      sending.hear(peer, word); // it may come a moment before the accept, or before its author is proven, and counts after both
      events.told();
    } else if (this.#accepted && this.#isProven) events.overheard(word);
  }

  #attach() {
    if (this.#accepted && !this.#isShut && this.#stream) void this.#peer?.attach(this.#stream);
  }

  /**
   * Drop a connection for one of a newer generation.
   * @param {Peer} old
   * @param {number} generation
   * @param {boolean} offers
   */
  async #replace(old, generation, offers) {
    this.#peer = null;
    this.#silence.stop();
    old.close();
    await this.#make(generation, offers);
  }

  /**
   * Look for a path anew: on the connection that there is where the other end can, and the first time; with another one else.
   * @param {number} tries
   */
  #begin(tries) {
    const peer = this.#peer;
    if (!peer) return;
    if (tries === 0 && peer.canRestart) peer.restart();
    else void this.#replace(peer, peer.generation + 1, true);
  }

  #connected() {
    const peer = this.#peer;
    if (!peer || this.#isLeft) return;
    this.#remote = peer.remote;
    this.#hope.stop();
    this.#repair.stop();
    this.#silence.watch(() => peer.heard());
    void peer.path().then((path) => (this.#isRelayed = path?.local === "relay" || path?.remote === "relay"));
    this.#parts.timeline.mark(this.path === "lost" ? "back" : "connected");
    this.path = "connected";
    this.tellSending();
    if (this.#accepted) void this.#quality.begin();
    void this.tellConnected();
    this.#parts.events.connected();
  }

  #failed() {
    if (this.path === "waiting") this.#parts.events.failed();
    else if (this.path === "connected") this.#lost();
    else if (this.#parts.role === "caller") this.#repair.lost(true);
  }

  /** Its page goes, and this connection with it, whatever is still under way. Nothing is looked for: it comes back with new keys. */
  #otherIsAway() {
    if (!this.#accepted) return;
    this.#lost();
    this.#isLeft = true;
    this.#repair.stop();
    this.#silence.stop();
    this.#parts.events.away?.();
  }

  #lost() {
    if (this.path !== "connected") return;
    this.path = "lost";
    this.#peer?.lost();
    this.#parts.timeline.mark("lost");
    this.#parts.socket.prove({ t: "call.lost", call: this.#parts.call });
    this.#parts.events.lost();
    if (this.#parts.role === "caller") this.#repair.lost(this.#isRelayed);
  }
}
