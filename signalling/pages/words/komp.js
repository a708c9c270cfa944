/**
 * Every word that a Komp's screen says, in English, Norwegian (bokmål) and Swedish. A fourth language is a fourth such object.
 *
 * Short words in large type: they are read at three metres, by somebody who has nothing to press.
 */

import { chosen } from "./language.js";

const en = {
  locale: "en-GB",
  starting: "One moment…",
  ready: "Your family can call you here",
  offline: "No connection to the network just now. Trying again…",
  /** @param {string} name */
  from: (name) => `From ${name}`,
  silent: "This screen can’t ring aloud: its browser was started without the sound setting.",
  somebody: "Somebody",
  calls: "is calling you",
  /** @param {number} seconds */
  countdown: (seconds) => (seconds === 1 ? "The picture comes in 1 second" : `The picture comes in ${seconds} seconds`),
  turnToAnswer: "Turn the knob one step to answer",
  whyIntroduced: "Nobody in the family has confirmed this phone yet. So nothing opens by itself.",
  whyChanged: "This caller has a new phone that nobody has confirmed. So nothing opens by itself.",
  whyUnlisted: "This phone isn’t on its owner’s list of phones. So nothing opens by itself.",
  whyLists: "Two lists of this caller’s phones were shown. So nothing opens by itself.",
  whyOld: "This phone hasn’t been heard of for a long time. So nothing opens by itself.",
  falseProfile: "The name sent with this call didn’t fit. This is the name that your Komp knows.",
  refuseHint: "To refuse, turn the knob off",
  answering: "Here comes the picture…",
  lost: "The network is weak. Waiting for the picture…",
  /** @param {string} name */
  theirs: (name) => ({ camera: `${name}’s camera is off`, microphone: `${name}’s microphone is off`, both: `${name}’s camera and microphone are off` }),
  volume: "Volume",
  off: "Turned off",
  offHint: "Turn the knob to turn it on",
  over: "The call is over",
  ended: /** @type {Record<string, string>} */ ({
    lost_network: "The network was lost",
    ice_failed: "No way was found for picture and sound",
    peer_not_verified: "Stopped: it wasn’t certain who called",
    cancelled: "They stopped ringing",
    no_answer: "The ringing has stopped",
    admin_forced: "The call was stopped",
  }),
  pairHeading: "Let somebody call you",
  pairSquare: "A square for their phone’s camera",
  pairSteps: ["Point the camera of their phone at this square.", "Turn the knob one step when this screen asks for it."],
  pairAsk: "Turn the knob one step to let them in",
  pairAskWhy: "Somebody has just read the square on this screen. Do it only if they stand here with you.",
  /** @param {string} name */
  pairDone: (name) => `${name} can call you now`,
  pairFailed: "Nobody new was let in",
  pairSomebodyElse: "Somebody else answered. Nobody was let in. Here is a new square.",
  enrolling: "Setting up this Komp…",
  notices: /** @type {Record<string, {heading: string, text: string}>} */ ({
    unenrolled: { heading: "This Komp isn’t set up yet", text: "Open the address with the set-up code that you got, once, on this screen." },
    not_authenticated: { heading: "The set-up code doesn’t work", text: "It was used already, or is too old. Ask for a new one." },
    unreachable: { heading: "No connection", text: "The Komp couldn’t reach its coordinator. Check the network, and start again." },
    unkept: { heading: "This screen keeps nothing", text: "Start the browser in an ordinary window, not a private one." },
    refused: { heading: "This Komp isn’t known here any more", text: "It was reset or replaced. Whoever looks after it can set it up again." },
    superseded: { heading: "This Komp is open in another window", text: "Only one screen can be this Komp. Close the other, or start this one again." },
    damaged: { heading: "That address doesn’t work", text: "Something is missing from it. Copy the whole address." },
  }),
};

/** @typedef {typeof en} KompWords */

/** @type {KompWords} */
const nb = {
  locale: "nb-NO",
  starting: "Et øyeblikk…",
  ready: "Familien kan ringe deg her",
  offline: "Ingen kontakt med nettet akkurat nå. Prøver igjen…",
  from: (name) => `Fra ${name}`,
  silent: "Denne skjermen kan ikke ringe høyt: nettleseren ble startet uten lydinnstillingen.",
  somebody: "Noen",
  calls: "ringer deg",
  countdown: (seconds) => (seconds === 1 ? "Bildet kommer om 1 sekund" : `Bildet kommer om ${seconds} sekunder`),
  turnToAnswer: "Vri knappen ett hakk for å svare",
  whyIntroduced: "Ingen i familien har bekreftet denne telefonen ennå. Derfor åpnes ingenting av seg selv.",
  whyChanged: "Den som ringer har en ny telefon som ingen har bekreftet. Derfor åpnes ingenting av seg selv.",
  whyUnlisted: "Denne telefonen står ikke på eierens liste over telefoner. Derfor åpnes ingenting av seg selv.",
  whyLists: "To lister over telefonene til den som ringer, ble vist. Derfor åpnes ingenting av seg selv.",
  whyOld: "Denne telefonen har ikke vært i bruk på lenge. Derfor åpnes ingenting av seg selv.",
  falseProfile: "Navnet som fulgte med, stemte ikke. Dette er navnet som Kompen kjenner.",
  refuseHint: "Skru av med knappen hvis du ikke vil",
  answering: "Her kommer bildet…",
  lost: "Nettet er svakt. Venter på bildet…",
  theirs: (name) => ({ camera: `Kameraet til ${name} er av`, microphone: `Mikrofonen til ${name} er av`, both: `Kameraet og mikrofonen til ${name} er av` }),
  volume: "Lyd",
  off: "Avslått",
  offHint: "Vri på knappen for å slå på",
  over: "Samtalen er slutt",
  ended: {
    lost_network: "Nettet ble borte",
    ice_failed: "Fant ingen vei for bilde og lyd",
    peer_not_verified: "Stoppet: det var ikke sikkert hvem som ringte",
    cancelled: "De sluttet å ringe",
    no_answer: "Det ringer ikke lenger",
    admin_forced: "Samtalen ble stoppet",
  },
  pairHeading: "La noen ringe deg",
  pairSquare: "En firkant for kameraet på telefonen deres",
  pairSteps: ["Rett kameraet på telefonen deres mot denne firkanten.", "Vri knappen ett hakk når skjermen ber om det."],
  pairAsk: "Vri knappen ett hakk for å slippe dem inn",
  pairAskWhy: "Noen har nettopp lest firkanten på skjermen. Gjør det bare hvis de står her hos deg.",
  pairDone: (name) => `${name} kan ringe deg nå`,
  pairFailed: "Ingen ny ble sluppet inn",
  pairSomebodyElse: "Noen andre svarte. Ingen ble sluppet inn. Her er en ny firkant.",
  enrolling: "Gjør Kompen klar…",
  notices: {
    unenrolled: { heading: "Kompen er ikke satt opp ennå", text: "Åpne adressen med oppsettkoden du fikk, én gang, på denne skjermen." },
    not_authenticated: { heading: "Oppsettkoden virker ikke", text: "Den er brukt, eller for gammel. Be om en ny." },
    unreachable: { heading: "Ingen kontakt", text: "Kompen nådde ikke sentralen. Sjekk nettet og start på nytt." },
    unkept: { heading: "Skjermen husker ingenting", text: "Start nettleseren i et vanlig vindu, ikke et privat." },
    refused: { heading: "Kompen er ikke kjent her lenger", text: "Den er nullstilt eller byttet ut. Den som tar seg av den, kan sette den opp igjen." },
    superseded: { heading: "Kompen er åpen i et annet vindu", text: "Bare én skjerm kan være denne Kompen. Lukk den andre, eller start denne på nytt." },
    damaged: { heading: "Adressen virker ikke", text: "Noe mangler. Kopier hele adressen." },
  },
};

/** @type {KompWords} */
const sv = {
  locale: "sv-SE",
  starting: "Ett ögonblick…",
  ready: "Familjen kan ringa dig här",
  offline: "Ingen kontakt med nätet just nu. Försöker igen…",
  from: (name) => `Från ${name}`,
  silent: "Skärmen kan inte ringa högt: webbläsaren startades utan ljudinställningen.",
  somebody: "Någon",
  calls: "ringer dig",
  countdown: (seconds) => (seconds === 1 ? "Bilden kommer om 1 sekund" : `Bilden kommer om ${seconds} sekunder`),
  turnToAnswer: "Vrid vredet ett steg för att svara",
  whyIntroduced: "Ingen i familjen har bekräftat den här telefonen än. Därför öppnas inget av sig självt.",
  whyChanged: "Den som ringer har en ny telefon som ingen har bekräftat. Därför öppnas inget av sig självt.",
  whyUnlisted: "Den här telefonen står inte på ägarens lista över telefoner. Därför öppnas inget av sig självt.",
  whyLists: "Två listor över telefoner hos den som ringer visades. Därför öppnas inget av sig självt.",
  whyOld: "Den här telefonen har inte hörts av på länge. Därför öppnas inget av sig självt.",
  falseProfile: "Namnet som följde med stämde inte. Det här är namnet som din Komp känner.",
  refuseHint: "Stäng av med vredet om du inte vill",
  answering: "Här kommer bilden…",
  lost: "Nätet är svagt. Väntar på bilden…",
  theirs: (name) => ({ camera: `${name} har kameran avstängd`, microphone: `${name} har mikrofonen avstängd`, both: `${name} har kamera och mikrofon avstängda` }),
  volume: "Ljud",
  off: "Avstängd",
  offHint: "Vrid på vredet för att slå på",
  over: "Samtalet är slut",
  ended: {
    lost_network: "Nätet försvann",
    ice_failed: "Ingen väg hittades för bild och ljud",
    peer_not_verified: "Stoppat: det var inte säkert vem som ringde",
    cancelled: "De slutade ringa",
    no_answer: "Det har slutat ringa",
    admin_forced: "Samtalet stoppades",
  },
  pairHeading: "Låt någon ringa dig",
  pairSquare: "En ruta för kameran på deras telefon",
  pairSteps: ["Rikta deras telefons kamera mot rutan.", "Vrid vredet ett steg när skärmen ber om det."],
  pairAsk: "Vrid vredet ett steg för att släppa in dem",
  pairAskWhy: "Någon har just läst av rutan på skärmen. Gör det bara om de står här hos dig.",
  pairDone: (name) => `${name} kan ringa dig nu`,
  pairFailed: "Ingen ny släpptes in",
  pairSomebodyElse: "Någon annan svarade. Ingen släpptes in. Här är en ny ruta.",
  enrolling: "Gör i ordning den här Kompen…",
  notices: {
    unenrolled: { heading: "Den här Kompen är inte klar än", text: "Öppna adressen med koden som du fick, en gång, på den här skärmen." },
    not_authenticated: { heading: "Koden fungerar inte", text: "Den är redan använd, eller för gammal. Be om en ny." },
    unreachable: { heading: "Ingen kontakt", text: "Kompen nådde inte samordnaren. Se över nätet och starta om." },
    unkept: { heading: "Skärmen minns ingenting", text: "Starta webbläsaren i ett vanligt fönster, inte ett privat." },
    refused: { heading: "Kompen är inte känd här längre", text: "Den är nollställd eller utbytt. Den som sköter den kan göra i ordning den igen." },
    superseded: { heading: "Kompen är öppen i ett annat fönster", text: "Bara en skärm kan vara den här Kompen. Stäng den andra, eller starta om den här." },
    damaged: { heading: "Adressen fungerar inte", text: "Något saknas. Kopiera hela adressen." },
  },
};

const CATALOGUES = { en, nb, sv };

/**
 * The words of the language that is chosen.
 * @param {string | null} asked
 * @param {readonly string[]} preferred
 * @returns {{language: "en" | "nb" | "sv", words: KompWords}}
 */
export function kompWords(asked, preferred) {
  const language = chosen(asked, preferred);
  return { language, words: CATALOGUES[language] };
}
