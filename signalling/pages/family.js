/**
 * The family app: links this browser, pairs it, shows whom it knows, calls them with one click, and rings when one of them calls.
 *
 * It puts the parts together and chooses what is on the screen. It keeps nothing of a call but what is on the screen now.
 */

import { bookOfThisBrowser, SECRETS, takenFragment } from "./family/arrival.js";
import { Blocking } from "./family/blocking.js";
import { Calls } from "./family/calls.js";
import { CheckView } from "./family/check.js";
import { element, say } from "./family/dom.js";
import { showHandedOver, untilMine } from "./family/elsewhere.js";
import { MissedCalls } from "./family/missed.js";
import { OneTab } from "./family/one-tab.js";
import { PairView } from "./family/pair.js";
import { PeopleView } from "./family/people.js";
import { Relatives } from "./family/relatives.js";
import { sayNotice, showNotice, showView } from "./family/views.js";
import { FAMILY, words } from "./family/words.js";
import { CALL } from "./family/words/call.js";
import { CHECK } from "./family/words/check.js";
import { RINGING } from "./family/words/ringing.js";
import { Account } from "./sdk/account.js";
import { Asking } from "./sdk/asking.js";
import { Endpoint } from "./sdk/endpoint.js";
import { Letters } from "./sdk/letters.js";
import { LinkRefused } from "./sdk/link.js";
import { PairingCodeRefused, pairingCodeFrom } from "./sdk/pairing-code.js";
import { PostBox } from "./sdk/post-box.js";
import { fillPage, offerLanguages } from "./words/spoken.js";

/** @typedef {import("./sdk/links.js").LinkRecord} LinkRecord */

/** The screen of a linked browser. */
class FamilyApp {
  /** @type {Endpoint} */
  #endpoint;
  #people = new PeopleView((endpoint) => this.#place(this.#endpoint.book.link(endpoint)));
  #pairing;
  /** @type {Calls} */
  #calls;
  /** @type {Relatives} */
  #relatives;
  #missed;
  #check = new CheckView(() => this.#changed());
  #connection = element("connection", HTMLParagraphElement);
  #isHandedOver = false;
  #isWaiting = false;

  /**
   * @param {import("./sdk/linkbook.js").LinkBook} book
   * @param {OneTab} tab
   */
  constructor(book, tab) {
    const changed = () => this.#changed();
    const asking = new Asking(book.identity);
    const [account, blocking] = [new Account(asking), new Blocking()];
    this.#missed = new MissedCalls({
      letters: new Letters(book, new PostBox(asking), (endpoint) => this.#endpoint.learnKeys(endpoint)),
      endpointsOf: (party) => this.#relatives.endpointsOf(party),
      callBack: (party) => this.#place(this.#relatives.bestOf(party)),
      isBlocked: (party) => blocking.isBlocked(party),
      changed,
    });
    const reachedAt = (/** @type {LinkRecord} */ contact) => this.#relatives.bestOf(contact.party) ?? book.link(contact.endpoint) ?? contact;
    this.#calls = new Calls({ book, account, blocking, missed: this.#missed, reachedAt, changed });
    this.#endpoint = new Endpoint(book, {
      isWatched: isForFamily,
      changed,
      manner: this.#calls.manner,
      posted: () => void this.#missed.read(),
      circled: () => void this.#relatives.learn(),
    });
    this.#calls.at(this.#endpoint);
    this.#relatives = new Relatives({ endpoint: this.#endpoint, account, blocking, call: (contact) => this.#place(contact), changed });
    this.#pairing = new PairView(this.#endpoint, changed);
    tab.hold({ isInCall: () => this.#calls.isOn, gaveUp: () => this.#handOver() });
    addEventListener("pagehide", () => this.#endpoint.stop());
    // Another window may have kept newer keys meanwhile: begin with what is kept now.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
    addEventListener("online", () => this.#endpoint.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#endpoint.wake());
    document.addEventListener("click", changed, { once: true }); // from now on it may sound
    this.#endpoint.start();
  }

  /** The other end's picture. */
  get picture() {
    return this.#calls.picture;
  }

  /** Another language: say it anew. */
  show() {
    this.#calls.say();
    this.#pairing.say();
    this.#show();
  }

  /** @param {import("./sdk/pairing-code.js").PairingCode} code */
  askToPair(code) {
    this.#pairing.ask(code);
  }

  /** @param {LinkRecord | null} contact */
  #place(contact) {
    if (contact) this.#calls.place(contact);
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
    if (this.#isHandedOver) showHandedOver();
    else if (this.#calls.show()) this.#check.close();
    else if (state === "superseded" || state === "refused") showNotice(state, state === "superseded" ? () => location.reload() : undefined);
    else if (this.#pairing.isOpen) showView("pair", "pair-heading");
    else if (this.#check.isOpen) this.#check.show();
    else this.#showPeople();
  }

  #showPeople() {
    const { book } = this.#endpoint;
    this.#people.show(book.links.filter(({ kind }) => kind === "komp"), this.#endpoint);
    this.#relatives.show();
    this.#missed.show();
    showView("people", "people-heading");
  }

  /** Another tab of this browser goes on. */
  #handOver() {
    this.#isHandedOver = true;
    this.#endpoint.stop();
    this.#show();
  }
}

/**
 * AV1s are called from the student app.
 * @param {LinkRecord} record
 */
function isForFamily({ kind }) {
  return kind !== "av1";
}

const CATALOGUES = [FAMILY, CALL, CHECK, RINGING];

async function start() {
  addEventListener("hashchange", () => SECRETS.some((secret) => location.hash.includes(secret)) && location.reload());
  const fragment = takenFragment();
  const tab = new OneTab();
  await untilMine(tab);
  try {
    const code = pairingCodeFrom(fragment);
    const book = await bookOfThisBrowser(fragment, code !== null);
    if (!book) return;
    app = new FamilyApp(book, tab);
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
fillPage(...CATALOGUES);
offerLanguages(element("language", HTMLSelectElement), () => {
  fillPage(...CATALOGUES);
  sayNotice();
  app?.show();
});
await start();
