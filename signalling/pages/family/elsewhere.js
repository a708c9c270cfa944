/** What a tab says while another one has the page: go on there, or use it here. */

import { showNoticeOf } from "./views.js";
import { words } from "./words/ringing.js";

/**
 * Resolves once this tab has the place, at once where no other has it.
 * @param {import("./one-tab.js").OneTab} tab
 * @returns {Promise<void>}
 */
export async function untilMine(tab) {
  if (await tab.isFree()) return;
  await new Promise((resolve) => {
    /** @param {"tab.text" | "tab.asking" | "tab.call"} text */
    const show = (text) => showNoticeOf(() => ({ heading: words("tab.heading"), text: words(text), button: words("tab.button") }), () => void take());
    const take = async () => {
      show("tab.asking");
      if (await tab.takeOver()) resolve(undefined);
      else show("tab.call");
    };
    show("tab.text");
  });
}

/** Another tab took over. */
export function showHandedOver() {
  showNoticeOf(() => ({ heading: words("tab.handed"), text: words("tab.handed_text"), button: words("tab.button") }), () => location.reload());
}
