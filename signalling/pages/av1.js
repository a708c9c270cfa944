/**
 * An AV1: a robot that is drawn in a browser, with the machine's own camera, microphone and loudspeaker. It moves in, then waits for its student.
 *
 * It puts the parts together. The address may say the language.
 */

import { Device } from "./av1/device.js";
import { Screen } from "./av1/screen.js";
import { bookOf, hasSecret, takenFragment } from "./device/moving-in.js";
import { element, say } from "./family/dom.js";
import { Account } from "./sdk/account.js";
import { Asking } from "./sdk/asking.js";
import { av1Words } from "./words/av1.js";

async function start() {
  addEventListener("hashchange", () => hasSecret(location.hash) && location.reload());
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  const fragment = takenFragment();
  const { language, words } = av1Words(new URLSearchParams(location.search).get("lang"), navigator.languages);
  document.documentElement.lang = language;
  say(element("heading", HTMLHeadingElement), fragment.includes("enrol=") ? words.enrolling : words.starting);
  void navigator.storage?.persist?.();
  const screen = new Screen(words);
  const book = await bookOf(fragment, "AV1", (why) => screen.notice(why));
  if (book) new Device(book, new Account(new Asking(book.identity)), screen).start();
}

await start();
