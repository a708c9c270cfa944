/**
 * The call of this page, whoever began it: from the ring or the press of a button to what is said afterwards. One at a time.
 *
 * It keeps nothing of a call that is over but what is on the screen now.
 */

import { OutgoingCall } from "../sdk/call.js";
import { IncomingCall } from "../sdk/incoming.js";
import { AfterView } from "./after.js";
import { mannerOf } from "./being-called.js";
import { element, say } from "./dom.js";
import { OwnMedia } from "./own-media.js";
import { RingView } from "./ring-view.js";
import { Stage } from "./stage.js";
import { endedWords, nameOf, saidWords } from "./telling.js";
import { showView } from "./views.js";
import { keptWishes } from "./wishes.js";

/**
 * @typedef {import("./telling.js").Call} Call
 * @typedef {import("../sdk/links.js").LinkRecord} LinkRecord
 * @typedef {import("../sdk/endpoint.js").Endpoint} Endpoint
 */

const TICK_MS = 250;
/** How a call ends that nobody took, seen from here. */
const IN_VAIN = new Set(["cancelled", "no_answer", "declined", "lost_network"]);

/** What the page does with calls. */
export class Calls {
  /** How it meets rings. */
  manner;
  #parts;
  #stage = new Stage(() => this.#hangUp());
  #ring;
  #after;
  #status = element("status", HTMLParagraphElement);
  /** @type {Endpoint | null} */
  #endpoint = null;
  /** @type {Call | null} */
  #call = null;
  /** @type {OwnMedia | null} */
  #own = null;
  /**
   * What the call that comes next will send.
   * @type {OwnMedia | null}
   */
  #readied = null;
  /**
   * This end's own call to whoever rings here at the same moment.
   * @type {{call: OutgoingCall, own: OwnMedia} | null}
   */
  #rival = null;
  #isEnded = false;
  #tick = 0;

  /**
   * @param {object} parts
   * @param {import("../sdk/linkbook.js").LinkBook} parts.book
   * @param {import("../sdk/account.js").Account} parts.account
   * @param {import("./blocking.js").Blocking} parts.blocking
   * @param {import("./missed.js").MissedCalls} parts.missed
   * @param {(contact: LinkRecord) => LinkRecord[]} parts.reachedAt which endpoints of theirs to call
   * @param {() => void} parts.changed
   */
  constructor(parts) {
    this.#parts = parts;
    const { book, account, blocking } = parts;
    this.manner = mannerOf({ book, blocking, ready: () => this.#ready(), rings: (call) => this.#rings(call) });
    this.#ring = new RingView((hash) => account.picture(hash), { accept: () => this.#accept(), decline: () => this.#decline() });
    this.#after = new AfterView({ again: () => this.#call && this.place(this.#call.contact), back: () => this.#leave() });
  }

  /** @param {Endpoint} endpoint whose calls they are */
  at(endpoint) {
    this.#endpoint = endpoint;
  }

  /** The other end's picture. */
  get picture() {
    return this.#stage.picture;
  }

  /** Whether one is on, or rings. */
  get isOn() {
    return this.#call !== null && !this.#call.isOver;
  }

  /**
   * Call somebody.
   * @param {LinkRecord} contact
   */
  place(contact) {
    if (!this.#endpoint || this.isOn) return;
    const whom = this.#parts.reachedAt(contact);
    if (whom.length === 0) return; // none that they say is theirs
    this.#parts.blocking.forgive(contact.party);
    const own = this.#ready();
    this.#begin(this.#endpoint.call(whom, own.open()), own);
  }

  /** The page was loaded anew in a call: it is on the screen again, and nobody needs to do anything. To be called before the endpoint starts. */
  goOn() {
    const wishes = keptWishes();
    const call = this.#endpoint?.resume(() => {
      const own = this.#ready(wishes);
      return own.open().catch(() => own.stream);
    });
    if (!call || !this.#readied) return;
    const own = this.#readied;
    if (call instanceof IncomingCall) void own.open(wishes).catch(() => undefined);
    this.#begin(call, own);
  }

  /**
   * Bring its view onto the screen; false where there is none.
   * @returns {boolean}
   */
  show() {
    const call = this.#call;
    if (call?.isOver && !this.#isEnded) this.#end(call);
    this.#settleRival();
    if (!this.#call) return false;
    if (this.#call.isOver) this.#showAfter(this.#call);
    else if (this.#isRinging) return this.#showRing();
    else this.#showStage(this.#call);
    return true;
  }

  /** Another language: say it anew. */
  say() {
    this.#stage.say();
    this.#after.say();
    this.#ring.show();
  }

  get #isRinging() {
    return this.#call instanceof IncomingCall && this.#call.phase !== "accepted";
  }

  // ------------------------------------------------------------------ being called

  /** @param {IncomingCall} call */
  #rings(call) {
    const before = this.#call;
    const hasWon = before instanceof OutgoingCall && before.winner === call.id && call.verified;
    if (before instanceof OutgoingCall && !before.isOver && this.#own) {
      this.#rival = { call: before, own: this.#own };
      this.#own = null;
      this.#stage.leave();
    }
    this.#take(call, this.#readied ?? this.#ready());
    this.#ring.begin(call, this.#parts.blocking.isTooOften(call.contact.party));
    if (hasWon) queueMicrotask(() => this.#accept());
  }

  /** The word goes out at once, and camera and microphone follow. Without them the call is seen and heard all the same. */
  #accept() {
    const [call, own] = [this.#call, this.#own];
    if (!(call instanceof IncomingCall) || !own || call.phase !== "ringing") return;
    this.#dropRival();
    this.#ring.end();
    this.#parts.blocking.forgive(call.contact.party);
    this.#stage.begin(call, nameOf(call), own);
    void call.answer();
    void own.open().catch(() => undefined);
    this.#parts.changed();
  }

  /**
   * Two called each other at once. The coordinator says which call goes on: theirs is taken without a press where their keys are proven, as its user
   * pressed already; one's own goes on where it won.
   */
  #settleRival() {
    if (!this.#rival) return;
    const [{ call: mine, own }, theirs] = [this.#rival, this.#call];
    if (mine.isOver) {
      this.#dropRival();
      if (theirs instanceof IncomingCall && theirs.verified && mine.winner === theirs.id) this.#accept();
    } else if (theirs === null) {
      this.#rival = null;
      this.#begin(mine, own);
    }
  }

  #dropRival() {
    this.#rival?.call.hangUp();
    this.#rival?.own.close();
    this.#rival = null;
  }

  #decline() {
    this.#dropRival();
    if (this.#call instanceof IncomingCall) this.#call.decline();
  }

  /** A ring that makes no sound leaves the page as it is. */
  #showRing() {
    this.#ring.show();
    if (this.#ring.isSilent) return false;
    showView("ring", "ring-heading");
    if (this.#call) say(this.#status, saidWords(this.#call));
    return true;
  }

  // ------------------------------------------------------------------ in the call

  /**
   * @param {Call} call
   * @param {OwnMedia} own
   */
  #begin(call, own) {
    this.#take(call, own);
    this.#stage.begin(call, nameOf(call), own);
    this.#parts.changed();
  }

  /**
   * @param {Call} call
   * @param {OwnMedia} own
   */
  #take(call, own) {
    this.#own?.close();
    clearInterval(this.#tick);
    own.sendIn(call);
    this.#call = call;
    this.#own = own;
    this.#readied = null;
    this.#isEnded = false;
    this.#tick = setInterval(() => this.#parts.changed(), TICK_MS);
  }

  /** @param {Call} call */
  #showStage(call) {
    this.#stage.show(call);
    showView("call", "hang-up");
    say(this.#status, saidWords(call));
  }

  /**
   * What the call that comes next will send.
   * @param {import("./wishes.js").Wishes} [wishes] how it begins
   */
  #ready(wishes) {
    return (this.#readied = new OwnMedia(this.#parts.changed, wishes));
  }

  #hangUp() {
    if (this.#call instanceof IncomingCall) this.#call.stop();
    else this.#call?.hangUp();
  }

  // ------------------------------------------------------------------ afterwards

  /** @param {Call} call */
  #end(call) {
    this.#isEnded = true;
    clearInterval(this.#tick);
    this.#ring.end();
    this.#stage.clear();
    this.#own?.close();
    const { blocking, missed } = this.#parts;
    if (!(call instanceof IncomingCall)) return void missed.tell(call);
    if (call.timeline.at("accepted") !== null && call.reason !== null) return; // without a reason another device's answer came first
    if (this.#rival && call.reason === "glare") return void (this.#call = null);
    if (call.reason === null || call.reason === "glare") missed.note(call.contact.party, nameOf(call), "taken");
    else if (call.reason !== "declined") missed.note(call.contact.party, nameOf(call), "called");
    if (IN_VAIN.has(call.reason ?? "")) blocking.rangInVain(call.contact.party);
    if (call.reason !== "peer_not_verified") this.#call = null;
  }

  /** @param {Call} call */
  #showAfter(call) {
    const trouble = this.#own?.trouble.microphone ?? null;
    this.#after.show(call, this.#endpoint?.isOnline ?? false, trouble === "unplugged" || trouble === "taken" ? null : trouble);
    say(this.#status, endedWords(call));
  }

  #leave() {
    this.#call = null;
    this.#parts.changed();
  }
}
