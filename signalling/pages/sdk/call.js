/**
 * A call that this endpoint places, from the press of the button to the accept: the caller's side of docs/reference/protocol.md §4.
 *
 * Several endpoints of one person may ring; the call is with the one that joins, and with no other. Media start only on `accepted` inside a box. Where the
 * other end has a newer key, it is learnt and rung once more, under another call id, and nobody needs to notice.
 */

import { Attempt } from "./attempt.js";
import { CallEnd, SPARE_MS } from "./call-end.js";
import { NOBODY_HEARS } from "./exchange.js";
import { farewell } from "./farewell.js";
import { LIFETIME_MS } from "./invite.js";
import { Refused } from "./socket.js";
import { Turns } from "./turns.js";

/**
 * @typedef {import("./call-end.js").CallPhase} CallPhase
 * @typedef {import("./socket.js").Message} Message
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {object} Parts
 * @property {LinkRecord[]} contacts endpoints of one party; `rungOf` says which of them ring
 * @property {import("./linkbook.js").LinkBook} book
 * @property {(endpoints: string[]) => Promise<void>} fetchKeys takes the newest statements of these endpoints into the book
 * @property {import("./certificates.js").Certificates} certificates
 * @property {"video" | "audio" | "telepresence"} media
 * @property {Promise<MediaStream>} local camera and microphone; a refusal ends the call
 * @property {(word: import("./control/words.js").Said) => void} [overheard] what the other end says on a data channel once it has accepted
 * @property {import("./socket.js").Socket} socket
 * @property {import("./timeline.js").Timeline} timeline
 * @property {() => void} changed something that a screen shows is different
 * @property {string} [resumes] the call that an earlier page was in, and this one comes back into
 */

/** The caller's end of one call. */
export class OutgoingCall extends CallEnd {
  /** Whether none of the rung endpoints can be reached at the moment; one may still come back while it rings. */
  away = false;
  /**
   * The call that goes on instead, by the coordinator's word: both called each other at once.
   * @type {string | null}
   */
  winner = null;
  #parts;
  /**
   * Null where an earlier page made it.
   * @type {Attempt | null}
   */
  #attempt;
  #id;
  /** @type {import("./exchange.js").Conversation} */
  #conversation;
  /** @type {import("./callmedia.js").CallMedia} */
  #media;
  #isSecond = false;
  /** Joins in their order, and the boxes that come on their heels. */
  #joins = new Turns();
  /** Between two attempts: the first is over, and nobody hears of it. */
  #isBetween = false;

  /** @param {Parts} parts */
  constructor(parts) {
    super({ ...parts, contact: parts.contacts[0], role: "caller", kind: parts.media });
    this.#parts = parts;
    const { resumes } = parts;
    this.#attempt = resumes === undefined ? this.#begun() : null;
    this.#id = resumes ?? /** @type {Attempt} */ (this.#attempt).id;
    this.#conversation = this.#attempt ?? NOBODY_HEARS;
    this.#media = this.#mediaAfter(null);
  }

  /**
   * Whose messages these are. A second attempt has another.
   * @override
   */
  get id() {
    return this.#id;
  }

  /** Whether this end's own record of the other says so. */
  get verified() {
    return this.#attempt?.verified ?? this.#parts.book.isVerified(this.contact.endpoint);
  }

  /** The coordinator's refusal that the ring waits out now, or null. */
  get waitsFor() {
    return this.#attempt?.waitsFor ?? null;
  }

  /** What this end sends. */
  get local() {
    return this.#parts.local;
  }

  /** @override */
  get conversation() {
    return this.#conversation;
  }

  /** @override */
  get media() {
    return this.#media;
  }

  /**
   * Between two attempts there is none to name.
   * @override
   */
  get named() {
    return this.#isBetween ? null : super.named;
  }

  /** Ring, while the camera starts. */
  async start() {
    this.timeline.mark("pressed");
    this.#parts.local.catch(() => this.leave("no_camera", "cancelled"));
    await this.#rings();
  }

  /**
   * The user hangs up, or gives up ringing; or the call must not go on, for another reason of the protocol.
   * @param {string} [reason]
   */
  hangUp(reason = "hangup") {
    this.leave(this.phase === "accepted" ? reason : "cancelled");
  }

  /**
   * Say something to the other end on a data channel; false where it can't be said now.
   * @param {import("./control/words.js").Channel} channel
   * @param {import("./control/words.js").Said} word
   */
  say(channel, word) {
    return this.#media.say(channel, word);
  }

  /** See `saidAgain`. A ring that nobody has joined goes out again. */
  returned() {
    if (this.saidAgain() && !this.isJoined) void this.#ring();
  }

  /** @param {Message} message one that names this call */
  async take(message) {
    if (this.#isBetween) return;
    if (message.t === "box" && !this.isJoined) await this.#joins.take(() => undefined); // its author's join is being opened
    const isStale = message.t === "call.ended" && message.reason === "stale_key";
    if (message.t === "call.ended" && typeof message.winner === "string") this.winner = message.winner;
    if (isStale && !this.#isSecond && !this.isJoined && !this.isOver) await this.#ringAgain();
    else if (!(await this.takeShared(message)) && !this.isOver) await this.#takeOwn(message);
    this.changed();
  }

  /**
   * @override
   * @param {string} reason
   */
  lastWord(reason) {
    return farewell(this.id, reason, this.isJoined);
  }

  /** @override */
  withdraw() {
    this.#attempt?.withdraw();
  }

  /**
   * @override
   * @param {import("./exchange.js").Exchange} exchange
   */
  goOn(exchange) {
    this.#conversation = exchange;
    this.#media = this.#mediaAfter(this.#media);
  }

  /** @param {Message} message */
  async #takeOwn(message) {
    switch (message.t) {
      case "call.progress":
        if (message.state === "ringing") this.#ringing(message.answers_in_ms);
        else if (message.state === "declined") void this.#parts.fetchKeys([message.endpoint]); // the next ring shall open, if this one didn't
        break;
      case "call.wanted":
        await this.#ring();
        break;
      case "call.joined":
        await this.#joins.take(() => this.#joined(message));
        break;
      case "call.peer":
        if (message.present) this.returned();
    }
  }

  #begun() {
    const { contacts, book, media, socket } = this.#parts;
    const attempt = new Attempt({ contacts, book, media, socket, received: (content) => this.hear(content) });
    [this.contact] = attempt.contacts;
    return attempt;
  }

  /** @param {import("./callmedia.js").CallMedia | null} before whose place it takes */
  #mediaAfter(before) {
    const { local, overheard, resumes } = this.#parts;
    return this.mediaOf({ verified: this.verified, local, before, isBack: before !== null || resumes !== undefined, overheard });
  }

  async #rings() {
    this.endUnless(LIFETIME_MS + SPARE_MS, () => this.leave("no_answer"));
    await this.#ring();
  }

  /** The other end no longer has the key that its ring was sealed to: learn the newest of all of them, and ring once more. */
  async #ringAgain() {
    this.#isSecond = true;
    this.#conversation.close();
    this.#media.retire();
    this.phase = "inviting";
    this.answersAt = null;
    this.#isBetween = true;
    await this.#parts.fetchKeys(this.#parts.contacts.map(({ endpoint }) => endpoint));
    this.#isBetween = false;
    if (this.isOver) return;
    this.#attempt = this.#begun();
    this.#id = this.#attempt.id;
    this.#conversation = this.#attempt;
    this.#media = this.#mediaAfter(null);
    await this.#rings();
  }

  async #ring() {
    const attempt = this.#attempt;
    if (!attempt) return;
    try {
      const ok = await attempt.ring();
      if (!ok || this.isOver || attempt !== this.#attempt) return;
      this.timeline.markOnce("invited");
      this.away = attempt.contacts.every(({ endpoint }) => ok.away?.includes(endpoint));
      this.#media.useIceServers(ok.ice_servers ?? []);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      this.winner = problem.winner ?? null;
      this.finish(problem.code);
    }
    this.changed();
  }

  /** @param {number | undefined} answersInMs */
  #ringing(answersInMs) {
    this.timeline.markOnce("ringing");
    if (this.phase === "inviting") this.phase = "ringing";
    if (answersInMs !== undefined) this.answersAt = performance.now() + answersInMs;
  }

  /** @param {Message} message */
  async #joined(message) {
    const attempt = this.#attempt;
    if (this.isJoined || !attempt) return this.#conversation.returned();
    const contact = await attempt.opens(message);
    if (contact === null || this.isOver) return;
    this.contact = contact;
    this.phase = "joined";
    this.timeline.markOnce("joined");
    await attempt.begin();
  }

  /**
   * @override
   * @param {import("./contents.js").Content} content
   */
  hear(content) {
    if (content.t !== "accepted") super.hear(content);
    else if (this.phase === "joined") this.begin();
  }
}
