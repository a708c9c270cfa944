/** One's own phones and browsers, as a list: which is this one, which stand on one's own list of them, and signing a lost one out. An endpoint has no name here, so each shows the mark that its own page shows too. */

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
 * @param {{signOut: (endpoint: string) => void, ownList: import("./own-list.js").OwnList}} told
 */
export function showDevices(list, endpoints, own, { signOut, ownList }) {
  const item = (/** @type {string} */ endpoint) => {
    const mark = built("span", "mark", markOf(endpoint));
    const isOwn = endpoint === own;
    const { state, button } = ownList.standing(endpoint);
    const what = built("p", "", built("strong", "", words(isOwn ? "devices.this" : "devices.other")), built("br", ""), words("devices.mark"), " ", mark);
    if (state !== "" && endpoints.length > 1) what.append(built("br", ""), state);
    const lost = isOwn ? [] : [buttonOf("small danger", words("devices.lost"), () => signOut(endpoint))];
    return built("li", "row", what, ...(button ? [button] : []), ...lost);
  };
  const others = endpoints.filter((one) => one !== own);
  fill(list, [own, others, ownList.told], () => [own, ...others].map(item));
}
