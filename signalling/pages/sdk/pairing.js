/**
 * Pairing: two ends that share a one-time secret exchange their identities and key statements. The JavaScript twin of `client_sim.sealed.pairing`.
 *
 * `Noise_NNpsk0_25519_AESGCM_SHA256`. Whoever reads the secret (from a QR, a private link) writes message 1, whoever showed it answers. The coordinator
 * carries the boxes between two ends that come to the same rendezvous; without the secret it can neither read nor make one. A secret serves once, and
 * never travels through the coordinator or its pages.
 */

import { boxBytes } from "./call-seal.js";
import { base64url, PROTOCOL, utf8 } from "./encoding.js";
import { beginHandshake, lengthPrefixed, PATTERNS } from "./noise.js";
import { pad, unpad } from "./padding.js";
import { bytesOf } from "./public-keys.js";
import { statementFrom, verifyStatement } from "./statements.js";
import { Turns } from "./turns.js";

export const SECRET_BYTES = 16;

/** No pairing comes of this box; the message names the rule. Nothing was changed. */
export class PairingError extends Error {}

/** Somebody who knows the secret answered, under another identity than the expected one. */
export class SomebodyElse extends PairingError {}

/**
 * What each end says of itself: its identity key, base64url, and its statement of an agreement key.
 * @typedef {{identity: string, statement: import("./statements.js").KeyStatement}} Introduction
 * @typedef {import("./public-keys.js").Bytes} Bytes
 * @typedef {object} Options
 * @property {boolean} reads true at the end that read the secret, false at the end that showed it
 * @property {Bytes | null} [expected] an identity key that came together with the secret (the QR on a Komp's screen): nobody else's introduction is taken
 * @property {() => Promise<import("./noise.js").KeyPair>} [generate] only tests give another
 * @property {(bytes: Bytes) => unknown} [fillRandomly] only tests give another
 */

/** One attempt with one secret; `begin` makes it. What `read…` gives was verified. */
export class Pairing {
  #expected;
  #fillRandomly;
  #handshake;
  #turns = new Turns();

  /**
   * @param {string} name
   * @param {import("./noise.js").HandshakeState} handshake
   * @param {Options} options
   */
  constructor(name, handshake, { expected = null, fillRandomly }) {
    /** What both ends tell the coordinator to be brought together: it says nothing of the secret. */
    this.name = name;
    this.#handshake = handshake;
    this.#expected = expected === null ? null : base64url(expected);
    this.#fillRandomly = fillRandomly;
  }

  /**
   * @param {Bytes} secret
   * @param {Options} options
   * @throws {PairingError}
   */
  static async begin(secret, options) {
    const name = await rendezvousName(secret);
    const psk = await derived(secret, "psk", 32);
    const prologue = lengthPrefixed(PROTOCOL, "pairing", name);
    const { reads, generate } = options;
    return new Pairing(name, await beginHandshake(PATTERNS.NNPSK0, { initiator: reads, prologue, psk, generate }), options);
  }

  /**
   * The end that read the secret: message 1, a box's text.
   * @param {Introduction} own
   * @returns {Promise<string>}
   */
  writeFirst(own) {
    return this.#turns.take(() => this.#write(own));
  }

  /**
   * The end that showed the secret: who the other end is.
   * @param {string} box
   * @returns {Promise<Introduction>}
   * @throws {PairingError}
   */
  readFirst(box) {
    return this.#turns.take(() => this.#read(box));
  }

  /**
   * The end that showed the secret: message 2. The secret is spent.
   * @param {Introduction} own
   * @returns {Promise<string>}
   */
  writeSecond(own) {
    return this.#turns.take(() => this.#write(own));
  }

  /**
   * The end that read the secret: who the other end is.
   * @param {string} box
   * @returns {Promise<Introduction>}
   * @throws {PairingError}
   * @throws {SomebodyElse}
   */
  readSecond(box) {
    return this.#turns.take(() => this.#read(box));
  }

  /** @param {Introduction} own */
  async #write(own) {
    const padded = await pad(introductionBytes(own), this.#fillRandomly);
    const { handshake, message } = await this.#handshake.writeMessage(padded).catch((problem) => {
      throw asPairingError(problem, "The other end's key is no key.");
    });
    this.#handshake = handshake;
    return base64url(message);
  }

  /** @param {string} box */
  async #read(box) {
    let content;
    let handshake;
    try {
      const read = await this.#handshake.readMessage(boxBytes(box));
      content = await unpad(read.payload);
      handshake = read.handshake;
    } catch (problem) {
      throw asPairingError(problem, "The box doesn't open: another secret, or a damaged box.");
    }
    const introduction = await verified(content);
    if (this.#expected !== null && introduction.identity !== this.#expected) {
      throw new SomebodyElse("Somebody else than the one expected answered.");
    }
    this.#handshake = handshake;
    return introduction;
  }
}

/**
 * HKDF(secret, "name"), 128 bits, base64url: where the two ends meet.
 * @param {Bytes} secret
 * @throws {PairingError}
 */
export async function rendezvousName(secret) {
  return base64url(await derived(secret, "name", 16));
}

/**
 * An introduction out of what somebody sent, proven: the statement is good under the identity.
 * @param {any} value
 * @returns {Promise<Introduction>}
 * @throws {import("./statements.js").StatementError | import("./public-keys.js").KeyRefused}
 */
export async function introductionFrom(value) {
  const identity = value?.identity;
  const statement = statementFrom(value?.statement);
  await verifyStatement(statement, bytesOf(identity));
  return { identity, statement };
}

/**
 * As it is sealed: its fields in one order.
 * @param {Introduction} introduction
 */
function introductionBytes({ identity, statement }) {
  return utf8(JSON.stringify({ identity, statement: statementFrom(statement) }));
}

/** @param {Bytes} content */
async function verified(content) {
  try {
    return await introductionFrom(JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content)));
  } catch {
    throw new PairingError("An introduction is an identity key and its statement.");
  }
}

/**
 * RFC 5869 with SHA-256 and no salt: the secret is uniformly random already.
 * @param {Bytes} secret
 * @param {string} info
 * @param {number} length
 */
async function derived(secret, info, length) {
  if (secret.length !== SECRET_BYTES) throw new PairingError("A pairing secret has 16 bytes.");
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * length));
}

/**
 * A message out of its turn is the program's mistake, and stays one.
 * @param {unknown} problem
 * @param {string} rule
 */
function asPairingError(problem, rule) {
  return problem instanceof TypeError ? problem : new PairingError(rule);
}
