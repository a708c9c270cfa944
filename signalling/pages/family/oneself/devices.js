/** One's own phones and browsers, as a list: which is this one, and signing a lost one out. An endpoint has no name here, so each shows the mark that its own page shows too. */

import { buttonOf, built, fill } from "../dom.js";
import { words } from "./words.js";

const MARK_CHARACTERS = 6;

/** @param {string} endpoint */
export function markOf(endpoint) {
  return endpoint.slice(0, MARK_CHARACTERS);
}

/**
 * @param {HTMLUListElement} list
 * @param {readonly string[]} endpoints
 * @param {string} own
 * @param {(endpoint: string) => void} signOut
 */
export function showDevices(list, endpoints, own, signOut) {
  const item = (/** @type {string} */ endpoint) => {
    const mark = built("span", "mark", markOf(endpoint));
    const isOwn = endpoint === own;
    const what = built("p", "", built("strong", "", words(isOwn ? "devices.this" : "devices.other")), built("br", ""), words("devices.mark"), " ", mark);
    return built("li", "row", what, ...(isOwn ? [] : [buttonOf("small danger", words("devices.lost"), () => signOut(endpoint))]));
  };
  const others = endpoints.filter((one) => one !== own);
  fill(list, [own, others], () => [own, ...others].map(item));
}
