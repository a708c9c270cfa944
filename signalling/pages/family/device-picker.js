/** Three lists to choose from: camera, microphone, speaker. A list with nothing to choose is not shown. */

import { canChooseSpeaker, chosenDevices, pluggedIn } from "./devices.js";
import { words } from "./words/call.js";

/** @typedef {import("./devices.js").DeviceKind} DeviceKind */

/** @type {readonly DeviceKind[]} */
const KINDS = Object.freeze(["camera", "microphone", "speaker"]);

/** The lists, in an element of the page's. */
export class DevicePicker {
  /** @type {Map<DeviceKind, {whole: HTMLElement, name: HTMLLabelElement, list: HTMLSelectElement}>} */
  #parts = new Map();

  /**
   * @param {HTMLElement} root
   * @param {(kind: DeviceKind, id: string) => void} choose
   */
  constructor(root, choose) {
    for (const kind of KINDS) {
      const [whole, name, list] = [document.createElement("p"), document.createElement("label"), document.createElement("select")];
      whole.className = "device";
      name.dataset.words = `device.${kind}`; // said anew in another language
      list.id = name.htmlFor = `${root.id}-${kind}`;
      list.addEventListener("change", () => choose(kind, list.value));
      whole.append(name, list);
      root.append(whole);
      this.#parts.set(kind, { whole, name, list });
    }
  }

  /**
   * Bring the lists up to what is plugged in.
   * @param {(kind: DeviceKind) => string} inUse the device that is used now; empty where none is
   */
  async show(inUse) {
    const found = await pluggedIn();
    const chosen = chosenDevices();
    for (const [kind, { whole, name, list }] of this.#parts) {
      const devices = found[kind];
      whole.hidden = devices.length === 0 || (kind === "speaker" && !canChooseSpeaker);
      name.textContent = words(`device.${kind}`);
      const own = new Option(words("device.own_choice"), "");
      const options = devices.map(({ id, label }) => new Option(label, id));
      const first = devices.some(({ id }) => id === "default") ? [] : [own];
      if (!isSame(list, [...first, ...options])) list.replaceChildren(...first, ...options);
      list.value = inUse(kind) || chosen[kind] || "";
      if (list.selectedIndex < 0) list.selectedIndex = 0;
    }
  }
}

/**
 * A list that is the same stays, under the finger that is in it.
 * @param {HTMLSelectElement} list
 * @param {HTMLOptionElement[]} wanted
 */
function isSame(list, wanted) {
  return list.length === wanted.length && wanted.every((one, at) => one.value === list.options[at].value && one.text === list.options[at].text);
}
