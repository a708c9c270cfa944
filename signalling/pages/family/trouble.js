/** Why there is no picture or no sound of one's own, as few kinds as there are different things to do about them. */

/**
 * `denied`: the browser, or its user, said no. `busy`: another program holds it. `none`: there is none. `insecure`: the page's address. `other`: none of these.
 * @typedef {"denied" | "busy" | "none" | "insecure" | "other"} Trouble
 */

/** @type {Readonly<Record<string, Trouble>>} */
const NAMES = Object.freeze({
  NotAllowedError: "denied",
  NotReadableError: "busy",
  AbortError: "busy",
  NotFoundError: "none",
  OverconstrainedError: "none",
  SecurityError: "insecure",
});

/**
 * @param {unknown} problem what `getUserMedia` threw
 * @returns {Trouble}
 */
export function troubleOf(problem) {
  return (problem instanceof DOMException && NAMES[problem.name]) || "other";
}

/**
 * Whether the browser would refuse it now: a permission that was taken back ends a track without a word of why.
 * @param {"camera" | "microphone"} kind
 */
export async function isDenied(kind) {
  try {
    return (await navigator.permissions.query({ name: /** @type {PermissionName} */ (kind) })).state === "denied";
  } catch {
    return false; // this browser doesn't say
  }
}
