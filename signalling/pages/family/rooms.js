/**
 * The rooms of the family app beside people and calls: coming into one more circle, a Komp's circle, oneself. One is open at a time, or none.
 */

import { Rights } from "../sdk/rights.js";
import { Faces } from "./circle/face.js";
import { Neighbours } from "./circle/neighbours.js";
import { CircleView } from "./circle/view.js";
import { Joining } from "./coming-in/joining.js";
import { OneselfView } from "./oneself/view.js";

/** @typedef {import("../sdk/account.js").Contact} Contact */

/** One browser's. */
export class Rooms {
  /** Who is in the circle now. */
  neighbours;
  joining;
  #circle;
  #oneself;

  /**
   * @param {import("../sdk/endpoint.js").Endpoint} endpoint
   * @param {object} told
   * @param {import("../sdk/asking.js").Asking} told.asking
   * @param {import("../sdk/account.js").Account} told.account
   * @param {import("../sdk/letters.js").Letters} told.letters
   * @param {import("../sdk/persons.js").Persons} told.persons
   * @param {(code: import("../sdk/pairing-code.js").PairingCode) => void} told.pair use the secret that came with an invitation
   * @param {() => void} told.changed another view may be due
   * @param {(contact: Contact) => void} [told.call] places a call to a member's apps; without it nobody's are called
   * @param {(profile: {name: string, picture: string | null}) => void} [told.shownAs] the profile that others see has changed
   */
  constructor(endpoint, { asking, account, letters, persons, pair, changed, call, shownAs = () => {} }) {
    const faces = new Faces(account);
    const closed = () => {
      if (history.state?.room) history.back(); // the way in is no way back any more
      changed();
    };
    this.neighbours = new Neighbours({ account, endpoint, changed });
    this.joining = new Joining({ account, neighbours: this.neighbours, pair, changed });
    this.#circle = new CircleView({ endpoint, account, neighbours: this.neighbours, letters, faces, call, changed, closed });
    this.#oneself = new OneselfView({ endpoint, account, rights: new Rights(asking), persons, faces, shownAs, changed, closed });
    addEventListener("popstate", () => this.#leave());
  }

  get isOpen() {
    return this.joining.isOpen || this.#circle.isOpen || this.#oneself.isOpen;
  }

  /** @param {string} komp its party */
  openCircle(komp) {
    this.#enter();
    this.#circle.open(komp);
  }

  openOneself() {
    this.#enter();
    this.#oneself.open();
  }

  /** A phone's own Back leads out of a room, and not out of the page. */
  #enter() {
    history.pushState({ room: true }, "");
  }

  #leave() {
    if (this.#circle.isOpen) this.#circle.close();
    if (this.#oneself.isOpen) this.#oneself.close();
  }

  /** Who is in the circle may be different: ask. */
  learn() {
    return this.neighbours.learn().then(() => this.#circle.learn());
  }

  /** Show the one that is open. */
  show() {
    if (this.joining.isOpen) this.joining.show();
    else if (this.#circle.isOpen) this.#circle.show();
    else this.#oneself.show();
  }
}
