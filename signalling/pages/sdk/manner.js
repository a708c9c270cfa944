/** How an endpoint meets a ring: its owner's to say. Without one, every ring is declined. */

/**
 * @typedef {import("./socket.js").Message} Message
 * @typedef {object} Manner
 * @property {(ready: Message) => void} began a session is live: say what the coordinator has forgotten, and hear whether this device is blocked
 * @property {(ring: Message) => string | null} turnsAway why this ring isn't taken now, or null
 * @property {() => Promise<MediaStream>} open camera and microphone, asked for when it sounds; without them the call is heard and seen all the same
 * @property {(call: import("./incoming.js").IncomingCall) => number | null} sounds it rings: begin, and say in how many milliseconds this endpoint will
 *   answer by itself, or null
 * @property {(call: import("./incoming.js").IncomingCall, word: import("./control/words.js").Said) => void} [overheard] the other end of an accepted call said
 *   something on a data channel
 * @property {() => void} [circled] something happened to whom this device knows
 * @property {(command: string) => void} [commanded] a device is told to `restart`, `reset`, `block` or `unblock`
 */

/** @type {Manner} */
export const NOBODY = Object.freeze({
  began() {},
  turnsAway: () => "declined",
  open: () => Promise.reject(new TypeError("Nobody answers here.")),
  sounds: () => null,
});
