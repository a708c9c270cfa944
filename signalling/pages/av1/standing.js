/**
 * Whether a robot takes visits: its button, and the block after somebody tried to record through it. The JavaScript twin of `client_sim.standing`, kept over
 * a restart.
 *
 * A robot may hear of an attempt while no coordinator is there. Then it blocks itself, and says so until a coordinator has heard it; from then on the
 * coordinator's word counts, and nothing that is done to the robot itself lifts the block.
 */

const KEPT = "narvaro.robot";
const BLOCKS = Object.freeze(["none", "untold", "told"]);

/**
 * `untold`: the robot's own, and no coordinator has heard of it yet.
 * @typedef {"none" | "untold" | "told"} Block
 */

/** One robot's. */
export class Standing {
  isOn = true;
  /** @type {Block} */
  block = "none";

  constructor() {
    this.#recall();
  }

  /** Whether it waits for somebody authorised. */
  get isBlocked() {
    return this.block !== "none";
  }

  /** Why it takes nobody now, or null. */
  get turnsAway() {
    if (this.isBlocked) return "declined";
    return this.isOn ? null : "power_off";
  }

  /** @param {boolean} isOn its button */
  press(isOn) {
    this.isOn = isOn;
    this.#keep();
  }

  /** Somebody tried to record. */
  recorded() {
    if (this.block === "none") this.#become("untold");
  }

  /** The coordinator has heard that it is blocked. */
  heard() {
    if (this.block === "untold") this.#become("told");
  }

  /**
   * How it stands by the coordinator's word. Of a block that it hasn't heard of it can say nothing.
   * @param {boolean} isBlocked
   */
  told(isBlocked) {
    if (isBlocked) this.#become("told");
    else if (this.block === "told") this.#become("none");
  }

  /** @param {Block} block */
  #become(block) {
    this.block = block;
    this.#keep();
  }

  #keep() {
    try {
      localStorage.setItem(KEPT, JSON.stringify({ isOn: this.isOn, block: this.block }));
    } catch {
      // A browser that keeps nothing has a button all the same.
    }
  }

  #recall() {
    try {
      const { isOn, block } = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
      this.isOn = isOn !== false;
      if (BLOCKS.includes(block)) this.block = block;
    } catch {
      // What stands there isn't ours: as new.
    }
  }
}
