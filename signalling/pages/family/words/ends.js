/** What the family app says of how a call went: each step of one that came in, why one ended, and what can be done about it. */

import { catalogue } from "../../words/spoken.js";

const EN = Object.freeze({
  "step.invited": "The ring arrived",
  "step.ringing": "It rings here",
  "step.joined": "The two ends have found each other",
  "step.accepted": "You answered: sound and picture start",

  "ended.taken": "Answered on another of your devices.",
  "ended.cancelled": "They stopped ringing.",
  "ended.no_answer": "You didn’t answer.",
  "ended.declined": "You declined.",
  "ended.unreachable": "The caller was gone before it rang.",
  "ended.replaced": "They began another call.",
  "ended.lost_network": "The network was lost.",
  "ended.no_devices": "There was no camera or microphone to call with.",

  "todo.person.no_answer": "They see in their app that you called. Try again later.",
  "todo.person.busy": "They see in their app that you called.",
  "todo.person.unreachable": "Their page is closed, or has no network. They see that you called when they open it.",
  "todo.unreachable": "It isn’t connected. See there whether it is turned on and has a network.",
  "todo.knob_off": "Somebody there can turn the knob on again.",
  "todo.ice_failed": "Try another network, such as the phone’s own. At a school or a workplace, its IT department gets the list of what to allow from whoever runs this service.",
  "todo.lost_network": "Look at the network of both ends, then call again.",
  "todo.no_camera": "Allow them beside the address, or in the browser’s settings, and call again. Back among the people, “Try camera and microphone” shows whether they work.",
  "todo.no_devices": "Plug in a camera or a microphone, or use a phone or a tablet, and call again.",
  "todo.devices_busy": "Another program uses them. Close it, and call again.",
  "todo.peer_not_verified": "Pair the two again before you call.",
  "todo.stale_key": "See that the other end is connected, and pair the two again.",
  "todo.too_many": "Wait a minute before you call again.",
  "todo.unavailable": "Wait a minute before you call again.",
  "todo.device_suspended": "Ask whoever looks after the Komp.",
  "todo.suspended": "Ask whoever looks after the Komp.",
  "todo.not_found": "You may have been removed, or may call the Komp only. Ask an administrator of the Komp.",
  "todo.heading": "What you can do",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const SV = Object.freeze({
  "step.invited": "Ringningen kom fram",
  "step.ringing": "Det ringer här",
  "step.joined": "De två ändarna har hittat varandra",
  "step.accepted": "Du svarade: ljud och bild börjar",

  "ended.taken": "Besvarat på en annan av dina enheter.",
  "ended.cancelled": "De slutade ringa.",
  "ended.no_answer": "Du svarade inte.",
  "ended.declined": "Du avvisade samtalet.",
  "ended.unreachable": "Uppringaren var borta innan det ringde.",
  "ended.replaced": "De började ett annat samtal.",
  "ended.lost_network": "Nätet försvann.",
  "ended.no_devices": "Det fanns ingen kamera eller mikrofon att ringa med.",

  "todo.person.no_answer": "De ser i sin app att du ringde. Försök igen senare.",
  "todo.person.busy": "De ser i sin app att du ringde.",
  "todo.person.unreachable": "Deras sida är stängd, eller utan nät. De ser att du ringde när de öppnar den.",
  "todo.unreachable": "Den är inte ansluten. Se efter där om den är på och har nät.",
  "todo.knob_off": "Någon där kan slå på den igen med vredet.",
  "todo.ice_failed": "Prova ett annat nät, till exempel telefonens eget. På en skola eller arbetsplats får it-avdelningen listan över vad som ska tillåtas av den som driver tjänsten.",
  "todo.lost_network": "Se över nätet i båda ändar, och ring igen.",
  "todo.no_camera": "Tillåt dem vid adressen, eller i webbläsarens inställningar, och ring igen. Tillbaka bland kontakterna visar ”Prova kamera och mikrofon” om de fungerar.",
  "todo.no_devices": "Koppla in en kamera eller mikrofon, eller använd en telefon eller surfplatta, och ring igen.",
  "todo.devices_busy": "Ett annat program använder dem. Stäng det, och ring igen.",
  "todo.peer_not_verified": "Para ihop er igen innan du ringer.",
  "todo.stale_key": "Se till att den andra änden är ansluten, och para ihop er igen.",
  "todo.too_many": "Vänta en minut innan du ringer igen.",
  "todo.unavailable": "Vänta en minut innan du ringer igen.",
  "todo.device_suspended": "Fråga den som sköter Kompen.",
  "todo.suspended": "Fråga den som sköter Kompen.",
  "todo.not_found": "Du kan ha tagits bort, eller får bara ringa Kompen. Fråga en administratör för Kompen.",
  "todo.heading": "Vad du kan göra",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const NB = Object.freeze({
  "step.invited": "Anropet kom fram",
  "step.ringing": "Det ringer her",
  "step.joined": "De to endene har funnet hverandre",
  "step.accepted": "Du svarte: lyd og bilde begynner",

  "ended.taken": "Besvart på en annen av enhetene dine.",
  "ended.cancelled": "De sluttet å ringe.",
  "ended.no_answer": "Du svarte ikke.",
  "ended.declined": "Du avviste anropet.",
  "ended.unreachable": "Den som ringte, var borte før det ringte.",
  "ended.replaced": "De begynte en annen samtale.",
  "ended.lost_network": "Nettet forsvant.",
  "ended.no_devices": "Det var ikke noe kamera eller noen mikrofon å ringe med.",

  "todo.person.no_answer": "De ser i appen sin at du ringte. Prøv igjen senere.",
  "todo.person.busy": "De ser i appen sin at du ringte.",
  "todo.person.unreachable": "Siden deres er lukket, eller uten nett. De ser at du ringte når de åpner den.",
  "todo.unreachable": "Den er ikke tilkoblet. Se etter der om den er på og har nett.",
  "todo.knob_off": "Noen der kan slå den på igjen med knappen.",
  "todo.ice_failed": "Prøv et annet nett, for eksempel telefonens eget. På en skole eller arbeidsplass får IT-avdelingen listen over hva som må tillates av den som driver tjenesten.",
  "todo.lost_network": "Sjekk nettet i begge ender, og ring igjen.",
  "todo.no_camera": "Tillat dem ved adressen, eller i nettleserens innstillinger, og ring igjen. Tilbake blant kontaktene viser «Prøv kamera og mikrofon» om de virker.",
  "todo.no_devices": "Koble til et kamera eller en mikrofon, eller bruk en telefon eller et nettbrett, og ring igjen.",
  "todo.devices_busy": "Et annet program bruker dem. Lukk det, og ring igjen.",
  "todo.peer_not_verified": "Koble dere sammen på nytt før du ringer.",
  "todo.stale_key": "Se til at den andre enden er tilkoblet, og koble dere sammen på nytt.",
  "todo.too_many": "Vent et minutt før du ringer igjen.",
  "todo.unavailable": "Vent et minutt før du ringer igjen.",
  "todo.device_suspended": "Spør den som tar seg av Kompen.",
  "todo.suspended": "Spør den som tar seg av Kompen.",
  "todo.not_found": "Du kan ha blitt fjernet, eller får bare ringe til Kompen. Spør en administrator for Kompen.",
  "todo.heading": "Hva du kan gjøre",
});

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
export const ENDS = catalogue(CATALOGUES);
export const { words, wordsOr, has } = ENDS;
