/** The invitation in an address's fragment: what an SMS brings, or a link from somebody's own phone. */

/** As somebody typed it: case and hyphens are free. */
const CODE = /^[A-Za-z0-9-]{6,64}$/;

/**
 * The invitation's code, or null where the fragment holds none that could be one.
 * @param {string} fragment with or without `#`
 */
export function invitationFrom(fragment) {
  const code = new URLSearchParams(fragment.replace(/^#/, "")).get("invitation");
  return code !== null && CODE.test(code) ? code : null;
}

/**
 * The address that an invitation goes by. With a pairing's fragment it carries a secret too, and must go by one's own means.
 * @param {string} origin
 * @param {string} code
 * @param {string} [pairing] `#pair=…`
 */
export function invitationAddress(origin, code, pairing = "") {
  return `${origin}/family#invitation=${code}${pairing.replace(/^#/, "&")}`;
}
