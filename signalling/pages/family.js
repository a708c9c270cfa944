/**
 * The family app: links this browser, pairs it, shows whom it knows, and calls them with one click.
 *
 * It puts the parts together and chooses what is on the screen. It keeps nothing of a call but what is on the screen now.
 */

import { openCamera } from "./family/camera.js";
import { element, say } from "./family/dom.js";
import { marksInto } from "./family/marks.js";
import { PairView } from "./family/pair.js";
import { PeopleView } from "./family/people.js";
import { Stage } from "./family/stage.js";
import { CONNECTION, NOTICES, endedWords, lengthWords, warningWords } from "./family/words.js";
import { OutgoingCall } from "./sdk/call.js";
import { Endpoint } from "./sdk/endpoint.js";
import { keepSelf } from "./sdk/keeping.js";
import { LinkRefused, linkFrom } from "./sdk/link.js";
import { LinkBook } from "./sdk/linkbook.js";
import { PairingCodeRefused, pairingCodeFrom } from "./sdk/pairing-code.js";

/** @typedef {import("./sdk/links.js").LinkRecord} LinkRecord */

const VIEWS = ["starting", "notice", "people", "pair", "call", "after"];
/** What an address may bring in its fragment: it is read once, and gone from the address at once. */
const SECRETS = ["link=", "pair="];
const TICK_MS = 250;

/** The screen of a linked browser. */
class FamilyApp {
  #endpoint;
  #people = new PeopleView((endpoint) => this.#place(endpoint));
  #pairing;
  #stage = new Stage(() => this.#call?.hangUp());
  #connection = element("connection", HTMLParagraphElement);
  #status = element("status", HTMLParagraphElement);
  /** @type {import("./sdk/call.js").OutgoingCall | null} */
  #call = null;
  #isWaiting = false;
  #tick = 0;

  /** @param {LinkBook} book */
  constructor(book) {
    this.#endpoint = new Endpoint(book, { isWatched: isForFamily, changed: () => this.#changed() });
    this.#pairing = new PairView(this.#endpoint, () => this.#changed());
    element("again", HTMLButtonElement).addEventListener("click", () => this.#call && this.#place(this.#call.contact.endpoint));
    element("back", HTMLButtonElement).addEventListener("click", () => this.#leaveCall());
    addEventListener("pagehide", () => this.#endpoint.leave());
    // Another window may have kept newer keys meanwhile: begin with what is kept now.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
    addEventListener("online", () => this.#endpoint.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#endpoint.wake());
    this.#goesOn();
    this.#endpoint.start();
  }

  /** The other end's picture. */
  get picture() {
    return this.#stage.picture;
  }

  /** @param {import("./sdk/pairing-code.js").PairingCode} code */
  askToPair(code) {
    this.#pairing.ask(code);
  }

  /** @param {string} endpoint */
  #place(endpoint) {
    const contact = this.#endpoint.book.link(endpoint);
    if (!contact) return this.#leaveCall();
    this.#begin(this.#endpoint.call(contact, openCamera()));
  }

  /** The page was loaded anew in a call: it is on the screen again, and nobody needs to do anything. */
  #goesOn() {
    const call = this.#endpoint.resume(openCamera);
    if (call instanceof OutgoingCall) this.#begin(call);
    else call?.stop(); // one that this page can't show
  }

  /** @param {OutgoingCall} call */
  #begin(call) {
    this.#call = call;
    this.#stage.begin(call, call.local);
    this.#tick = setInterval(() => this.#show(), TICK_MS);
    this.#show();
  }

  #leaveCall() {
    this.#call = null;
    this.#show();
  }

  /** Many things change at once: the screen follows them once. */
  #changed() {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    queueMicrotask(() => {
      this.#isWaiting = false;
      this.#show();
    });
  }

  #show() {
    const { state } = this.#endpoint;
    say(this.#connection, CONNECTION[state]);
    this.#connection.classList.toggle("online", state === "online");
    if (this.#call && this.#call.phase !== "ended") this.#showCall(this.#call);
    else if (this.#call) this.#showAfter(this.#call);
    else if (state === "superseded" || state === "refused") showNotice(state, () => location.reload());
    else if (this.#pairing.isOpen) showView("pair", "pair-heading");
    else this.#showPeople();
  }

  #showPeople() {
    this.#people.show(this.#endpoint.book.links.filter(isForFamily), this.#endpoint);
    showView("people", "people-heading");
  }

  /** @param {import("./sdk/call.js").OutgoingCall} call */
  #showCall(call) {
    this.#stage.show(call);
    showView("call", "hang-up");
    say(this.#status, statusOf(call));
  }

  /** @param {import("./sdk/call.js").OutgoingCall} call */
  #showAfter(call) {
    clearInterval(this.#tick);
    this.#stage.clear();
    const { timeline } = call;
    const accepted = timeline.at("accepted");
    const talkedMs = accepted === null ? null : (timeline.at("ended") ?? accepted) - accepted;
    say(element("after-heading", HTMLHeadingElement), endedWords(call.reason));
    const who = `${call.contact.name}.`;
    say(element("after-text", HTMLParagraphElement), talkedMs === null ? who : `${who} You were together for ${lengthWords(talkedMs)}.`);
    const warning = element("after-warning", HTMLParagraphElement);
    say(warning, warningWords(call.reason) ?? "");
    warning.hidden = warning.textContent === "";
    element("again", HTMLButtonElement).classList.toggle("primary", warning.hidden);
    element("after-erased", HTMLParagraphElement).hidden = timeline.at("erased") === null;
    element("again", HTMLButtonElement).disabled = !this.#endpoint.isOnline;
    marksInto(element("after-marks", HTMLOListElement), timeline);
    showView("after", "after-heading");
    say(this.#status, endedWords(call.reason));
  }
}

/**
 * AV1s are called from the student app.
 * @param {LinkRecord} record
 */
function isForFamily({ kind }) {
  return kind === "komp";
}

/**
 * What a screen reader says of a call: once for each step, not every second.
 * @param {import("./sdk/call.js").OutgoingCall} call
 */
function statusOf(call) {
  const name = call.contact.name;
  if (call.path === "lost") return "The network is lost. Trying to get it back.";
  if (call.timeline.at("picture") !== null) return `${name} is on the screen.`;
  if (call.phase === "accepted") return `${name} answered.`;
  if (call.timeline.at("ringing") !== null) return `It rings at ${name}. ${call.verified ? "It answers by itself." : "Somebody must turn the knob there."}`;
  return `Calling ${name}.`;
}

/**
 * Show one view; the focus follows, so that keyboard and screen reader are where the eye is.
 * @param {string} name
 * @param {string} focus
 */
function showView(name, focus) {
  if (document.body.dataset.view === name) return;
  document.body.dataset.view = name;
  for (const view of VIEWS) element(view, HTMLElement).hidden = view !== name;
  scrollTo(0, 0);
  element(focus, HTMLElement).focus({ preventScroll: true });
}

/**
 * @param {string} which
 * @param {() => void} [act]
 */
function showNotice(which, act) {
  const { heading, text, button: label } = NOTICES[which];
  const button = element("notice-button", HTMLButtonElement);
  say(element("notice-heading", HTMLHeadingElement), heading);
  say(element("notice-text", HTMLParagraphElement), text);
  say(button, label ?? "");
  button.hidden = !label;
  button.onclick = () => act?.();
  showView("notice", "notice-heading");
}

/**
 * What the address brought: it is gone from there before anything else happens.
 * @returns {string}
 */
function takenFragment() {
  const fragment = location.hash;
  if (SECRETS.some((secret) => fragment.includes(secret))) history.replaceState(null, "", location.pathname + location.search);
  return fragment;
}

/**
 * What this browser keeps, from now on what a private link brought. Null: it is nobody's yet, or keeps nothing, which the screen says.
 * @param {string} fragment
 * @param {boolean} withCode
 * @returns {Promise<LinkBook | null>}
 * @throws {LinkRefused}
 */
async function bookOfThisBrowser(fragment, withCode) {
  const link = await linkFrom(fragment);
  let book;
  try {
    if (link) await keepSelf({ ...link, contacts: [] });
    book = await LinkBook.kept();
  } catch {
    showNotice("unkept"); // what went wrong is the browser's own, or what stands in its storage
    return null;
  }
  if (!book) showNotice(withCode ? "unlinked_code" : "unlinked");
  return book;
}

async function start() {
  addEventListener("hashchange", () => SECRETS.some((secret) => location.hash.includes(secret)) && location.reload());
  const fragment = takenFragment();
  try {
    const code = pairingCodeFrom(fragment);
    const book = await bookOfThisBrowser(fragment, code !== null);
    if (!book) return;
    const app = new FamilyApp(book);
    if (code) app.askToPair(code);
    if (new URLSearchParams(location.search).has("stamps")) (await import("./family/stamps.js")).watchStamps(app.picture);
  } catch (problem) {
    if (problem instanceof LinkRefused) showNotice("damaged");
    else if (problem instanceof PairingCodeRefused) showNotice("damaged_code");
    else throw problem;
  }
}

await start();
