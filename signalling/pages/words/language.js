/** Which of the languages that a page has it speaks: the one in its address, else the first of the browser's own that it has, else English. */

/** Languages that pages have. Bokmål is what Chromium and Norwegians call `nb` or `no`; readers of nynorsk and Danish read it too. */
export const LANGUAGES = Object.freeze(["en", "nb", "sv"]);
const NEAR = /^(no|nn|da)$/;

/**
 * @param {string | null} asked what the address says
 * @param {readonly string[]} preferred what was chosen here, then the browser's own, the first first
 * @returns {"en" | "nb" | "sv"}
 */
export function chosen(asked, preferred) {
  for (const one of [asked ?? "", ...preferred]) {
    const short = one.toLowerCase().split("-")[0].replace(NEAR, "nb");
    if (LANGUAGES.includes(short)) return /** @type {"en" | "nb" | "sv"} */ (short);
  }
  return "en";
}
