/**
 * What a Komp shows when nothing happens: the time and the day, large; dark at night, so that nobody's sleep is lit.
 */

import { element, say } from "../family/dom.js";

/** From this hour of the evening until that of the morning. */
const NIGHT = [21, 7];

/** The idle screen's clock. */
export class Clock {
  #time = element("time", HTMLElement);
  #date = element("date", HTMLElement);
  #timeOf;
  #dateOf;

  /** @param {string} locale */
  constructor(locale) {
    this.#timeOf = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.#dateOf = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
    this.show();
    setInterval(() => this.show(), 1_000);
  }

  /** @param {Date} [now] */
  show(now = new Date()) {
    say(this.#time, this.#timeOf.format(now).replace(".", ":"));
    say(this.#date, this.#dateOf.format(now));
    document.documentElement.dataset.hours = isNight(now) ? "night" : "day";
  }
}

/** @param {Date} now */
export function isNight(now) {
  const [evening, morning] = NIGHT;
  return now.getHours() >= evening || now.getHours() < morning;
}
