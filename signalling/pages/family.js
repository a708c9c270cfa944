/**
 * The family app: links this browser, pairs it, shows whom it knows, calls them with one click, and rings when one of them calls.
 *
 * It puts the parts together and chooses what is on the screen. It keeps nothing of a call but what is on the screen now.
 */

import { bookOfThisBrowser, SECRETS, takenFragment } from "./family/arrival.js";
import { Blocking } from "./family/blocking.js";
import { Calls } from "./family/calls.js";
import { CheckView } from "./family/check.js";
import { CIRCLE } from "./family/circle/words.js";
import { COMPARING } from "./family/comparing/words.js";
import { invitationFrom } from "./family/coming-in/invitation.js";
import { askToLast } from "./family/coming-in/lasting.js";
import { ComingIn } from "./family/coming-in/view.js";
import { COMING_IN } from "./family/coming-in/words.js";
import { element, say } from "./family/dom.js";
import { showHandedOver, untilMine } from "./family/elsewhere.js";
import { MissedCalls } from "./family/missed.js";
import { OneTab } from "./family/one-tab.js";
import { ONESELF } from "./family/oneself/words.js";
import { PairView } from "./family/pair.js";
import { PeopleView } from "./family/people.js";
import { Relatives } from "./family/relatives.js";
import { Rooms } from "./family/rooms.js";
import { SendView } from "./family/send/view.js";
import { SEND } from "./family/send/words.js";
import { sayNotice, showNotice, showView } from "./family/views.js";
import { FAMILY, words } from "./family/words.js";
import { CALL } from "./family/words/call.js";
import { CHECK } from "./family/words/check.js";
import { RINGING } from "./family/words/ringing.js";
import { Account } from "./sdk/account.js";
import { Asking } from "./sdk/asking.js";
import { Endpoint } from "./sdk/endpoint.js";
import { forgetSelf } from "./sdk/keeping.js";
import { Letters } from "./sdk/letters.js";
import { LinkRefused } from "./sdk/link.js";
import { PairingCodeRefused, pairingCodeFrom } from "./sdk/pairing-code.js";
import { Persons } from "./sdk/persons.js";
import { PostBox } from "./sdk/post-box.js";
import { learnOwnProfile } from "./sdk/profile.js";
import { Tokens } from "./sdk/tokens.js";
import { fillPage, offerLanguages } from "./words/spoken.js";

/**
 * @typedef {import("./sdk/links.js").LinkRecord} LinkRecord
 * @typedef {import("./sdk/linkbook.js").LinkBook} LinkBook
 */

/** The screen of a linked browser. */
class FamilyApp {
  /** @type {Endpoint} */
  #endpoint;
  #people = new PeopleView({
    call: (endpoint) => this.#place(this.#endpoint.book.link(endpoint)),
    openCircle: (komp) => this.#rooms.openCircle(komp),
    send: (endpoint) => this.#write(endpoint),
  });
  #pairing;
  /** @type {Calls} */
  #calls;
  /** @type {Rooms} */
  #rooms;
  /** @type {Relatives} */
  #relatives;
  /** @type {MissedCalls} */
  #missed;
  /** @type {Persons} */
  #persons;
  #check = new CheckView(() => this.#changed());
  #sending;
  #connection = element("connection", HTMLParagraphElement);
  /** @type {() => void} */
  #learnProfile;
  #isHandedOver = false;
  #isWaiting = false;

  /**
   * @param {LinkBook} book
   * @param {OneTab} tab
   */
  constructor(book, tab) {
    const changed = () => this.#changed();
    const tokens = new Tokens(book.identity);
    const asking = new Asking(book.identity, { tokens });
    const [account, blocking] = [new Account(asking), new Blocking()];
    const letters = new Letters(book, new PostBox(asking), (endpoint) => this.#endpoint.learnKeys(endpoint));
    this.#persons = new Persons({
      book,
      letters,
      learnKeys: (endpoint, who) => this.#endpoint.learnKeys(endpoint, who),
      isLinked: (record) => this.#rooms.neighbours.isNamed(record),
      changed,
    });
    this.#learnProfile = () => void learnOwnProfile(book, account);
    this.#missed = new MissedCalls({
      letters,
      endpointsOf: (party) => this.#relatives.endpointsOf(party),
      callBack: (party) => this.#place(this.#relatives.bestOf(party)),
      isBlocked: (party) => blocking.isBlocked(party),
      changed,
    });
    const reachedAt = (/** @type {LinkRecord} */ contact) => {
      const rung = this.#relatives.rungAt(contact.party);
      return rung.length > 0 || !book.persons.mayRing(contact) ? rung : [book.link(contact.endpoint) ?? contact];
    };
    this.#calls = new Calls({ book, account, blocking, missed: this.#missed, reachedAt, changed });
    this.#endpoint = new Endpoint(book, {
      isWatched: isForFamily,
      changed,
      manner: this.#calls.manner,
      posted: () => void this.#missed.read().then(() => this.#persons.read()),
      circled: () => this.#circled(),
      tokens,
    });
    this.#calls.at(this.#endpoint);
    this.#sending = new SendView(book, letters, changed);
    this.#pairing = new PairView(this.#endpoint, changed);
    this.#rooms = new Rooms(this.#endpoint, {
      asking,
      account,
      letters,
      persons: this.#persons,
      pair: (code) => this.#pairing.ask(code, "secret_link"),
      changed,
      shownAs: (profile) => void book.showAs(profile),
      call: ({ party }) => this.#place(this.#relatives.bestOf(party)),
    });
    const { neighbours } = this.#rooms;
    this.#relatives = new Relatives({ endpoint: this.#endpoint, account, neighbours, blocking, call: (contact) => this.#place(contact), changed });
    element("open-oneself", HTMLButtonElement).addEventListener("click", () => this.#rooms.openOneself());
    tab.hold({ isInCall: () => this.#calls.isOn, gaveUp: () => this.#handOver() });
    addEventListener("pagehide", () => this.#endpoint.leave());
    // Another window may have kept newer keys meanwhile: begin with what is kept now.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
    addEventListener("online", () => this.#endpoint.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#endpoint.wake());
    document.addEventListener("click", changed, { once: true }); // from now on it may sound
    this.#calls.goOn();
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
    this.#sending.say();
    this.#show();
  }

  /**
   * What the address brought, or this browser's coming in: an invitation that is still to be used, or was used or refused just now, and a code to pair by.
   * @param {{invitation: string | null, code: import("./sdk/pairing-code.js").PairingCode | null, came?: import("./family/coming-in/entrance.js").CameIn}} brought
   */
  take({ invitation, code, came }) {
    if (came && invitation !== null) void this.#rooms.joining.came(came.komp, code);
    else if (invitation !== null) this.#rooms.joining.ask(invitation, code);
    else if (code) this.#pairing.ask(code);
  }

  /** @param {LinkRecord | null} contact */
  #place(contact) {
    if (contact) this.#calls.place(contact);
  }

  /** @param {string} endpoint */
  #write(endpoint) {
    const komp = this.#endpoint.book.link(endpoint);
    if (komp) this.#sending.open(komp);
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
    else if (state === "superseded") showNotice(state, () => location.reload());
    else if (state === "refused") showNotice(state, () => void forgetSelf().then(() => location.reload()));
    else if (this.#rooms.joining.isOpen) this.#rooms.show();
    else if (this.#pairing.isOpen) showView("pair", "pair-heading");
    else if (this.#sending.isOpen) showView("send", "send-heading");
    else if (this.#check.isOpen) this.#check.show();
    else if (this.#rooms.isOpen) this.#rooms.show();
    else this.#showPeople();
    element("open-oneself", HTMLButtonElement).hidden = document.body.dataset.view !== "people";
  }

  #showPeople() {
    const { neighbours } = this.#rooms;
    const komps = this.#endpoint.book.links.filter((one) => one.kind === "komp" && neighbours.isShown(one));
    this.#people.show(komps, this.#endpoint, neighbours);
    this.#relatives.show();
    this.#missed.show();
    showView("people", "people-heading");
  }

  /** Who is in the circle may be different. */
  #circled() {
    void this.#rooms.learn().then(() => this.#relatives.learn()).then(() => this.#persons.began());
    this.#learnProfile();
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

const CATALOGUES = [FAMILY, CALL, CHECK, CIRCLE, COMING_IN, COMPARING, ONESELF, RINGING, SEND];

async function start() {
  addEventListener("hashchange", () => SECRETS.some((secret) => location.hash.includes(secret)) && location.reload());
  const fragment = takenFragment();
  const tab = new OneTab();
  await untilMine(tab);
  try {
    const [code, invitation] = [pairingCodeFrom(fragment), invitationFrom(fragment)];
    const book = await bookOfThisBrowser(fragment);
    if (book === "nobody") {
      const because = invitation ? "invitation" : code ? "code" : "nobody";
      comingIn = new ComingIn({ invitation, because }, (came) => void begin(came.book, tab, { code, invitation, came }));
    } else if (book) await begin(book, tab, { code, invitation });
  } catch (problem) {
    if (problem instanceof LinkRefused) showNotice("damaged");
    else if (problem instanceof PairingCodeRefused) showNotice("damaged_code");
    else throw problem;
  }
}

/**
 * @param {LinkBook} book
 * @param {OneTab} tab
 * @param {Parameters<FamilyApp["take"]>[0]} brought
 */
async function begin(book, tab, brought) {
  comingIn = null;
  app = new FamilyApp(book, tab);
  app.take(brought);
  if (brought.came) void askToLast();
  if (new URLSearchParams(location.search).has("stamps")) (await import("./family/stamps.js")).watchStamps(app.picture);
}

/** @type {FamilyApp | null} */
let app = null;
/** @type {ComingIn | null} */
let comingIn = null;
fillPage(...CATALOGUES);
offerLanguages(element("language", HTMLSelectElement), () => {
  fillPage(...CATALOGUES);
  sayNotice();
  comingIn?.say();
  app?.show();
});
await start();
