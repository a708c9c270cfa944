/**
 * What this endpoint knows of others and of itself, at work: seals for calls, statements taken and given. The JavaScript twin of `client_sim.linkbook`.
 *
 * It decides nothing about a call. Whatever the coordinator hands over goes through the rules of `links.js`: a new key under a known identity is taken,
 * another identity never in silence. What must not be lost is kept before it is used.
 */

import { NoiseSeal } from "./call-seal.js";
import { base64url } from "./encoding.js";
import { changeLink, forgetLink, keepProfile, KeepingError, keptLinks, keptSelf, turnedRing } from "./keeping.js";
import { keyOf, stateKey } from "./keyring.js";
import { KnownPersons } from "./known-persons.js";
import { doubtBySafetyNumber, introduce, isVerified, takeStatement, verifyByPairing, verifyBySafetyNumber, verifyByVoucher } from "./links.js";
import { bytesOf } from "./public-keys.js";
import { counted } from "./safety-number.js";
import { StatementError } from "./statements.js";
import { Turns } from "./turns.js";

/**
 * @typedef {import("./keeping.js").Self} Self
 * @typedef {import("./links.js").LinkRecord} LinkRecord
 * @typedef {import("./links.js").Who} Who
 * @typedef {import("./links.js").How} How
 * @typedef {import("./pairing.js").Introduction} Introduction
 * @typedef {{endpoint: string, party: string, identity: string, statement?: any}} EndpointKeys as `keys.get` answers
 * @typedef {{seal: NoiseSeal, fromKey: number, key: number}} Begun a handshake that this end begins, and the serials of both keys
 */

/** One endpoint's, as this browser keeps it. */
export class LinkBook {
  /** Statements that the coordinator handed over and that don't hold: an honest one hands over none. */
  refused = 0;
  /** Of whom a list of their own endpoints is known. */
  persons;
  /** Hears of each endpoint that was paired with. */
  paired = (/** @type {string} */ _endpoint) => {};
  #self;
  #ring;
  /** @type {Map<string, LinkRecord>} by endpoint */
  #links;
  #wall;
  #turns = new Turns();

  /**
   * @param {Self} self
   * @param {import("./keyring.js").KeyRing} ring
   * @param {LinkRecord[]} links
   * @param {() => number} wall
   * @param {KnownPersons} [persons]
   */
  constructor(self, ring, links, wall, persons = new KnownPersons()) {
    this.persons = persons;
    this.#self = self;
    this.#ring = ring;
    this.#links = new Map(links.map((one) => [one.endpoint, one]));
    this.#wall = wall;
  }

  /**
   * What this browser keeps, or null where it is nobody's yet.
   * @param {() => number} [wall] Unix time in seconds
   * @returns {Promise<LinkBook | null>}
   */
  static async kept(wall = () => Date.now() / 1000) {
    const self = await keptSelf();
    return self && new LinkBook(self, await turnedRing(wall()), await keptLinks(), wall, await KnownPersons.kept());
  }

  get identity() {
    return this.#self.identity;
  }

  /** Whose endpoint this is; null where an earlier page kept it. */
  get party() {
    return this.#self.party;
  }

  /** Unix time in seconds, as this endpoint has it. */
  now() {
    return this.#wall();
  }

  /** What this endpoint's owner is called. */
  get name() {
    return this.#self.name;
  }

  /** How its owner is shown to others: what rings from here say. */
  get profile() {
    const { name, picture = null } = this.#self;
    return { name, picture };
  }

  /**
   * Its owner is shown like this from now on.
   * @param {import("./profile.js").Profile} profile
   */
  showAs({ name, picture }) {
    return this.#turns.take(async () => {
      if (name === this.#self.name && picture === this.profile.picture) return;
      await keepProfile({ name, picture });
      this.#self = { ...this.#self, name, picture };
    });
  }

  /** Whom it knows. */
  get links() {
    return [...this.#links.values()];
  }

  /** Whom an earlier private link named, and whose keys never came. */
  get strangers() {
    return this.#self.contacts.filter(({ endpoint }) => !this.#links.has(endpoint));
  }

  /**
   * The record of an endpoint, or null.
   * @param {string} endpoint
   */
  link(endpoint) {
    return this.#links.get(endpoint) ?? null;
  }

  /**
   * Whether something may answer by itself on that link: its keys were proven, or its person lists them.
   * @param {string} endpoint
   */
  isVerified(endpoint) {
    const [record, now] = [this.link(endpoint), this.#wall()];
    return record !== null && (isVerified(record, now) || this.persons.vouchFor(record, now));
  }

  /**
   * The statement to publish. A new key is made first where one is due, and kept before anybody hears of it.
   * @returns {Promise<import("./statements.js").KeyStatement>}
   */
  statement() {
    return this.#turns.take(async () => {
      this.#ring = await turnedRing(this.#wall());
      return stateKey(this.#ring, this.identity);
    });
  }

  /**
   * What this endpoint says of itself when it pairs.
   * @returns {Promise<Introduction>}
   */
  async introduction() {
    return { identity: base64url(this.identity.publicKey), statement: await this.statement() };
  }

  /**
   * What the coordinator hands over as an endpoint's keys; true if the book changed. Of an endpoint that isn't known yet it makes an introduced link where
   * `who` says whose it is. But a device has one endpoint: another under its name is another identity. What doesn't hold is counted and passed over.
   * @param {EndpointKeys} found
   * @param {Who | null} [who]
   * @returns {Promise<boolean>}
   */
  take({ endpoint, party, identity, statement }, who = null) {
    return this.#turns.take(async () => {
      const known = this.link(endpoint) ?? this.#deviceOf(who?.party ?? party);
      if (!statement || (known === null && who === null)) return false;
      if (statement.endpoint !== endpoint) return this.#refuses();
      const keys = { identity, statement };
      /** @param {LinkRecord | null} kept */
      const change = (kept) => {
        const before = kept ?? known;
        return before === null ? introduce(/** @type {Who} */ (who), keys) : takeStatement(before, keys);
      };
      try {
        const record = await changeLink(known?.endpoint ?? endpoint, change);
        this.#links.set(record.endpoint, record);
        return JSON.stringify(record) !== JSON.stringify(known);
      } catch (problem) {
        if (problem instanceof StatementError) return this.#refuses();
        if (problem instanceof KeepingError) return false;
        throw problem;
      }
    });
  }

  /**
   * Know somebody from a pairing; what was known of that endpoint, or of that device under another key, gives way.
   * @param {Who} who
   * @param {Introduction} keys
   * @param {How} how
   * @returns {Promise<LinkRecord>}
   * @throws {KeepingError}
   */
  pair(who, keys, how) {
    return this.#turns.take(async () => {
      const { endpoint } = keys.statement;
      const record = await changeLink(endpoint, (known) => verifyByPairing(who, keys, how, known));
      const earlier = this.links.filter((one) => isDevice(who) && one.party === who.party && one.endpoint !== endpoint);
      for (const one of earlier) await this.#forget(one.endpoint);
      this.#links.set(endpoint, record);
      await this.persons.met(who.party);
      this.paired(endpoint);
      return record;
    });
  }

  /**
   * Know nobody but that endpoint: a robot that has read another code.
   * @param {string} endpoint
   */
  knowOnly(endpoint) {
    return this.#turns.take(async () => {
      for (const one of this.links) if (one.endpoint !== endpoint) await this.#forget(one.endpoint);
    });
  }

  /**
   * Know nothing of that endpoint any more: its owner's own wish, or because the circle has it no longer.
   * @param {string} endpoint
   */
  forget(endpoint) {
    return this.#turns.take(() => this.#forget(endpoint));
  }

  /**
   * Know somebody on the word of `voucher`, that they may vouch here is the asker's to know.
   * @param {Who} who
   * @param {Introduction} keys
   * @param {LinkRecord} voucher
   * @throws {KeepingError | StatementError | import("./links.js").LinkRecordError}
   */
  vouched(who, keys, voucher) {
    return this.#turns.take(async () => {
      const now = this.#wall();
      const record = await changeLink(keys.statement.endpoint, (known) => verifyByVoucher(who, keys, voucher, { now, known }));
      this.#links.set(record.endpoint, record);
    });
  }

  /**
   * One more safety number on that link.
   * @param {string} endpoint
   * @throws {import("./safety-number.js").SafetyNumberError} where it has had three in a day
   */
  countComparison(endpoint) {
    return this.#change(endpoint, (record) => Object.freeze({ ...record, compared: counted(record.compared, this.#wall()) }));
  }

  /**
   * Safety numbers were compared with that end, and match.
   * @param {string} endpoint
   * @throws {import("./links.js").LinkRecordError} where another identity was shown meanwhile
   */
  prove(endpoint) {
    return this.#change(endpoint, verifyBySafetyNumber);
  }

  /**
   * Safety numbers were compared with that end, and differ.
   * @param {string} endpoint
   */
  doubt(endpoint) {
    return this.#change(endpoint, doubtBySafetyNumber);
  }

  /**
   * A seal for ringing that endpoint, or null while nothing is known of its keys.
   * @param {string} call
   * @param {string} endpoint
   * @returns {import("./seal.js").Addressee | null}
   */
  addressee(call, endpoint) {
    const record = this.link(endpoint);
    if (record === null) return null;
    const { pair, serial: fromKey } = this.#ring.current;
    const { serial: key, key: peer } = record.statement;
    const binding = { call, caller: this.identity.endpoint, callee: endpoint, callerKey: fromKey, calleeKey: key, handshake: 0 };
    const seal = new NoiseSeal(binding, "caller", { own: pair, peer: bytesOf(peer) });
    return { seal, fromKey, key, verified: this.isVerified(endpoint) };
  }

  /**
   * The seal that a ring was made for, or why there is none.
   * @param {import("./socket.js").Message} ring
   * @returns {NoiseSeal | "own_key_gone" | "their_key_unknown"}
   */
  opens(ring) {
    const own = keyOf(this.#ring, ring.key, this.#wall());
    if (own === null) return "own_key_gone";
    const record = this.link(ring.from);
    if (record === null || record.statement.serial !== ring.from_key) return "their_key_unknown";
    const callee = this.identity.endpoint;
    const binding = { call: ring.call, caller: ring.from, callee, callerKey: ring.from_key, calleeKey: ring.key, handshake: 0 };
    return new NoiseSeal(binding, "callee", { own, peer: bytesOf(record.statement.key) });
  }

  /**
   * The seal of a handshake that the other end of a call began anew, or null; this end's `role` in the call stays.
   * @param {import("./socket.js").Message} resume
   * @param {string} peer
   * @param {import("./call-seal.js").Role} role
   * @returns {NoiseSeal | null}
   */
  reopens({ call, key, from_key: fromKey, handshake }, peer, role) {
    const own = keyOf(this.#ring, key, this.#wall());
    const record = this.link(peer);
    if (own === null || record === null || record.statement.serial !== fromKey) return null;
    const binding = this.#bindingAnew({ call, handshake, peer, role, own: key, theirs: fromKey });
    const initiator = role === "caller" ? "callee" : "caller";
    return new NoiseSeal(binding, role, { own, peer: bytesOf(record.statement.key) }, { initiator });
  }

  /**
   * The seal of a handshake that this end of a call begins anew, and the serials that it stands on; null where nothing is known of the other end's keys.
   * @param {{call: string, handshake: number, peer: string, role: import("./call-seal.js").Role}} which
   * @returns {Begun | null}
   */
  resumes({ call, handshake, peer, role }) {
    const record = this.link(peer);
    if (record === null) return null;
    const { pair, serial: fromKey } = this.#ring.current;
    const { serial: key, key: theirs } = record.statement;
    const binding = this.#bindingAnew({ call, handshake, peer, role, own: fromKey, theirs: key });
    const seal = new NoiseSeal(binding, role, { own: pair, peer: bytesOf(theirs) }, { initiator: role });
    return { seal, fromKey, key };
  }

  /**
   * What a letter of that endpoint's is opened with, under the serials that it names; null where one of the keys isn't known.
   * @param {string} author
   * @param {number} authorKey
   * @param {number} serial
   */
  reading(author, authorKey, serial) {
    const own = keyOf(this.#ring, serial, this.#wall());
    const record = this.link(author);
    if (own === null || record === null || record.statement.serial !== authorKey) return null;
    return { own, reader: this.identity.endpoint, serial, author: bytesOf(record.statement.key) };
  }

  /**
   * What a letter of this endpoint's is sealed with: its newest key, whose statement it has published.
   */
  get writing() {
    const { pair: own, serial: authorKey } = this.#ring.current;
    return { own, author: this.identity.endpoint, authorKey };
  }

  /**
   * The record of a device; a person may have several endpoints, a device has one.
   * @param {string} party
   */
  #deviceOf(party) {
    return this.links.find((one) => one.party === party && isDevice(one)) ?? null;
  }

  /**
   * Ids and serials in the order of the roles, which a new handshake doesn't change.
   * @param {{call: string, handshake: number, peer: string, role: import("./call-seal.js").Role, own: number, theirs: number}} which
   * @returns {import("./seal.js").Binding}
   */
  #bindingAnew({ call, handshake, peer, role, own, theirs }) {
    const mine = this.identity.endpoint;
    return role === "caller"
      ? { call, caller: mine, callee: peer, callerKey: own, calleeKey: theirs, handshake }
      : { call, caller: peer, callee: mine, callerKey: theirs, calleeKey: own, handshake };
  }

  /**
   * @param {string} endpoint
   * @param {(record: LinkRecord) => LinkRecord} change
   */
  #change(endpoint, change) {
    return this.#turns.take(async () => {
      const known = this.link(endpoint);
      if (known === null) return;
      this.#links.set(endpoint, await changeLink(endpoint, (kept) => change(kept ?? known)));
    });
  }

  #refuses() {
    this.refused += 1;
    return false;
  }

  /** @param {string} endpoint */
  async #forget(endpoint) {
    await forgetLink(endpoint);
    this.#links.delete(endpoint);
  }
}

/** @param {Who} who */
function isDevice({ kind }) {
  return kind !== "person";
}
