/** Whether this browser keeps its keys for good, or may clear them when its disk fills up. Asked once there is something to keep. */

/**
 * Ask the browser to keep what this page keeps. It may say no, and that is its user's to know.
 * @returns {Promise<boolean | null>} null where it doesn't tell
 */
export async function askToLast() {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return null; // an older browser, or a page that isn't secure
  }
}
