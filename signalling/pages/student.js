/**
 * The student's page: comes in by a keyword, opens by a PIN, shows itself to the robot by a QR, and visits the classroom.
 *
 * It puts the parts together and chooses what is on the screen. Of the child it knows nothing; of a visit it keeps nothing, and nothing of one goes to the
 * coordinator but that it is on.
 */

import { element, say } from "./family/dom.js";
import { showHandedOver, untilMine } from "./family/elsewhere.js";
import { OneTab } from "./family/one-tab.js";
import { Account } from "./sdk/account.js";
import { Asking } from "./sdk/asking.js";
import { OutgoingCall } from "./sdk/call.js";
import { Endpoint } from "./sdk/endpoint.js";
import { forgetSelf, keptSelf } from "./sdk/keeping.js";
import { LinkBook } from "./sdk/linkbook.js";
import { noticeAttempts } from "./student/attempts.js";
import { mayDoze, stayAwake } from "./student/awake.js";
import { Classroom } from "./student/classroom.js";
import { CodeView } from "./student/code.js";
import { askKeyword } from "./student/keyword.js";
import { askPin, choosePin } from "./student/lock.js";
import { Look } from "./student/look.js";
import { openMicrophone } from "./student/microphone.js";
import { forgetPin, hasPin, keptParty } from "./student/pin.js";
import { showReady } from "./student/ready.js";
import { Tools } from "./student/tools.js";
import { showNotice, showView, stepsInto } from "./student/views.js";
import { Visit } from "./student/visit.js";
import { endedWords, fillPage, words } from "./student/words.js";
import { offerLanguages } from "./words/spoken.js";

/**
 * @typedef {import("./sdk/links.js").LinkRecord} LinkRecord
 * @typedef {import("./sdk/control/words.js").Said} Said
 */

const TICK_MS = 250;

/** The screen of a page that its PIN has opened. */
class StudentApp {
  #endpoint;
  #code;
  #classroom = new Classroom();
  #tools = new Tools({ visit: () => this.#visit, leave: () => this.#call?.hangUp() });
  #look;
  #connection = element("connection", HTMLParagraphElement);
  #status = element("status", HTMLParagraphElement);
  /** @type {import("./sdk/call.js").OutgoingCall | null} */
  #call = null;
  /** @type {Visit | null} */
  #visit = null;
  /** @type {Promise<MediaStream>} */
  #local = Promise.resolve(new MediaStream());
  #isHandedOver = false;
  #isWaiting = false;
  #tick = 0;
  #visiting = Object.freeze({ media: /** @type {const} */ ("telepresence"), overheard: (/** @type {Said} */ word) => this.#visit?.hear(word) });

  /** @param {LinkBook} book */
  constructor(book) {
    this.#endpoint = new Endpoint(book, { isWatched: isRobot, changed: () => this.#changed() });
    this.#code = new CodeView(this.#endpoint, new Account(new Asking(book.identity)), () => this.#changed());
    this.#look = new Look(element("picture", HTMLElement), this.#classroom.picture, element("stick", HTMLElement), {
      beside: (pan, tilt) => this.#visit?.lookBeside(pan, tilt),
      ahead: () => this.#visit?.lookAhead(),
      turn: (pan, tilt) => this.#visit?.turn(pan, tilt),
    });
    for (const id of ["enter", "again"]) element(id, HTMLButtonElement).addEventListener("click", () => this.#enter());
    element("back", HTMLButtonElement).addEventListener("click", () => this.#leaveCall());
    element("show-code", HTMLButtonElement).addEventListener("click", () => (this.#code.open(true), this.#show()));
    noticeAttempts(() => this.#call?.phase === "accepted" && this.#call.hangUp("recording"));
    addEventListener("pagehide", () => this.#endpoint.leave());
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
    addEventListener("online", () => this.#endpoint.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#endpoint.wake());
    this.#goesOn();
    this.#endpoint.start();
  }

  /** The robot's picture. */
  get picture() {
    return this.#classroom.picture;
  }

  /** Another language: say it anew. */
  show() {
    this.#show();
  }

  /** Whether a visit is on, or begins. */
  get isVisiting() {
    return this.#call !== null && !this.#call.isOver;
  }

  /** Another tab of this browser goes on. */
  handOver() {
    this.#isHandedOver = true;
    this.#endpoint.stop();
    this.#show();
  }

  get #robot() {
    return this.#endpoint.book.links.find(isRobot) ?? null;
  }

  #enter() {
    const robot = this.#robot;
    if (!robot) return this.#leaveCall();
    this.#begin(this.#endpoint.call(robot, openMicrophone(), this.#visiting));
  }

  /** The page was loaded anew in a visit, and its PIN was given in time: the visit goes on. */
  #goesOn() {
    const call = this.#endpoint.resume(openMicrophone, this.#visiting);
    if (call instanceof OutgoingCall) this.#begin(call);
    else call?.stop(); // one that this page can't show
  }

  /** @param {OutgoingCall} call */
  #begin(call) {
    this.#local = call.local;
    this.#call = call;
    this.#tick = setInterval(() => this.#show(), TICK_MS);
    stayAwake();
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
    if (this.#isHandedOver) return showHandedOver();
    const { state } = this.#endpoint;
    say(this.#connection, words(`connection.${state}`));
    this.#connection.classList.toggle("online", state === "online");
    if (state === "refused" && this.#call?.phase !== "ended") this.#call?.hangUp();
    if (this.#call?.phase === "ended") this.#end();
    if (this.#call && this.#call.phase !== "ended") this.#showCall(this.#call);
    else if (state === "refused") this.#showCutOff();
    else if (this.#call) this.#showAfter(this.#call);
    else if (state === "superseded") showNotice("superseded", () => location.reload());
    else this.#showDoor();
  }

  /** Before the classroom: the robot that is known, or the code that makes it known. */
  #showDoor() {
    const robot = this.#robot;
    if (!robot) this.#code.open(false);
    if (this.#code.isOpen || !robot) {
      this.#code.show();
      return showView("code", "code-heading");
    }
    showReady(robot, this.#endpoint);
    showView("ready", "ready-heading");
  }

  /** @param {import("./sdk/call.js").OutgoingCall} call */
  #showCall(call) {
    if (call.phase === "accepted") this.#visit ??= new Visit(call, this.#local, () => this.#changed());
    this.#classroom.show(call, this.#visit);
    this.#tools.show(this.#visit);
    showView("call", "picture");
    say(this.#status, statusOf(call, this.#visit));
  }

  /** The visit is over: nothing of it stays. */
  #end() {
    clearInterval(this.#tick);
    mayDoze();
    this.#look.stop();
    this.#visit?.stop();
    this.#visit = null;
    this.#classroom.clear();
  }

  /** @param {import("./sdk/call.js").OutgoingCall} call */
  #showAfter(call) {
    const { said, todo } = endedWords(call);
    say(element("after-heading", HTMLHeadingElement), said);
    say(element("after-todo", HTMLParagraphElement), todo);
    element("after-todo", HTMLParagraphElement).hidden = todo === "";
    element("after-erased", HTMLParagraphElement).hidden = call.timeline.at("erased") === null;
    element("again", HTMLButtonElement).disabled = !this.#endpoint.isOnline;
    stepsInto(element("after-steps", HTMLOListElement), call.timeline);
    showView("after", "after-heading");
    say(this.#status, said);
  }

  #showCutOff() {
    this.#code.isOpen && this.#code.close();
    showNotice("replaced", () => void forgetAll());
    say(this.#status, words("notice.replaced.heading"));
  }
}

/** @param {LinkRecord} record */
function isRobot({ kind }) {
  return kind === "av1";
}

/**
 * What a screen reader says of a visit: once for each step.
 * @param {import("./sdk/call.js").OutgoingCall} call
 * @param {Visit | null} visit
 */
function statusOf(call, visit) {
  if (call.path === "lost" || visit?.isLost) return words("stage.lost");
  if (visit?.robot?.lit === false) return words("stage.dark");
  if (visit?.robot?.hand) return words("said.hand_up");
  if (visit?.hasRaised && !visit.chosen.hand) return words("said.hand_down");
  if (call.timeline.at("picture") !== null) return words("stage.entered");
  if (call.phase === "accepted") return words("stage.accepted");
  return words(call.timeline.at("ringing") !== null ? "stage.raising" : "stage.calling");
}

/** Everything of this browser's is gone: keys, robot, PIN. */
async function forgetAll() {
  await forgetSelf();
  await forgetPin();
  location.reload();
}

/** From the door to the classroom, as far as what is kept here leads. */
async function begin() {
  const [self, party] = [await keptSelf(), await keptParty()];
  if (self && self.party !== party) return showNotice("taken");
  if (!self) {
    askKeyword(() => void begin());
    return showView("keyword", "keyword-field");
  }
  if (await hasPin()) {
    askPin({ opened: () => void open(), forgotten: () => void forgetAll() });
    return showView("pin", "pin-field");
  }
  choosePin(() => void open());
  showView("choose", "choose-field");
}

async function open() {
  await untilMine(tab);
  const book = await LinkBook.kept();
  if (!book) return location.reload();
  app = new StudentApp(book);
  tab.hold({ isInCall: () => app?.isVisiting ?? false, gaveUp: () => app?.handOver() });
  if (new URLSearchParams(location.search).has("stamps")) (await import("./family/stamps.js")).watchStamps(app.picture);
}

const tab = new OneTab();
/** @type {StudentApp | null} */
let app = null;
fillPage();
offerLanguages(element("language", HTMLSelectElement), () => {
  fillPage();
  app?.show();
});
try {
  await begin();
} catch {
  showNotice("unkept"); // what went wrong is the browser's own, or what stands in its storage
}
