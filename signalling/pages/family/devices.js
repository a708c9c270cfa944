/**
 * Which cameras, microphones and speakers this browser has, and which of them its user chose. The choice is kept in this browser and said to nobody.
 */

const KEPT = "narvaro.devices";

/**
 * @typedef {"camera" | "microphone" | "speaker"} DeviceKind
 * @typedef {{id: string, label: string}} Device
 * @typedef {Partial<Record<DeviceKind, string>>} Choice ids as this browser gives them to this page alone
 */

/** @type {Readonly<Record<MediaDeviceKind, DeviceKind>>} */
const KINDS = Object.freeze({ videoinput: "camera", audioinput: "microphone", audiooutput: "speaker" });

/**
 * What was chosen here; nothing where nothing was, or nothing is kept.
 * @returns {Choice}
 */
export function chosenDevices() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return Object.fromEntries(Object.values(KINDS).flatMap((kind) => (typeof kept?.[kind] === "string" ? [[kind, kept[kind]]] : [])));
  } catch {
    return {};
  }
}

/**
 * Use that one from now on; an empty id is the browser's own choice.
 * @param {DeviceKind} kind
 * @param {string} id
 */
export function chooseDevice(kind, id) {
  const { [kind]: _, ...others } = chosenDevices();
  try {
    localStorage.setItem(KEPT, JSON.stringify(id === "" ? others : { ...others, [kind]: id }));
  } catch {
    // A browser that keeps nothing is asked again next time.
  }
}

/**
 * What is plugged in now. Before the browser's permission there are no names, and what has none is left out.
 * @returns {Promise<Record<DeviceKind, Device[]>>}
 */
export async function pluggedIn() {
  /** @type {Record<DeviceKind, Device[]>} */
  const found = { camera: [], microphone: [], speaker: [] };
  for (const { kind, deviceId: id, label } of (await navigator.mediaDevices?.enumerateDevices()) ?? []) {
    if (id !== "" && label !== "") found[KINDS[kind]].push({ id, label });
  }
  return found;
}

/** Whether a page may choose where its sound goes. */
export const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;

/**
 * Send an element's sound to a speaker; a speaker that is gone gives way to the browser's own. True where it went as asked.
 * @param {HTMLMediaElement} element
 * @param {string} id
 */
export async function soundThrough(element, id) {
  if (!canChooseSpeaker || element.sinkId === id) return true;
  try {
    await element.setSinkId(id);
    return true;
  } catch {
    await element.setSinkId("").catch(() => undefined);
    return false;
  }
}
