/**
 * What this machine says of itself: its battery, where the browser tells. How strong a network is no browser tells, so nothing is said of that.
 */

/** @type {any} */
let battery = null;
void /** @type {any} */ (navigator).getBattery?.().then(
  (/** @type {any} */ found) => (battery = found),
  () => undefined,
);

/** @returns {{batteryPercent: number | null}} */
export function hardware() {
  return { batteryPercent: battery ? Math.round(battery.level * 100) : null };
}
