/**
 * The data channels of one connection, negotiated beforehand (docs/reference/control.md): every call has `control`, a `telepresence` call two more.
 *
 * They carry a goodbye that needs no server, and what app and robot say to each other. Nothing here keeps or prints it.
 */

import { CHANNEL_IDS, decode, encode } from "./control/words.js";

/**
 * @typedef {import("./control/words.js").Channel} Channel
 * @typedef {import("./control/words.js").Said} Said
 */

const UNORDERED = Object.freeze({ ordered: false, maxRetransmits: 0 });

/** One connection's. Nothing is heard after `close`. */
export class Channels {
  /** @type {Map<Channel, RTCDataChannel>} */
  #open = new Map();
  #names;
  #heard;
  #opened;

  /**
   * @param {"video" | "audio" | "telepresence"} media
   * @param {(word: Said) => void} heard a word of the other end, its goodbye too
   * @param {() => void} opened from now on something can be said on `control`
   */
  constructor(media, heard, opened = () => undefined) {
    this.#names = /** @type {Channel[]} */ (media === "telepresence" ? Object.keys(CHANNEL_IDS) : ["control"]);
    this.#heard = heard;
    this.#opened = opened;
  }

  /**
   * After the media sections, so that they stand behind them in the offer. Once for each connection.
   * @param {RTCPeerConnection} connection
   */
  openOn(connection) {
    if (this.#open.size > 0) return;
    for (const name of this.#names) {
      const how = name === "control" ? {} : UNORDERED;
      const channel = connection.createDataChannel(name, { negotiated: true, id: CHANNEL_IDS[name], ...how });
      channel.onmessage = ({ data }) => {
        const word = decode(data);
        if (word) this.#heard(word);
      };
      if (name === "control") channel.onopen = () => this.#opened();
      this.#open.set(name, channel);
    }
  }

  /**
   * Say it, if that channel stands.
   * @param {Channel} name
   * @param {Said} word
   * @returns {boolean} whether it was said
   */
  say(name, word) {
    const channel = this.#open.get(name);
    if (channel?.readyState !== "open") return false;
    channel.send(encode(word));
    return true;
  }

  /** Hear nothing more. A goodbye that was said still leaves. */
  close() {
    this.#heard = this.#opened = () => undefined;
  }
}
