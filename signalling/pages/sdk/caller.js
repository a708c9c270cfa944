/**
 * Who calls, as a screen may say it: the profile that the caller itself knows, else the name in this end's own record, and a warning.
 *
 * The coordinator gives the profile; inside the ring stands which one the caller knows of itself.
 */

import { profileDigest } from "./profile.js";

/** @typedef {{name: string, picture?: string}} Profile */

/** A name, and the picture's SHA-256, if there is one. */
export class Caller {
  /**
   * @param {string} name
   * @param {string | null} picture lowercase hex
   * @param {boolean} isFalse the coordinator gave another profile than the caller's own
   */
  constructor(name, picture = null, isFalse = false) {
    this.name = name;
    this.picture = picture;
    this.isFalse = isFalse;
  }

  /**
   * @param {import("./links.js").LinkRecord} contact
   * @param {Profile | undefined} profile what the coordinator gave
   * @param {import("./contents.js").Ring} asked
   */
  static async of(contact, profile, asked) {
    if (!profile) return new Caller(contact.name);
    const agrees = asked.profile === (await profileDigest(profile.name, profile.picture ?? null));
    return agrees ? new Caller(profile.name, profile.picture ?? null) : new Caller(contact.name, null, true);
  }
}
