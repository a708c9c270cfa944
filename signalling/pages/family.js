/**
 * The family app: links this browser, pairs it, shows whom it knows, and calls them with one click.
 *
 * It puts the parts together and chooses what is on the screen. It keeps nothing of a call but what is on the screen now.
 */

import { bookOfThisBrowser, SECRETS, takenFragment } from "./family/arrival.js";
import { openCamera } from "./family/camera.js";
import { CIRCLE } from "./family/circle/words.js";
import { invitationFrom } from "./family/coming-in/invitation.js";
import { askToLast } from "./family/coming-in/lasting.js";
import { ComingIn } from "./family/coming-in/view.js";
import { COMING_IN } from "./family/coming-in/words.js";
import { element, say } from "./family/dom.js";
import { marksInto } from "./family/marks.js";
import { ONESELF } from "./family/oneself/words.js";
import { PairView } from "./family/pair.js";
import { PeopleView } from "./family/people.js";
import { Rooms } from "./family/rooms.js";
import { Stage } from "./family/stage.js";
import { sayNotice, showNotice, showView } from "./family/views.js";
import { endedWords, FAMILY, lengthWords, saidWords, warningWords, words } from "./family/words.js";
import { OutgoingCall } from "./sdk/call.js";
import { Endpoint } from "./sdk/endpoint.js";
import { forgetSelf } from "./sdk/keeping.js";
import { LinkRefused } from "./sdk/link.js";
import { PairingCodeRefused, pairingCodeFrom } from "./sdk/pairing-code.js";
import { fillPage, offerLanguages } from "./words/spoken.js";

/**
 * @typedef {import("./sdk/links.js").LinkRecord} LinkRecord
 * @typedef {import("./sdk/linkbook.js").LinkBook} LinkBook
 */

const TICK_MS = 250;

/** The screen of a linked browser. */
class FamilyApp {
  #endpoint;
  #people = new PeopleView((endpoint) => this.#place(endpoint), (komp) => this.#rooms.openCircle(komp));
  #pairing;
  #rooms;
  #stage = new Stage(() => this.#call?.hangUp());
  #connection = element("connection", HTMLParagraphElement);
  #status = element("status", HTMLParagraphElement);
  /** @type {import("./sdk/call.js").OutgoingCall | null} */
  #call = null;
  #isWaiting = false;
  #tick = 0;

  /** @param {LinkBook} book */
  constructor(book) {
    const changed = () => this.#changed();
    this.#endpoint = new Endpoint(book, { isWatched: isOfTheCircle, changed, circled: () => this.#rooms.learn() });
    this.#pairing = new PairView(this.#endpoint, changed);
    this.#rooms = new Rooms(this.#endpoint, { changed });
    element("open-oneself", HTMLButtonElement).addEventListener("click", () => this.#rooms.openOneself());
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

  /** Another language: say it anew. */
  show() {
    this.#stage.say();
    element("after-marks", HTMLOListElement).replaceChildren();
    this.#pairing.say();
    this.#show();
  }

  /**
   * What the address brought, or this browser's coming in: an invitation that is still to be used, or was used or refused just now, and a code to pair by.
   * @param {{invitation: string | null, code: import("./sdk/pairing-code.js").PairingCode | null, came?: import("./family/coming-in/entrance.js").CameIn}} brought
   */
  take({ invitation, code, came }) {
    if (code) this.#pairing.ask(code, invitation === null ? "qr" : "secret_link");
    if (invitation === null) return;
    if (!came) this.#rooms.joining.ask(invitation);
    else if (!code || came.komp === null) void this.#rooms.joining.came(came.komp);
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
    say(this.#connection, words(`connection.${state}`));
    this.#connection.classList.toggle("online", state === "online");
    if (this.#call && this.#call.phase !== "ended") this.#showCall(this.#call);
    else if (this.#call) this.#showAfter(this.#call);
    else if (state === "superseded") showNotice(state, () => location.reload());
    else if (state === "refused") showNotice(state, () => void forgetSelf().then(() => location.reload()));
    else if (this.#rooms.joining.isOpen) this.#rooms.show();
    else if (this.#pairing.isOpen) showView("pair", "pair-heading");
    else if (this.#rooms.isOpen) this.#rooms.show();
    else this.#showPeople();
    element("open-oneself", HTMLButtonElement).hidden = document.body.dataset.view !== "people";
  }

  #showPeople() {
    const { neighbours } = this.#rooms;
    const shown = this.#endpoint.book.links.filter((one) => isForFamily(one) && neighbours.isShown(one));
    this.#people.show(shown, this.#endpoint, neighbours);
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

/**
 * Whose presence is shown: Komps, and the apps of those who share one.
 * @param {LinkRecord} record
 */
function isOfTheCircle({ kind }) {
  return kind !== "av1";
}

async function start() {
  addEventListener("hashchange", () => SECRETS.some((secret) => location.hash.includes(secret)) && location.reload());
  const fragment = takenFragment();
  try {
    const [code, invitation] = [pairingCodeFrom(fragment), invitationFrom(fragment)];
    const book = await bookOfThisBrowser(fragment);
    if (book === "nobody") {
      const because = invitation ? "invitation" : code ? "code" : "nobody";
      comingIn = new ComingIn({ invitation, because }, (came) => void begin(came.book, { code, invitation, came }));
    } else if (book) await begin(book, { code, invitation });
  } catch (problem) {
    if (problem instanceof LinkRefused) showNotice("damaged");
    else if (problem instanceof PairingCodeRefused) showNotice("damaged_code");
    else throw problem;
  }
}

/**
 * @param {LinkBook} book
 * @param {Parameters<FamilyApp["take"]>[0]} brought
 */
async function begin(book, brought) {
  comingIn = null;
  app = new FamilyApp(book);
  app.take(brought);
  if (brought.came) void askToLast();
  if (new URLSearchParams(location.search).has("stamps")) (await import("./family/stamps.js")).watchStamps(app.picture);
}

function fill() {
  fillPage(FAMILY, CIRCLE, COMING_IN, ONESELF);
}

/** @type {FamilyApp | null} */
let app = null;
/** @type {ComingIn | null} */
let comingIn = null;
fill();
offerLanguages(element("language", HTMLSelectElement), () => {
  fill();
  sayNotice();
  comingIn?.say();
  app?.show();
});
await start();
