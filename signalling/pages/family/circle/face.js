/** Small faces of members: each picture is fetched once, is what its hash says, and is forgotten with the page. */

import { Face } from "../../komp/face.js";
import { built } from "../dom.js";

const PIXELS = 96;

/** One page's. */
export class Faces {
  #account;
  /** @type {Map<string, Promise<Blob>>} by hash */
  #pictures = new Map();

  /** @param {import("../../sdk/account.js").Account} account */
  constructor(account) {
    this.#account = account;
  }

  /**
   * A canvas with that person's face.
   * @param {string} name
   * @param {string | undefined} picture its hash
   */
  of(name, picture) {
    const canvas = built("canvas", "face");
    canvas.width = canvas.height = PIXELS;
    canvas.setAttribute("aria-hidden", "true");
    this.draw(canvas, name, picture);
    return canvas;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {string} name
   * @param {string | undefined} picture
   */
  draw(canvas, name, picture) {
    void new Face(canvas, (hash) => this.#fetched(hash)).show(name, picture ?? null);
  }

  /** @param {string} hash */
  #fetched(hash) {
    const known = this.#pictures.get(hash);
    if (known) return known;
    const fetched = this.#account.picture(hash);
    this.#pictures.set(hash, fetched);
    fetched.catch(() => this.#pictures.delete(hash));
    return fetched;
  }
}
