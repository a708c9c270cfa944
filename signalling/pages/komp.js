/**
 * A Komp: any screen with Chromium in kiosk mode. It moves in, then waits for calls.
 *
 * It puts the parts together. The address may say the language, how the wheel turns, and, on a developer's own machine alone, another countdown.
 */

import { bookOf, hasSecret, takenFragment } from "./device/moving-in.js";
import { element, say } from "./family/dom.js";
import { Clock } from "./komp/clock.js";
import { COUNTDOWN_MS, Device } from "./komp/device.js";
import { wheelOf } from "./komp/knob.js";
import { Screen } from "./komp/screen.js";
import { Account } from "./sdk/account.js";
import { Asking, Refused } from "./sdk/asking.js";
import { Letters } from "./sdk/letters.js";
import { PostBox } from "./sdk/post-box.js";
import { kompWords } from "./words/komp.js";

const options = new URLSearchParams(location.search);

/** A screen for calls stays lit, and its keys stay where they are. */
async function stayAwake() {
  void navigator.storage?.persist?.();
  const hold = () => navigator.wakeLock?.request("screen").catch(() => undefined);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void hold());
  await hold();
}

/** The device owns its countdown: only a test on this very machine may have another. */
function countdownMs() {
  const asked = Number(options.get("countdown"));
  return location.hostname === "localhost" && asked > 0 ? asked * 1000 : COUNTDOWN_MS;
}

async function start() {
  addEventListener("hashchange", () => hasSecret(location.hash) && location.reload());
  const fragment = takenFragment();
  const { language, words } = kompWords(options.get("lang"), navigator.languages);
  document.documentElement.lang = language;
  say(element("starting-text", HTMLElement), fragment.includes("enrol=") ? words.enrolling : words.starting);
  new Clock(words.locale);
  /** @type {Account | null} */
  let account = null;
  const screen = new Screen(words, (hash) => (account ? account.picture(hash) : Promise.reject(new Refused("not_found"))));
  const book = await bookOf(fragment, "Komp", (why) => screen.notice(why));
  if (!book) return;
  const asking = new Asking(book.identity);
  account = new Account(asking);
  const told = { words, screen, countdownMs: countdownMs(), wheel: wheelOf(options.get("wheel")) };
  const device = new Device(book, account, new Letters(book, new PostBox(asking)), told);
  device.start();
  void stayAwake();
  if (options.has("stamps")) (await import("./family/stamps.js")).watchStamps(screen.picture);
}

await start();
