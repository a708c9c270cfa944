/** Telephone numbers as people write them, and as the coordinator wants them (E.164). Nothing is kept. */

/** The country that a number without one is of, by the language that is spoken. English is spoken in too many. */
const COUNTRIES = Object.freeze({ sv: "46", nb: "47", en: null });
const E164 = /^\+[1-9][0-9]{6,14}$/;

/**
 * The number with its country, or null where it is none.
 * @param {string} written
 * @param {import("../../words/spoken.js").Language} language
 * @returns {string | null}
 */
export function numberFrom(written, language) {
  const bare = written.replace(/[\s().\-\u2010-\u2013\u00a0/]/g, "").replace(/^00/, "+");
  const country = COUNTRIES[language];
  const whole = bare.startsWith("+") || country === null ? bare : `+${country}${bare.replace(/^0/, "")}`;
  return E164.test(whole) ? whole : null;
}
