/**
 * Coming in: a keyword from the school makes this browser the robot's app. Nothing about anybody is asked, sent or kept.
 */

import { element, say } from "../family/dom.js";
import { Account } from "../sdk/account.js";
import { Asking, Refused } from "../sdk/asking.js";
import { Identity } from "../sdk/identity.js";
import { keepSelf } from "../sdk/keeping.js";
import { keepParty } from "./pin.js";
import { words, wordsOr } from "./words.js";

/** What the robot's own book calls its app. It is nobody's name. */
const NAME = "Student";
const NOT_TYPED = /[^A-Za-z0-9]/g;

/**
 * Ask for a keyword until one lets this browser in.
 * @param {() => void} cameIn
 */
export function askKeyword(cameIn) {
  const form = element("keyword-form", HTMLFormElement);
  const field = element("keyword-field", HTMLInputElement);
  const button = element("keyword-button", HTMLButtonElement);
  const problem = element("keyword-problem", HTMLParagraphElement);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const keyword = field.value.trim();
    if (keyword.replace(NOT_TYPED, "") === "") return field.focus();
    button.disabled = true;
    say(problem, "");
    try {
      await comeIn(keyword);
      field.value = "";
      cameIn();
    } catch (refused) {
      const code = refused instanceof Refused ? refused.code : "unkept";
      say(problem, code === "unkept" ? words("keyword.unkept") : wordsOr(`keyword.${code}`, "keyword.other"));
      field.focus();
    } finally {
      button.disabled = false;
    }
  };
}

/**
 * Become the app of the keyword's robot, under a key made for it.
 * @param {string} keyword
 * @throws {Refused}
 */
async function comeIn(keyword) {
  const identity = await Identity.fromSeed(crypto.getRandomValues(new Uint8Array(32)));
  const { party } = await new Account(new Asking(identity)).useKeyword(keyword);
  await keepSelf({ identity, party, name: NAME, contacts: [] });
  await keepParty(party);
}
