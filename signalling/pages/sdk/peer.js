/**
 * The media connection of a call: W3C perfect negotiation whose every word carries a generation.
 *
 * It asks no ICE server but those it was given, sends no media before `attach`, and never shows what it negotiates to anybody but `say`. Nor does it send
 * any, or call itself connected, before the certificate that DTLS really saw was found to be the one that the other end's description named.
 */

import { CandidateBatch, HeldCandidates } from "./candidates.js";
import { heardIn, pathIn } from "./carried.js";
import { Channels } from "./channels.js";
import { canRestart, DescriptionError, fingerprintOf, readDescription } from "./descriptions.js";
import { MediaGate } from "./gate.js";
import { Ways } from "./ways.js";

/**
 * @typedef {import("./contents.js").Content} Content
 * @typedef {import("./contents.js").Description} Description
 * @typedef {object} PeerEvents
 * @property {(content: Content) => void} say to the other end
 * @property {() => void} connected ICE and DTLS are through, with the sealed certificate, for the first time or again
 * @property {() => void} lost the path is gone for now
 * @property {() => void} failed there is no path
 * @property {() => void} unverified the description breaks the rules, or DTLS ended on another certificate: the call must end
 * @property {() => void} unwanted a student's app offers a picture: a robot takes none
 * @property {(reason: string) => void} bye the other end said goodbye on the data channel
 * @property {() => void} [away] it said there that its page goes, and may be back at once
 * @property {(word: import("./control/words.js").Said) => void} overheard it said something else there
 * @property {() => void} [speaks] from now on something can be said there
 * @property {(step: "offered" | "answered" | "ice") => void} step
 * @property {() => void} [replaced] a restart was answered from another connection: this one is nothing to the other end any more
 */

/** Media sections in the order of the caller's offer; the data channel follows them. */
/** @type {Readonly<Record<"video" | "audio" | "telepresence", string[]>>} */
const KINDS = Object.freeze({ video: ["audio", "video"], audio: ["audio"], telepresence: ["audio", "video"] });

/** One RTCPeerConnection. The caller offers first and is impolite; the callee is polite (W3C webrtc §10.7). */
export class Peer {
  /** What the other end sends. */
  remote = new MediaStream();
  /**
   * How long the set-up took at this end, in milliseconds.
   * @type {{gathered?: number, ice?: number, dtls?: number}}
   */
  phases = {};
  #connection;
  #channels;
  #role;
  #media;
  #events;
  #generation;
  #makingOffer = false;
  #ignoringOffer = false;
  #startedAt = 0;
  #batch;
  #ways = new Ways();
  #gate = new MediaGate();
  #held = new HeldCandidates();
  /**
   * The fingerprint that the other end's description named.
   * @type {string | null}
   */
  #sealed = null;
  #isVerified = false;
  #canRestart = false;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {Promise<void>} */
  #turn = Promise.resolve();

  /**
   * @param {object} parts
   * @param {"caller" | "callee"} parts.role
   * @param {keyof typeof KINDS} parts.media
   * @param {RTCCertificate} parts.certificate this call's alone
   * @param {RTCIceServer[]} parts.iceServers the server's for this call; none means none
   * @param {PeerEvents} parts.events
   * @param {number} [parts.generation] of the first offer
   */
  constructor({ role, media, certificate, iceServers, events, generation = 0 }) {
    this.#generation = generation;
    this.#role = role;
    this.#media = media;
    this.#events = events;
    this.#connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", certificates: [certificate] });
    this.#batch = new CandidateBatch(this.#events.say);
    this.#channels = new Channels(media, (word) => this.#heard(word), () => this.#events.speaks?.());
    this.#listen();
  }

  /** The caller's first offer. It holds no track: senders get theirs at the accept. */
  start() {
    this.#startedAt = performance.now();
    for (const kind of KINDS[this.#media]) {
      const watchesOnly = this.#media === "telepresence" && kind === "video";
      const { receiver } = this.#connection.addTransceiver(kind, { direction: watchesOnly ? "recvonly" : "sendrecv" });
      this.#gate.hold(receiver);
    }
    this.#channels.openOn(this.#connection);
  }

  /**
   * An offer, answer, candidates or their end. They are done one after the other.
   * @param {Content} content
   * @returns {Promise<void>}
   */
  take(content) {
    this.#turn = this.#turn.then(() => this.#done(content)).catch(() => undefined);
    return this.#turn;
  }

  /**
   * The call is accepted: send these tracks, and of a kind that has none nothing. No new negotiation is needed, now or when they are others. Nothing is ever
   * given to a section that only receives.
   * @param {MediaStream} stream
   */
  async attach(stream) {
    this.#stream = stream;
    if (!this.#isVerified) return;
    this.#gate.open();
    const sending = this.#connection.getTransceivers().filter(({ direction }) => direction !== "recvonly");
    const tracks = stream.getTracks();
    await Promise.all(
      sending.map(({ sender, receiver }) => sender.replaceTrack(tracks.find(({ kind }) => kind === receiver.track.kind) ?? null)),
    );
  }

  /** Send and play nothing until the next `attach`. */
  shut() {
    this.#stream = null;
    this.#gate.shut();
    for (const { sender } of this.#connection.getTransceivers()) void sender.replaceTrack(null).catch(() => undefined);
  }

  /** The newest one that was offered or taken here. */
  get generation() {
    return this.#generation;
  }

  /** Whether the other end can look for another path on the connection that there is. */
  get canRestart() {
    return this.#canRestart;
  }

  /** Look again who is at the other end, and say so: media came, and the browser itself says nothing where it never said that they were gone. */
  prove() {
    void this.#compare();
  }

  /** The path is gone for now. */
  lost() {
    this.#gate.lost();
  }

  /** Look for another path on this connection, under the next generation: a new user name and new candidates, the same certificate, DTLS kept. */
  restart() {
    this.#generation += 1;
    this.#connection.restartIce();
  }

  /**
   * Whether an offer of a newer generation is for this connection: it names the certificate that is known here. Another one means another connection. What
   * breaks the rules is for this one to turn away.
   * @param {Description} offer
   */
  isMeantBy({ sdp }) {
    if (this.#sealed === null) return this.#connection.signalingState === "stable";
    try {
      return readDescription(sdp).fingerprint === this.#sealed;
    } catch {
      return true;
    }
  }

  /** @param {RTCIceServer[]} iceServers fresh ones, for what is gathered from now on */
  refresh(iceServers) {
    this.#connection.setConfiguration({ ...this.#connection.getConfiguration(), iceServers });
  }

  /**
   * Say goodbye on the data channel, so that hanging up works without a server.
   * @param {string} reason
   */
  sayBye(reason) {
    this.#channels.say("control", { t: "bye", reason });
  }

  /**
   * Say something on a data channel; false where it can't be said now.
   * @param {import("./control/words.js").Channel} channel
   * @param {import("./control/words.js").Said} word
   */
  say(channel, word) {
    return this.#channels.say(channel, word);
  }

  /** Stop: media at once, the connection as soon as a goodbye had time to leave. */
  close() {
    this.#batch.stop();
    this.#channels.close();
    this.#events = SILENT;
    this.#stream = null;
    for (const { sender } of this.#connection.getTransceivers()) void sender.replaceTrack(null).catch(() => undefined);
    for (const track of this.remote.getTracks()) track.stop();
    setTimeout(() => {
      this.#connection.close();
      this.#gate.close();
    }, 200);
  }

  /** How the media go. */
  async path() {
    return pathIn(await this.stats());
  }

  /** What the browser has counted of this connection so far (W3C webrtc-stats). */
  stats() {
    return this.#connection.getStats();
  }

  /** How much has arrived so far. */
  async heard() {
    return heardIn(await this.stats());
  }

  /** Whether a relay of this end gave it a way. */
  get isRelayed() {
    return this.#ways.isRelayed;
  }

  /**
   * Whether there is no way, and none can come any more.
   * @param {number} since when it was first needed, as `performance.now()` tells
   */
  isHopeless(since) {
    return this.phases.ice === undefined && this.#ways.isHopeless(since);
  }

  /** @param {import("./control/words.js").Said} word on a data channel */
  #heard(word) {
    if (word.t === "bye") this.#events.bye(word.reason);
    else if (word.t === "away") this.#events.away?.();
    else this.#events.overheard(word);
  }

  #listen() {
    const connection = this.#connection;
    connection.onnegotiationneeded = () => this.#offer();
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) this.#phase("gathered");
      this.#ways.found(candidate);
      this.#batch.add(candidate, this.#generation);
    };
    connection.ontrack = ({ track, receiver }) => {
      this.#gate.hold(receiver);
      this.remote.addTrack(track);
    };
    connection.oniceconnectionstatechange = () => {
      if (!["connected", "completed"].includes(connection.iceConnectionState) || this.phases.ice !== undefined) return;
      this.#phase("ice");
      this.#events.step("ice");
    };
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === "connected") void this.#compare();
      else if (connection.connectionState === "disconnected") this.#events.lost();
      else if (connection.connectionState === "failed") this.#failed();
    };
  }

  /** The one transport that all m-lines share, once there is one. */
  get #transport() {
    return this.#connection.sctp?.transport ?? this.#connection.getTransceivers()[0]?.sender.transport ?? null;
  }

  /**
   * Whether DTLS ended on the certificate that was sealed. What was only agreed on the wire counts for nothing. Chromium may call the connection connected
   * a moment before its transport, and shows no certificate until then.
   */
  async #compare() {
    const transport = this.#transport;
    if (transport?.state === "new" || transport?.state === "connecting") {
      return transport.addEventListener("statechange", () => void this.#compare(), { once: true });
    }
    // The other end has closed it, as a page does that goes: there is nobody to prove, and no certificate any more.
    if (this.#connection.connectionState !== "connected" || transport?.state === "closed") return;
    const [certificate] = transport?.getRemoteCertificates() ?? [];
    const seen = certificate ? await fingerprintOf(certificate) : null;
    if (seen === null || seen !== this.#sealed) return this.#events.unverified();
    this.#isVerified = true;
    this.#gate.back();
    this.#phase("dtls");
    if (this.#stream) void this.attach(this.#stream);
    this.#events.connected();
  }

  /** Browsers compare too, and end DTLS over another certificate without showing it: a path that was found, and nobody proven at its end. */
  #failed() {
    const isPathFound = ["connected", "completed"].includes(this.#connection.iceConnectionState);
    if (!this.#isVerified && isPathFound) this.#events.unverified();
    else this.#events.failed();
  }

  async #offer() {
    // The callee's own transceivers come with the caller's first offer: before it there is nothing to negotiate.
    if (this.#role === "callee" && !this.#connection.remoteDescription) return;
    try {
      this.#makingOffer = true;
      await this.#connection.setLocalDescription();
      this.#sayDescription();
    } finally {
      this.#makingOffer = false;
    }
  }

  /** @param {Content} content */
  async #done(content) {
    if (content.t === "offer" || content.t === "answer") return this.#describe(content);
    if (content.t !== "candidates" && content.t !== "end_of_candidates") return;
    const known = this.#connection.remoteDescription ? this.#generation : -1;
    for (const candidate of this.#held.due(content, known)) await this.#addCandidate(candidate);
  }

  /** @param {Description} description */
  async #describe({ t: type, generation, sdp }) {
    const connection = this.#connection;
    const collision = type === "offer" && (this.#makingOffer || connection.signalingState !== "stable");
    this.#ignoringOffer = collision && this.#role === "caller";
    if (this.#ignoringOffer || generation < this.#generation) return;
    if (type === "answer" && (generation !== this.#generation || connection.signalingState !== "have-local-offer")) return;
    try {
      const { fingerprint, sections } = readDescription(sdp);
      if (this.#media === "telepresence" && this.#role === "callee" && sections.some(isPicture)) return this.#events.unwanted();
      if (type === "answer" && this.#sealed !== null && fingerprint !== this.#sealed) return this.#events.replaced?.();
      this.#sealed = fingerprint;
      this.#canRestart = canRestart(sdp);
    } catch (problem) {
      if (problem instanceof DescriptionError) return this.#events.unverified();
      throw problem;
    }
    await connection.setRemoteDescription({ type, sdp });
    this.#channels.openOn(connection);
    this.#generation = generation;
    if (type === "answer") this.#events.step("answered");
    for (const candidate of this.#held.of(generation)) await this.#addCandidate(candidate);
    if (type !== "offer") return;
    if (!this.#startedAt) this.#startedAt = performance.now();
    if (this.#role === "callee") {
      for (const transceiver of connection.getTransceivers()) transceiver.direction = "sendrecv";
    }
    await connection.setLocalDescription();
    this.#sayDescription();
  }

  /** @param {RTCIceCandidateInit | null} candidate null: no more will come */
  async #addCandidate(candidate) {
    this.#ways.heard(candidate);
    try {
      await this.#connection.addIceCandidate(candidate ?? undefined);
    } catch {
      // A candidate of an offer that was ignored, or of a transport this browser doesn't have: the others still count.
    }
  }

  #sayDescription() {
    const description = this.#connection.localDescription;
    if (!description) return;
    const t = /** @type {"offer" | "answer"} */ (description.type);
    this.#events.say({ t, generation: this.#generation, sdp: description.sdp });
    this.#batch.begin(this.#generation);
    this.#events.step(t === "offer" ? "offered" : "answered");
  }

  /** @param {"gathered" | "ice" | "dtls"} name */
  #phase(name) {
    this.phases[name] ??= Math.round(performance.now() - this.#startedAt);
  }
}

/**
 * Whether whoever describes this sends a picture in it.
 * @param {import("./descriptions.js").Section} section
 */
function isPicture({ kind, direction }) {
  return kind === "video" && (direction === "sendrecv" || direction === "sendonly");
}

/** @type {PeerEvents} */
const SILENT = { say() {}, connected() {}, lost() {}, failed() {}, unverified() {}, unwanted() {}, bye() {}, overheard() {}, step() {} };
