/** Which of the languages that a page has it speaks: the one in its address, else the first of the browser's own that it has, else English. */

/** Languages that pages have. Bokmål is what Chromium and Norwegians call `nb` or `no`. */
export const LANGUAGES = Object.freeze(["en", "nb", "sv"]);

/**
 * @param {string | null} asked what the address says
 * @param {readonly string[]} preferred the browser's own, the first first
 * @returns {"en" | "nb" | "sv"}
 */
export function chosen(asked, preferred) {
  for (const one of [asked ?? "", ...preferred]) {
    const short = one.toLowerCase().split("-")[0].replace(/^(no|nn)$/, "nb");
    if (LANGUAGES.includes(short)) return /** @type {"en" | "nb" | "sv"} */ (short);
  }
  return "en";
}
