/**
 * One socket to the coordinator, always open while the page is: hello with proof, pings, requests, and coming back after every loss.
 *
 * It carries messages and knows nothing of calls. A superseded endpoint stays away; it never fights a newer session for its place.
 */

import { helloBytes, randomText } from "./encoding.js";
import { NotAuthenticated } from "./tokens.js";

const PROTOCOL = "narvaro.v1";
/** Without a word from the coordinator for so long, the socket is dead. */
export const SILENCE_MS = 45_000;
/** Where it is in doubt, sooner: an answer takes a round trip. */
export const PROOF_MS = 2_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
/** The next token is fetched this long before the socket's own is over. */
const REFRESH_EARLY_MS = 120_000;
/** After so many failures the pause is the longest. */
const PATIENT_FAILURES = 5;
const CLOSED = Object.freeze({ full: 1013, notAuthenticated: 4001, superseded: 4003, revoked: 4004, flooding: 4007 });

/**
 * @typedef {"connecting" | "online" | "offline" | "superseded" | "refused" | "stopped"} SocketState
 * @typedef {{t: string, [field: string]: any}} Message
 * @typedef {{call: string, peer: string, role: "caller" | "callee", phase: "joined" | "accepted"}} NamedCall
 */

/** The coordinator refused a request, with a stable code. */
export class Refused extends Error {
  /** @param {Message} error */
  constructor(error) {
    super(`The coordinator refused: ${error.code}`);
    this.code = /** @type {string} */ (error.code);
    this.retryAfterMs = /** @type {number | undefined} */ (error.retry_after_ms);
    this.winner = /** @type {string | undefined} */ (error.winner);
  }
}

/** The socket closed before the answer came: the request may have been done or not. */
export class Disconnected extends Error {}

/** The socket of one endpoint. */
export class Socket {
  /** @type {SocketState} */
  state = "stopped";
  #origin;
  #identity;
  #tokens;
  #namedCalls;
  #received;
  #stateChanged;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, {resolve: (ok: Message) => void, reject: (error: Error) => void}>} */
  #pending = new Map();
  #requests = 0;
  #failures = 0;
  #hellosRefused = 0;
  #retryTimer = 0;
  #silenceTimer = 0;
  #refreshTimer = 0;
  #proofTimer = 0;

  /**
   * @param {object} parts
   * @param {import("./identity.js").Identity} parts.identity
   * @param {import("./tokens.js").Tokens} parts.tokens
   * @param {() => NamedCall[]} parts.namedCalls the calls that the next hello names
   * @param {(message: Message) => void} parts.received everything that answers no request, `ready` included
   * @param {(state: SocketState) => void} parts.stateChanged
   * @param {string} [parts.origin] the coordinator's
   */
  constructor({ identity, tokens, namedCalls, received, stateChanged, origin = location.origin }) {
    this.#origin = origin;
    this.#identity = identity;
    this.#tokens = tokens;
    this.#namedCalls = namedCalls;
    this.#received = received;
    this.#stateChanged = stateChanged;
  }

  /** Connect now, and stay connected until `stop`. */
  start() {
    clearTimeout(this.#retryTimer);
    this.#drop();
    this.#become("connecting");
    this.#open().catch((problem) => this.#failed(problem));
  }

  /** Say goodbye and stay away: this endpoint is turned off, not lost. */
  stop() {
    this.send({ t: "bye" });
    this.leave();
  }

  /** Stay away without a goodbye: this page goes, and another comes in its place. */
  leave() {
    clearTimeout(this.#retryTimer);
    this.#drop(1000);
    this.#become("stopped");
  }

  /** Connect at once if it is waiting to: the network is back, or the page is seen again. */
  wake() {
    if (this.state === "offline") this.start();
  }

  /**
   * Send a message that has no answer. Offline it is dropped: whatever must arrive is repeated by its owner.
   * @param {Message} message
   * @returns {boolean} whether it was given to the socket
   */
  send(message) {
    if (this.state !== "online" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * Send a request; resolves with its `ok`.
   * @param {Message} message
   * @returns {Promise<Message>}
   * @throws {Refused | Disconnected}
   */
  request(message) {
    const id = `r${++this.#requests}`;
    return new Promise((resolve, reject) => {
      if (!this.send({ ...message, id })) reject(new Disconnected("There is no connection."));
      else this.#pending.set(id, { resolve, reject });
    });
  }

  /**
   * Send a request whose answer proves that the socket lives; without one, connect anew. Where the network changed, a socket is dead and its browser may not
   * say so for minutes.
   * @param {Message} message
   */
  prove(message) {
    const socket = this.#socket;
    this.request(message).catch(() => undefined);
    if (this.state !== "online" || this.#proofTimer) return;
    this.#proofTimer = setTimeout(() => {
      this.#proofTimer = 0;
      if (this.#socket === socket) this.start();
    }, PROOF_MS);
  }

  async #open() {
    const { token, tokenId, expiresAt } = await this.#tokens.current();
    if (this.state !== "connecting" || this.#socket) return;
    const socket = new WebSocket(`${this.#origin.replace(/^http/, "ws")}/v1/socket`, PROTOCOL);
    this.#socket = socket;
    this.#listenForSilence();
    socket.onclose = ({ code }) => this.#closed(socket, code);
    socket.onmessage = async ({ data }) => {
      if (this.#socket !== socket) return;
      this.#listenForSilence();
      const message = JSON.parse(data);
      if (message.t === "welcome") {
        const clientNonce = randomText(32);
        const { endpoint } = this.#identity;
        const signed = helloBytes({ origin: this.#origin, endpoint, tokenId, nonce: message.nonce, clientNonce });
        const proof = await this.#identity.sign(signed);
        const hello = { t: "hello", token, proof, client_nonce: clientNonce, features: [], calls: this.#namedCalls() };
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(hello));
      } else {
        this.#take(message, expiresAt);
      }
    };
  }

  /**
   * @param {Message} message
   * @param {number} tokenExpiresAt
   */
  #take(message, tokenExpiresAt) {
    if (message.t === "ping") {
      this.send({ t: "pong" });
    } else if ((message.t === "ok" || message.t === "error") && message.ref !== undefined) {
      const pending = this.#pending.get(message.ref);
      this.#pending.delete(message.ref);
      if (message.t === "ok") pending?.resolve(message);
      else pending?.reject(new Refused(message));
    } else if (message.t === "goaway") {
      this.#retryIn(message.reconnect_after_ms * (0.5 + Math.random()));
    } else {
      if (message.t === "ready") {
        this.#failures = this.#hellosRefused = 0;
        this.#refreshAt(tokenExpiresAt);
        this.#become("online");
      }
      this.#received(message);
    }
  }

  /** @param {number} expiresAt */
  #refreshAt(expiresAt) {
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = setTimeout(async () => {
      this.#tokens.drop();
      try {
        const next = await this.#tokens.current();
        await this.request({ t: "token.refresh", token: next.token });
        this.#refreshAt(next.expiresAt);
      } catch {
        if (this.state === "online") this.#refreshAt(Date.now() + REFRESH_EARLY_MS + 10_000);
      }
    }, Math.max(1_000, expiresAt - Date.now() - REFRESH_EARLY_MS));
  }

  #listenForSilence() {
    clearTimeout(this.#proofTimer);
    this.#proofTimer = 0;
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.start(), SILENCE_MS);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  #closed(socket, code) {
    if (this.#socket !== socket) return;
    this.#drop();
    if (code === CLOSED.superseded) return this.#become("superseded");
    if (code === CLOSED.revoked) return this.#become("refused");
    if (code === CLOSED.full || code === CLOSED.flooding) this.#failures = Math.max(this.#failures, PATIENT_FAILURES);
    if (code === CLOSED.notAuthenticated) {
      this.#tokens.drop();
      if (++this.#hellosRefused > 1) return this.#become("refused");
    }
    this.#retry();
  }

  /** @param {unknown} problem */
  #failed(problem) {
    if (this.state !== "connecting") return;
    if (problem instanceof NotAuthenticated) this.#become("refused");
    else this.#retry();
  }

  #retry() {
    const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    this.#become("offline");
    this.#retryIn(longest * (0.5 + Math.random() / 2));
  }

  /** @param {number} delayMs */
  #retryIn(delayMs) {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.start(), delayMs);
  }

  /** @param {number} [code] */
  #drop(code) {
    clearTimeout(this.#proofTimer);
    this.#proofTimer = 0;
    clearTimeout(this.#silenceTimer);
    clearTimeout(this.#refreshTimer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(code);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(new Disconnected("The connection was lost before the answer came."));
  }

  /** @param {SocketState} state */
  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.#stateChanged(state);
  }
}
