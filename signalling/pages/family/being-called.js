/**
 * How the family page meets a ring: a person's app, so it rings until somebody presses. The camera stays off until they answer.
 *
 * Blocked callers and robots' rings are declined unheard. It says nothing of why.
 */

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
 * @param {() => import("./own-media.js").OwnMedia} parts.ready what the next call sends: nothing yet
 * @param {(call: IncomingCall) => void} parts.rings it rings: show it
 * @returns {Manner}
 */
export function mannerOf({ book, blocking, ready, rings }) {
  return {
    began() {},
    turnsAway({ media, from }) {
      const party = book.link(from)?.party;
      return media === "telepresence" || (party !== undefined && blocking.isBlocked(party)) ? "declined" : null;
    },
    open() {
      return Promise.resolve(ready().stream); // empty until somebody answers
    },
    sounds(call) {
      rings(call);
      return null;
    },
  };
}

