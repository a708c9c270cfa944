/** Invitations that wait to be used, as a list: what they are for, until when, and taking them back. Whom they went to isn't known. */

import { buttonOf, built, fill } from "../dom.js";
import { dayWords, roleWords, words } from "./words.js";

/** @typedef {{invitation: string, role: import("../../sdk/account.js").Role, video_only: boolean, expires_at: number}} Open */

/**
 * @param {HTMLUListElement} list
 * @param {readonly Open[]} open
 * @param {(invitation: string) => void} withdraw
 */
export function showInvitations(list, open, withdraw) {
  const item = (/** @type {Open} */ one) => {
    const what = built("p", "", built("strong", "", roleWords(one)), built("br", ""), words("open.until", { until: dayWords(one.expires_at) }));
    return built("li", "row", what, buttonOf("small", words("open.withdraw"), () => withdraw(one.invitation)));
  };
  fill(list, open, () => open.map(item));
}
