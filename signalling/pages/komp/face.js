/**
 * A caller's face: the picture of that hash, or the first letter of the name. Drawn on a canvas, because the page's policy lets no picture in by address.
 */

const INK = "#1c1813";
const GROUND = "#f2b84b";

/** One canvas. */
export class Face {
  #canvas;
  #picture;
  #shown = "";

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(hash: string) => Promise<Blob>} picture
   */
  constructor(canvas, picture) {
    this.#canvas = canvas;
    this.#picture = picture;
  }

  /**
   * @param {string} name
   * @param {string | null} hash
   */
  async show(name, hash) {
    const wanted = `${hash ?? ""} ${name}`;
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.#letter(name);
    if (hash === null) return;
    try {
      const picture = await createImageBitmap(await this.#picture(hash));
      if (wanted === this.#shown) this.#draw(picture);
      picture.close();
    } catch {
      // It isn't the picture of that hash, or none at all: the letter stays.
    }
  }

  /** Nobody's. */
  clear() {
    this.#shown = "";
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  get #context() {
    return /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
  }

  /** @param {string} name */
  #letter(name) {
    const { width, height } = this.#canvas;
    const context = this.#context;
    context.fillStyle = GROUND;
    context.fillRect(0, 0, width, height);
    context.fillStyle = INK;
    context.font = `700 ${height * 0.55}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText([...name][0]?.toLocaleUpperCase() ?? "", width / 2, height * 0.54);
  }

  /** @param {ImageBitmap} picture */
  #draw(picture) {
    const { width, height } = this.#canvas;
    const side = Math.min(picture.width, picture.height);
    const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
    this.#context.drawImage(picture, left, top, side, side, 0, 0, width, height);
  }
}
