/**
 * The family app: links this browser, pairs it, shows whom it knows, and calls them with one click.
 *
 * It puts the parts together and chooses what is on the screen. It keeps nothing of a call but what is on the screen now.
 */

import { bookOfThisBrowser, SECRETS, takenFragment } from "./family/arrival.js";
import { openCamera } from "./family/camera.js";
import { element, say } from "./family/dom.js";
import { marksInto } from "./family/marks.js";
import { PairView } from "./family/pair.js";
import { PeopleView } from "./family/people.js";
import { SendView } from "./family/send/view.js";
import { SEND } from "./family/send/words.js";
import { Stage } from "./family/stage.js";
import { sayNotice, showNotice, showView } from "./family/views.js";
import { endedWords, FAMILY, lengthWords, saidWords, warningWords, words } from "./family/words.js";
import { Account } from "./sdk/account.js";
import { Asking } from "./sdk/asking.js";
import { Endpoint } from "./sdk/endpoint.js";
import { Letters } from "./sdk/letters.js";
import { LinkRefused } from "./sdk/link.js";
import { PairingCodeRefused, pairingCodeFrom } from "./sdk/pairing-code.js";
import { PostBox } from "./sdk/post-box.js";
import { learnOwnProfile } from "./sdk/profile.js";
import { Tokens } from "./sdk/tokens.js";
import { fillPage, offerLanguages } from "./words/spoken.js";

/** @typedef {import("./sdk/links.js").LinkRecord} LinkRecord */

const TICK_MS = 250;

/** The screen of a linked browser. */
class FamilyApp {
  #endpoint;
  #people = new PeopleView((endpoint) => this.#place(endpoint), (endpoint) => this.#write(endpoint));
  #pairing;
  #sending;
  #stage = new Stage(() => this.#call?.hangUp());
  #connection = element("connection", HTMLParagraphElement);
  #status = element("status", HTMLParagraphElement);
  /** @type {import("./sdk/call.js").OutgoingCall | null} */
  #call = null;
  #isWaiting = false;
  #tick = 0;

  /** @param {import("./sdk/linkbook.js").LinkBook} book */
  constructor(book) {
    const tokens = new Tokens(book.identity);
    const asking = new Asking(book.identity, { tokens });
    const circled = () => void learnOwnProfile(book, new Account(asking));
    this.#endpoint = new Endpoint(book, { isWatched: isForFamily, changed: () => this.#changed(), circled, tokens });
    this.#sending = new SendView(book, new Letters(book, new PostBox(asking)), () => this.#changed());
    this.#pairing = new PairView(this.#endpoint, () => this.#changed());
    element("again", HTMLButtonElement).addEventListener("click", () => this.#call && this.#place(this.#call.contact.endpoint));
    element("back", HTMLButtonElement).addEventListener("click", () => this.#leaveCall());
    addEventListener("pagehide", () => this.#endpoint.stop());
    // Another window may have kept newer keys meanwhile: begin with what is kept now.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
    addEventListener("online", () => this.#endpoint.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#endpoint.wake());
    this.#endpoint.start();
  }

  /** The other end's picture. */
  get picture() {
    return this.#stage.picture;
  }

  /** Another language: say it anew. */
  show() {
    this.#stage.say();
    element("after-marks", HTMLOListElement).replaceChildren();
    this.#pairing.say();
    this.#sending.say();
    this.#show();
  }

  /** @param {import("./sdk/pairing-code.js").PairingCode} code */
  askToPair(code) {
    this.#pairing.ask(code);
  }

  /** @param {string} endpoint */
  #place(endpoint) {
    const contact = this.#endpoint.book.link(endpoint);
    if (!contact) return this.#leaveCall();
    const local = openCamera();
    this.#call = this.#endpoint.call(contact, local);
    this.#stage.begin(this.#call, local);
    this.#tick = setInterval(() => this.#show(), TICK_MS);
    this.#show();
  }

  /** @param {string} endpoint */
  #write(endpoint) {
    const komp = this.#endpoint.book.link(endpoint);
    if (komp) this.#sending.open(komp);
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
    say(this.#connection, words(`connection.${state}`));
    this.#connection.classList.toggle("online", state === "online");
    if (this.#call && this.#call.phase !== "ended") this.#showCall(this.#call);
    else if (this.#call) this.#showAfter(this.#call);
    else if (state === "superseded" || state === "refused") showNotice(state, state === "superseded" ? () => location.reload() : undefined);
    else if (this.#pairing.isOpen) showView("pair", "pair-heading");
    else if (this.#sending.isOpen) showView("send", "send-heading");
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
    say(this.#status, saidWords(call));
  }

  /** @param {import("./sdk/call.js").OutgoingCall} call */
  #showAfter(call) {
    clearInterval(this.#tick);
    this.#stage.clear();
    const { timeline } = call;
    const accepted = timeline.at("accepted");
    const talkedMs = accepted === null ? null : (timeline.at("ended") ?? accepted) - accepted;
    say(element("after-heading", HTMLHeadingElement), endedWords(call.reason));
    const { name } = call.contact;
    const together = talkedMs === null ? `${name}.` : words("after.together", { name, length: lengthWords(talkedMs) });
    say(element("after-text", HTMLParagraphElement), together);
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

async function start() {
  addEventListener("hashchange", () => SECRETS.some((secret) => location.hash.includes(secret)) && location.reload());
  const fragment = takenFragment();
  try {
    const code = pairingCodeFrom(fragment);
    const book = await bookOfThisBrowser(fragment, code !== null);
    if (!book) return;
    app = new FamilyApp(book);
    if (code) app.askToPair(code);
    if (new URLSearchParams(location.search).has("stamps")) (await import("./family/stamps.js")).watchStamps(app.picture);
  } catch (problem) {
    if (problem instanceof LinkRefused) showNotice("damaged");
    else if (problem instanceof PairingCodeRefused) showNotice("damaged_code");
    else throw problem;
  }
}

/** @type {FamilyApp | null} */
let app = null;
fillPage(FAMILY, SEND);
offerLanguages(element("language", HTMLSelectElement), () => {
  fillPage(FAMILY, SEND);
  sayNotice();
  app?.show();
});
await start();
