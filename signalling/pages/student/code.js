/**
 * The QR that is held before the robot's camera: drawn in this browser, and waited by until the robot has read it.
 *
 * What it holds is a key. It stands on the screen, or in a picture that somebody asked for, and nowhere else; nothing is kept but the robot's record. Whoever
 * reads it must be the endpoint that the coordinator calls this app's robot, so that a stolen picture opens nothing to anybody else.
 */

import { element, say } from "../family/dom.js";
import { Refused } from "../sdk/asking.js";
import { MeetingError } from "../sdk/meetings.js";
import { pairingFragment } from "../sdk/pairing-code.js";
import encodeQR from "../vendor/qr.js";
import { words } from "./words.js";

const AGAIN_MS = 3_000;
/** Light modules around the code (ISO/IEC 18004), and pixels of one module in a saved picture. */
const QUIET = 4;
const PIXELS = 8;
const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {import("../sdk/endpoint.js").Endpoint} Endpoint
 * @typedef {import("../sdk/account.js").Contact} Contact
 */

let shown = "";

/** What the code on the screen says: for tests, and for nothing else. */
export function contentShown() {
  return shown;
}

/** The view with the code. */
export class CodeView {
  #endpoint;
  #account;
  #changed;
  #state = element("code-state", HTMLParagraphElement);
  #problem = element("code-problem", HTMLParagraphElement);
  #picture = element("code-picture", HTMLElement);
  #back = element("code-back", HTMLButtonElement);
  /** @type {AbortController | null} */
  #stopping = null;
  /** @type {import("./words.js").Key} */
  #stage = "code.looking";
  /** @type {import("./words.js").Key | null} */
  #failure = null;
  #name = "";

  /**
   * @param {Endpoint} endpoint
   * @param {import("../sdk/account.js").Account} account
   * @param {() => void} changed another view may be due
   */
  constructor(endpoint, account, changed) {
    this.#endpoint = endpoint;
    this.#account = account;
    this.#changed = changed;
    element("code-save", HTMLButtonElement).addEventListener("click", () => void save(shown));
    element("code-print", HTMLButtonElement).addEventListener("click", () => print());
    this.#back.addEventListener("click", () => this.close());
  }

  get isOpen() {
    return this.#stopping !== null;
  }

  /**
   * Show a code until the robot has read it.
   * @param {boolean} canGoBack whether a robot is known already
   */
  open(canGoBack) {
    if (this.#stopping) return;
    this.#back.hidden = !canGoBack;
    const stopping = new AbortController();
    this.#stopping = stopping;
    void this.#wait(stopping.signal).finally(() => this.#stopping === stopping && this.close());
  }

  /** The code is worth nothing from now on. */
  close() {
    this.#stopping?.abort();
    this.#stopping = null;
    this.#failure = null;
    this.#draw("");
    this.#changed();
  }

  /** Say how it stands. */
  show() {
    const stage = this.#stage === "code.waiting" && !this.#endpoint.isOnline ? "code.offline" : this.#stage;
    say(this.#state, words(stage, { name: this.#name }));
    say(this.#problem, this.#failure ? words(this.#failure) : "");
  }

  /** @param {import("./words.js").Key} stage */
  #become(stage) {
    this.#stage = stage;
    this.show();
  }

  /** @param {AbortSignal} signal */
  async #wait(signal) {
    const robot = await this.#robot(signal);
    if (!robot) return;
    const name = robot.name ?? "AV1";
    const endpoints = robot.endpoints.map(({ endpoint }) => endpoint);
    let code = this.#fresh();
    this.#name = name;
    this.#become("code.waiting");
    while (!signal.aborted) {
      try {
        const consents = (/** @type {import("../sdk/pairing.js").Introduction} */ { statement }) => endpoints.includes(statement.endpoint);
        await this.#endpoint.showTo(code, { party: robot.party, name, kind: "av1" }, { consents, signal });
        return;
      } catch (problem) {
        if (!(problem instanceof MeetingError)) throw problem;
        if (problem.code === "nobody_came" || problem.code === "stopped") continue;
        if (problem.code === "declined" || problem.code === "taken") {
          this.#failure = problem.code === "declined" ? "code.stranger" : "code.new";
          code = this.#fresh();
          this.show();
        } else await pause(AGAIN_MS, signal);
      }
    }
  }

  /**
   * The robot that the coordinator says this app is linked with; asked again while there is no answer, and while there is none.
   * @param {AbortSignal} signal
   * @returns {Promise<Contact | null>}
   */
  async #robot(signal) {
    this.#become("code.looking");
    while (!signal.aborted) {
      try {
        const robot = (await this.#account.circle()).find(({ kind }) => kind === "av1");
        if (robot && robot.endpoints.length > 0) return robot;
        this.#become("code.none");
      } catch (problem) {
        if (!(problem instanceof Refused)) throw problem;
        this.#become("code.offline");
      }
      await pause(AGAIN_MS, signal);
    }
    return null;
  }

  #fresh() {
    const code = this.#endpoint.codeToShow("person");
    this.#draw(`${location.origin}/family${pairingFragment(code)}`);
    return code;
  }

  /** @param {string} content */
  #draw(content) {
    shown = content;
    this.#picture.replaceChildren(...(content ? [drawn(content)] : []));
    for (const id of ["code-save", "code-print"]) element(id, HTMLButtonElement).disabled = content === "";
  }
}

/**
 * Rows of modules, dark ones true.
 * @param {string} content
 */
function modulesOf(content) {
  return encodeQR(content, "raw", { ecc: "medium", border: 1 }).slice(1, -1).map((cells) => cells.slice(1, -1));
}

/** @param {string} content */
function drawn(content) {
  const code = modulesOf(content);
  const size = code.length;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `${-QUIET} ${-QUIET} ${size + 2 * QUIET} ${size + 2 * QUIET}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", words("code.alt"));
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", code.flatMap((cells, row) => cells.map((isDark, column) => (isDark ? `M${column} ${row}h1v1h-1z` : ""))).join(""));
  svg.append(path);
  return svg;
}

/**
 * Give the code as a picture: a file that the browser saves, made here.
 * @param {string} content
 */
async function save(content) {
  if (!content) return;
  const code = modulesOf(content);
  const size = code.length;
  const canvas = new OffscreenCanvas((size + 2 * QUIET) * PIXELS, (size + 2 * QUIET) * PIXELS);
  const drawing = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  drawing.fillStyle = "#fff";
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  drawing.fillStyle = "#000";
  code.forEach((cells, row) =>
    cells.forEach((isDark, column) => isDark && drawing.fillRect((column + QUIET) * PIXELS, (row + QUIET) * PIXELS, PIXELS, PIXELS)),
  );
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await canvas.convertToBlob({ type: "image/png" }));
  link.download = "narvaro-code.png";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), AGAIN_MS);
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
