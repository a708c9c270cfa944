/**
 * Coming in without a private link: a number, the code that was sent to it, and, the first time, a name. Without a screen.
 *
 * The key that signs is made here and can't be taken out of the browser; the code, the number and the invitation are forgotten once it is in.
 */

import { Account } from "../../sdk/account.js";
import { Asking, Refused } from "../../sdk/asking.js";
import { Identity } from "../../sdk/identity.js";
import { keepSelf } from "../../sdk/keeping.js";
import { LinkBook } from "../../sdk/linkbook.js";

/**
 * `used`: there was an invitation, and it holds no longer.
 * @typedef {{book: LinkBook, komp: string | null, used: boolean}} CameIn
 */

/** One browser's way in. */
export class Entrance {
  #invitation;
  #phone = "";
  /** @type {Promise<Identity>} */
  #identity = freshIdentity();
  #isUncertain = false;

  /** @param {string | null} invitation */
  constructor(invitation) {
    this.#invitation = invitation;
  }

  /** The number that a code was sent to. */
  get phone() {
    return this.#phone;
  }

  /**
   * Have a code sent there. Nobody says whether the number is known.
   * @param {string} phone E.164
   * @throws {Refused}
   */
  async askCode(phone) {
    await (await this.#account()).askCode(phone);
    this.#phone = phone;
  }

  /**
   * @param {string} code
   * @param {string} [name] only a number that is new here needs one
   * @returns {Promise<CameIn>}
   * @throws {Refused} `name_needed` where the number is new: the code still holds
   */
  async enter(code, name) {
    const komp = await this.#registered(code, name);
    const { party, profile } = await (await this.#account()).me();
    const identity = await this.#identity;
    await keepSelf({ identity, party, name: profile?.name ?? name ?? "", picture: profile?.picture, contacts: [] });
    const book = await LinkBook.kept();
    if (!book) throw new Error("What was kept is gone.");
    return { book, komp, used: this.#invitation !== null && komp === null };
  }

  /**
   * The Komp that the invitation led to, if it held. An answer that was lost may have been a yes: then this browser is known already.
   * @param {string} code
   * @param {string | undefined} name
   * @returns {Promise<string | null>}
   */
  async #registered(code, name) {
    const account = await this.#account();
    if (this.#isUncertain && (await isKnown(account))) return this.#invited(account);
    try {
      const invitation = this.#invitation ?? undefined;
      return (await account.register({ phone: this.#phone, code, name, invitation })).komp ?? null;
    } catch (problem) {
      this.#isUncertain ||= problem instanceof Refused && ["unreachable", "bad_answer"].includes(problem.code);
      throw problem;
    }
  }

  /** @param {Account} account */
  async #invited(account) {
    const komp = (await account.circle()).find(({ kind }) => kind === "komp");
    return komp?.party ?? null;
  }

  async #account() {
    return new Account(new Asking(await this.#identity));
  }
}

/** @param {Account} account */
async function isKnown(account) {
  try {
    return (await account.me()).party !== "";
  } catch (problem) {
    if (problem instanceof Refused && problem.code === "not_authenticated") return false;
    throw problem;
  }
}

function freshIdentity() {
  return Identity.fromSeed(crypto.getRandomValues(new Uint8Array(32)));
}
