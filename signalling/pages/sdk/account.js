/**
 * This browser's account at the coordinator: coming in, its profile, its circle, its Komps. Without a screen.
 *
 * What the coordinator hands over about others is checked as far as it can be: a picture is what its hash says. Keys
 * from here are *introduced*, never verified. Every method throws `Refused`.
 */

import { Asking, Refused, json } from "./asking.js";
import { base64url, digestText, registerBytes } from "./encoding.js";

/**
 * @typedef {"admin" | "user" | "restricted"} Role
 * @typedef {"family" | "staff"} Side
 * @typedef {{party: string, endpoint: string, device?: string, komp?: string}} CameIn
 * @typedef {{key: string, serial: number, not_after: number, signature: string}} KeyStatement
 * @typedef {{endpoint: string, identity: string, statement?: KeyStatement}} ContactEndpoint
 * @typedef {{party: string, kind: "person" | "komp" | "av1", endpoints: ContactEndpoint[], name?: string,
 *   picture?: string, role?: Role, side?: Side, status?: string}} Contact
 * @typedef {{party: string, kind: string, endpoints: string[],
 *   profile?: {name: string, phone: string, picture?: string}}} Me
 * @typedef {{party: string, name: string, role: Role, side: Side, video_only: boolean, picture?: string}} Member
 * @typedef {{invitation: string, expires_at: number, code?: string}} InvitationMade
 */

export class Account {
  #asking;

  /** @param {Asking} asking */
  constructor(asking) {
    this.#asking = asking;
  }

  // ---------------------------------------------------------------- coming in

  /**
   * Have a one-time code sent to that number (E.164); how many seconds it lives, if one was sent.
   * @param {string} phone
   * @returns {Promise<number>}
   */
  async askCode(phone) {
    return (await json(await this.#asking.openly("POST", "/v1/register/code", { phone }))).expires_in;
  }

  /**
   * Come in as a person's app: with a new profile, or as one more of the profile of that number.
   * @param {{phone: string, code: string, name?: string, invitation?: string}} told
   * @returns {Promise<CameIn>}
   */
  async register({ phone, code, name, invitation }) {
    return this.#comeIn("/v1/register", "code", code, { phone, code, name, invitation });
  }

  /**
   * Come in as a device, by its provisioning token.
   * @param {string} token
   * @returns {Promise<CameIn>}
   */
  async enrol(token) {
    return this.#comeIn("/v1/enrol", "enrol", token, { token });
  }

  /**
   * Come in as a student's app. Nothing else is sent.
   * @param {string} keyword
   * @returns {Promise<CameIn>}
   */
  async useKeyword(keyword) {
    return this.#comeIn("/v1/keyword", "keyword", keyword, { keyword });
  }

  /**
   * @param {string} path
   * @param {"code" | "keyword" | "enrol"} ticket
   * @param {string} text
   * @param {object} told
   */
  async #comeIn(path, ticket, text, told) {
    const { identity: mine, origin } = this.#asking;
    const identity = base64url(mine.publicKey);
    const nonce = await this.#asking.nonce();
    const signature = await mine.sign(await registerBytes({ origin, ticket, text, identity, nonce }));
    return json(await this.#asking.openly("POST", path, { ...told, identity, nonce, signature }));
  }

  // ---------------------------------------------------------------- oneself

  /**
   * Who this browser is.
   * @returns {Promise<Me>}
   */
  async me() {
    return json(await this.#asking.signed("GET", "/v1/me"));
  }

  /** @param {string} name */
  async rename(name) {
    await this.#asking.signed("PATCH", "/v1/me", { body: { name } });
  }

  /**
   * Another picture (JPEG, PNG or WebP); its hash.
   * @param {Blob} picture
   * @returns {Promise<string>}
   */
  async setPicture(picture) {
    const content = { bytes: new Uint8Array(await picture.arrayBuffer()), contentType: picture.type };
    return (await json(await this.#asking.signed("PUT", "/v1/me/picture", content))).picture;
  }

  /** No picture any more. */
  async dropPicture() {
    await this.#asking.signed("DELETE", "/v1/me/picture");
  }

  /**
   * One of the own endpoints was lost.
   * @param {string} endpoint
   */
  async revoke(endpoint) {
    await this.#asking.signed("DELETE", `/v1/me/endpoints/${endpoint}`);
  }

  /** Have the profile erased. */
  async close() {
    await this.#asking.signed("DELETE", "/v1/me");
  }

  // ---------------------------------------------------------------- others

  /**
   * Everybody that one is linked with now.
   * @returns {Promise<Contact[]>}
   */
  async circle() {
    return (await json(await this.#asking.signed("GET", "/v1/circle"))).contacts;
  }

  /**
   * The picture of that hash: that very one, or Refused `bad_answer`.
   * @param {string} picture
   * @returns {Promise<Blob>}
   */
  async picture(picture) {
    const response = await this.#asking.signed("GET", `/v1/pictures/${picture}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if ((await digestText(bytes)) !== picture) throw new Refused("bad_answer");
    return new Blob([bytes], { type: response.headers.get("Content-Type") ?? "" });
  }

  // ---------------------------------------------------------------- Komps

  /**
   * An invitation to hand on; with a number it goes there by SMS, and there is no code in the answer.
   * @param {string} komp
   * @param {{role: Role, side: Side, video_only?: boolean, phone?: string}} asked
   * @returns {Promise<InvitationMade>}
   */
  async invite(komp, asked) {
    return json(await this.#asking.signed("POST", `/v1/komps/${komp}/invitations`, { body: asked }));
  }

  /**
   * Invitations that wait to be used.
   * @param {string} komp
   * @returns {Promise<{invitation: string, role: Role, side: Side, video_only: boolean, expires_at: number}[]>}
   */
  async openInvitations(komp) {
    return (await json(await this.#asking.signed("GET", `/v1/komps/${komp}/invitations`))).invitations;
  }

  /** @param {string} invitation */
  async withdraw(invitation) {
    await this.#asking.signed("DELETE", `/v1/invitations/${invitation}`);
  }

  /**
   * Become a member by an invitation's code; the Komp.
   * @param {string} code
   * @returns {Promise<string>}
   */
  async join(code) {
    return (await json(await this.#asking.signed("POST", "/v1/invitations", { body: { code } }))).komp;
  }

  /**
   * The members of the own side.
   * @param {string} komp
   * @returns {Promise<Member[]>}
   */
  async members(komp) {
    return (await json(await this.#asking.signed("GET", `/v1/komps/${komp}/members`))).members;
  }

  /**
   * @param {string} komp
   * @param {string} party
   * @param {{role?: Role, video_only?: boolean}} change
   * @returns {Promise<Member>}
   */
  async changeMember(komp, party, change) {
    return json(await this.#asking.signed("PATCH", `/v1/komps/${komp}/members/${party}`, { body: change }));
  }

  /**
   * End a membership: one's own, or another's as administrator.
   * @param {string} komp
   * @param {string} party
   */
  async removeMember(komp, party) {
    await this.#asking.signed("DELETE", `/v1/komps/${komp}/members/${party}`);
  }

  /**
   * Have the Komp forget everybody.
   * @param {string} komp
   */
  async reset(komp) {
    await this.#asking.signed("POST", `/v1/komps/${komp}/reset`);
  }
}
