/**
 * What a call needs of its seal, and nothing of how it works: the names behind which `call-seal.js` stands.
 *
 * The caller is the initiator: `ring` is message 1, `join` message 2; after the two, every box carries its own number, so boxes open in whatever
 * order they come.
 */

/** A box doesn't open: damaged, forged, of another call, or under another number. It never says what was in it. */
export class BoxError extends Error {}

/**
 * What both ends must agree on before anything opens: Noise's prologue, without the version.
 * @typedef {{call: string, caller: string, callee: string, callerKey: number, calleeKey: number, handshake: number}} Binding
 */

/**
 * Somebody that a caller rings: the seal between the two, the serials of the keys that it stands on, and what the caller's own record says of the link.
 * Not verified: the caller describes nothing before the accept.
 * @typedef {{seal: import("./call-seal.js").NoiseSeal, fromKey: number, key: number, verified: boolean}} Addressee
 */
