/** What the family app says while camera, microphone and speaker are tried. */

import { catalogue } from "../../words/spoken.js";

const EN = Object.freeze({
  "check.open": "Try camera and microphone",
  "check.offer": "Before your first call: see that they see and hear you.",
  "check.heading": "Try camera and microphone",
  "check.text": "Nobody sees or hears this but you. Nothing is sent, and nothing is kept but which devices you choose.",
  "check.starting": "Your browser asks now whether this page may use them. Answer yes.",
  "check.picture": "This is what they will see.",
  "check.speak": "Say something: the bar should move.",
  "check.heard": "Your microphone hears you.",
  "check.level": "How loud the microphone hears you",
  "check.tone": "Play a tone",
  "check.tone_text": "Do you hear two soft notes? If not, turn up the sound, or choose another speaker.",
  "check.again": "Try again",
  "check.done": "Done",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const SV = Object.freeze({
  "check.open": "Prova kamera och mikrofon",
  "check.offer": "Före ditt första samtal: se att de ser och hör dig.",
  "check.heading": "Prova kamera och mikrofon",
  "check.text": "Ingen ser eller hör det här utom du. Ingenting skickas, och ingenting sparas utom vilka enheter du väljer.",
  "check.starting": "Webbläsaren frågar nu om sidan får använda dem. Svara ja.",
  "check.picture": "Så här ser de dig.",
  "check.speak": "Säg något: stapeln ska röra sig.",
  "check.heard": "Mikrofonen hör dig.",
  "check.level": "Hur starkt mikrofonen hör dig",
  "check.tone": "Spela en ton",
  "check.tone_text": "Hör du två mjuka toner? Om inte, höj ljudet, eller välj en annan högtalare.",
  "check.again": "Försök igen",
  "check.done": "Klar",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const NB = Object.freeze({
  "check.open": "Prøv kamera og mikrofon",
  "check.offer": "Før din første samtale: se at de ser og hører deg.",
  "check.heading": "Prøv kamera og mikrofon",
  "check.text": "Ingen ser eller hører dette utenom deg. Ingenting sendes, og ingenting huskes utenom hvilke enheter du velger.",
  "check.starting": "Nettleseren spør nå om siden får bruke dem. Svar ja.",
  "check.picture": "Slik ser de deg.",
  "check.speak": "Si noe: søylen skal bevege seg.",
  "check.heard": "Mikrofonen hører deg.",
  "check.level": "Hvor sterkt mikrofonen hører deg",
  "check.tone": "Spill en tone",
  "check.tone_text": "Hører du to myke toner? Hvis ikke, skru opp lyden, eller velg en annen høyttaler.",
  "check.again": "Prøv igjen",
  "check.done": "Ferdig",
});

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
export const CHECK = catalogue(CATALOGUES);
export const { words } = CHECK;
