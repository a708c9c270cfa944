/**
 * The family app: links this browser, shows whom it may call, and calls them with one click.
 *
 * It puts the parts together and chooses what is on the screen. It keeps nothing of a call but what is on the screen now.
 */

import { openCamera } from "./family/camera.js";
import { element, say } from "./family/dom.js";
import { marksInto } from "./family/marks.js";
import { PeopleView } from "./family/people.js";
import { Stage } from "./family/stage.js";
import { CONNECTION, NOTICES, endedWords, lengthWords } from "./family/words.js";
import { Endpoint } from "./sdk/endpoint.js";
import { LinkRefused, keepLink, keptLink, linkFrom } from "./sdk/link.js";

/** @typedef {import("./sdk/link.js").Contact} Contact */
/** @typedef {import("./sdk/link.js").Link} Link */

const VIEWS = ["starting", "notice", "people", "call", "after"];
const TICK_MS = 250;

/** The screen of a linked browser. */
class FamilyApp {
  #endpoint;
  #people;
  #stage = new Stage(() => this.#call?.hangUp());
  #connection = element("connection", HTMLParagraphElement);
  #status = element("status", HTMLParagraphElement);
  /** @type {import("./sdk/call.js").OutgoingCall | null} */
  #call = null;
  #isWaiting = false;
  #tick = 0;

  /** @param {Link} link */
  constructor(link) {
    const contacts = link.contacts.filter(isForFamily);
    this.#endpoint = new Endpoint({ ...link, contacts }, () => this.#changed());
    this.#people = new PeopleView(contacts, (contact) => this.#place(contact));
    element("again", HTMLButtonElement).addEventListener("click", () => this.#call && this.#place(this.#call.contact));
    element("back", HTMLButtonElement).addEventListener("click", () => this.#leaveCall());
    addEventListener("pagehide", () => this.#endpoint.stop());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#endpoint.start());
    addEventListener("online", () => this.#endpoint.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#endpoint.wake());
    this.#endpoint.start();
  }

  /** The other end's picture. */
  get picture() {
    return this.#stage.picture;
  }

  /** @param {Contact} contact */
  #place(contact) {
    const local = openCamera();
    this.#call = this.#endpoint.call(contact, local);
    this.#stage.begin(this.#call, local);
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
    else if (state === "superseded" || state === "refused") showNotice(state, () => this.#endpoint.start());
    else this.#showPeople();
  }

  #showPeople() {
    this.#people.show(this.#endpoint);
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
    element("after-erased", HTMLParagraphElement).hidden = timeline.at("erased") === null;
    element("again", HTMLButtonElement).disabled = !this.#endpoint.isOnline;
    marksInto(element("after-marks", HTMLOListElement), timeline);
    showView("after", "after-heading");
    say(this.#status, endedWords(call.reason));
  }
}

/**
 * AV1s are called from the student app.
 * @param {Contact} contact
 */
function isForFamily(contact) {
  return contact.kind === "komp";
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
  if (call.timeline.at("ringing") !== null) return `It rings at ${name}. It answers by itself.`;
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
 * The link of the address, kept from now on and gone from the address; or the link that was kept.
 * @returns {Promise<Link | null>}
 */
async function linkOfThisBrowser() {
  const fragment = location.hash;
  if (fragment.includes("link=")) history.replaceState(null, "", location.pathname + location.search);
  const fresh = await linkFrom(fragment);
  if (!fresh) return keptLink();
  await keepLink(fresh).catch(() => undefined);
  return fresh;
}

async function start() {
  addEventListener("hashchange", () => location.hash.includes("link=") && location.reload());
  try {
    const link = await linkOfThisBrowser();
    if (!link) return showNotice("unlinked");
    const app = new FamilyApp(link);
    if (new URLSearchParams(location.search).has("stamps")) (await import("./family/stamps.js")).watchStamps(app.picture);
  } catch (problem) {
    if (!(problem instanceof LinkRefused)) throw problem;
    showNotice("damaged");
  }
}

await start();
