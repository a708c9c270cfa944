/**
 * How the family page meets a ring: a person's app, so it rings until somebody presses. The camera stays off until they answer.
 *
 * Blocked callers and robots' rings are declined unheard. It says nothing of why.
 */

import { OwnMedia } from "./own-media.js";

/**
 * @typedef {import("../sdk/incoming.js").IncomingCall} IncomingCall
 * @typedef {import("../sdk/manner.js").Manner} Manner
 * @typedef {import("../sdk/socket.js").Message} Message
 */

/**
 * One page's manner.
 * @param {object} parts
 * @param {import("../sdk/linkbook.js").LinkBook} parts.book
 * @param {import("./blocking.js").Blocking} parts.blocking
 * @param {() => void} parts.changed
 * @param {(call: IncomingCall, own: OwnMedia) => void} parts.rings it rings: show it
 * @returns {Manner & {back: (call: IncomingCall) => OwnMedia}} `back`: what a call sends that this page was loaded anew in
 */
export function mannerOf({ book, blocking, changed, rings }) {
  /** @type {OwnMedia | null} */
  let own = null;
  return {
    began() {},
    turnsAway({ media, from }) {
      const party = book.link(from)?.party;
      return media === "telepresence" || (party !== undefined && blocking.isBlocked(party)) ? "declined" : null;
    },
    open() {
      own = new OwnMedia(changed);
      return Promise.resolve(own.stream); // empty until somebody answers
    },
    sounds(call) {
      own ??= new OwnMedia(changed);
      own.sendIn(call);
      rings(call, own);
      return null;
    },
    back(call) {
      own ??= new OwnMedia(changed);
      own.sendIn(call);
      void own.open().catch(() => undefined);
      return own;
    },
  };
}

/**
 * Somebody answers: the word goes out at once, and camera and microphone follow. Without them the call is seen and heard all the same.
 * @param {IncomingCall} call
 * @param {OwnMedia} own
 */
export function answer(call, own) {
  void call.answer();
  void own.open().catch(() => undefined);
}
