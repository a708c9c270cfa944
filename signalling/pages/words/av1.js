/**
 * Every word that a robot's screen says, in English, Norwegian (bokmål) and Swedish. A fourth language is a fourth such object.
 *
 * They are read by a teacher in passing, and by whoever holds a code before the camera. They never say who the student is: the robot doesn't know.
 */

import { chosen } from "./language.js";

/** @typedef {import("../sdk/control/words.js").Robot} Robot */

const en = {
  starting: "One moment…",
  enrolling: "Setting up this robot…",
  buttons: "On the robot’s back",
  viewfinder: "What the camera sees. Nobody else sees it.",
  turnOff: "Turn off",
  turnOn: "Turn on",
  readCode: "Read a code",
  stopReading: "Stop reading",
  idle: { heading: "Nobody is here", text: "The robot waits for its student. Nobody sees or hears the classroom." },
  unlinked: { heading: "This robot knows no student yet", text: "Press “Read a code”, and hold the code of the student’s page before the camera." },
  offline: "No connection to the network just now. Trying again…",
  coming: { heading: "A student is coming in", text: "The head is up and the eyes are lit before anybody sees or hears the classroom." },
  here: { heading: "A student is here", text: "The classroom is seen and heard as long as the eyes are lit." },
  hand: { heading: "The student raises a hand", text: "The white light is their hand." },
  passive: { heading: "The student just listens", text: "The blue light says: please don’t ask me now." },
  weak: { heading: "Reconnecting…", text: "Nothing has come of the student for some seconds." },
  lost: { heading: "The student is lost", text: "The eyes are dark: nobody sees or hears the classroom. They light again when the student is back." },
  over: "The student has left",
  ended: /** @type {Record<string, string>} */ ({
    lost_network: "The network was lost.",
    ice_failed: "No way was found for picture and sound.",
    peer_not_verified: "Stopped: it wasn’t certain who came.",
    declined: "Stopped: the app offered a picture, and a robot takes none.",
    cancelled: "They changed their mind.",
    no_answer: "The visit didn’t begin.",
    admin_forced: "The visit was stopped.",
    erased: "The robot has a new keyword: the app that was here is cut off.",
    suspended: "This robot takes no visits now.",
  }),
  off: { heading: "Turned off", text: "Nobody can come in." },
  blocked: {
    heading: "Blocked",
    text: "A screenshot or a recording was tried through this robot. Nobody can come in until somebody authorised has unblocked it.",
  },
  reading: /** @type {Record<string, string>} */ ({
    looking: "Hold the code before the camera",
    meeting: "A code! Looking for its student…",
    met: "The robot knows its student now",
    failed: "That didn’t work",
    blind: "There is no camera",
  }),
  readingHow: "It is on the student’s page, or on the paper that was printed from it. The student keeps that page open.",
  failures: /** @type {Record<string, string>} */ ({
    no_code: "That isn’t a student’s code.",
    stopped: "The student’s page didn’t answer. Is it open? The code may also be an old one.",
    nobody_came: "The student’s page didn’t answer. Is it open?",
    somebody_else: "Somebody else answered to that code. Nothing was kept: the student shows a new one.",
    declined: "The student’s page belongs to another robot.",
    not_kept: "This browser keeps nothing. Start it in an ordinary window.",
    other: "Show the code once more, or a new one.",
  }),
  /** @param {Robot} robot */
  drawn: ({ lit, pan, tilt, hand, passive, mute, eyes }) => {
    if (!lit) return "A robot. Its eyes are dark and its head hangs.";
    const side = pan > 5 ? "to its right" : pan < -5 ? "to its left" : "ahead";
    const height = tilt > 5 ? ", upwards" : tilt < -5 ? ", downwards" : "";
    const light = hand ? " A white light: a raised hand." : passive ? " A blue light: just listening." : "";
    const mood = { neutral: "", happy: " and happy", sad: " and sad", confused: " and confused" }[eyes];
    return `A robot. Its eyes are lit${mood}. It looks ${side}${height}.${light}${mute ? " Its student is muted." : ""}`;
  },
  notices: /** @type {Record<string, {heading: string, text: string}>} */ ({
    unenrolled: { heading: "This robot isn’t set up yet", text: "Open the address with the set-up code that you got, once, on this screen." },
    not_authenticated: { heading: "The set-up code doesn’t work", text: "It was used already, or is too old. Ask for a new one." },
    unreachable: { heading: "No connection", text: "The robot couldn’t reach its coordinator. Check the network, and start again." },
    unkept: { heading: "This screen keeps nothing", text: "Start the browser in an ordinary window, not a private one." },
    refused: { heading: "This robot isn’t known here any more", text: "It was reset or replaced. Whoever looks after it can set it up again." },
    superseded: { heading: "This robot is open in another window", text: "Only one screen can be this robot. Close the other, or start this one again." },
    damaged: { heading: "That address doesn’t work", text: "Something is missing from it. Copy the whole address." },
  }),
};

/** @typedef {typeof en} Av1Words */

/** @type {Av1Words} */
const nb = {
  starting: "Et øyeblikk…",
  enrolling: "Gjør roboten klar…",
  buttons: "På ryggen til roboten",
  viewfinder: "Det kameraet ser. Ingen andre ser det.",
  turnOff: "Slå av",
  turnOn: "Slå på",
  readCode: "Les en kode",
  stopReading: "Slutt å lese",
  idle: { heading: "Ingen er her", text: "Roboten venter på eleven sin. Ingen ser eller hører klasserommet." },
  unlinked: { heading: "Roboten kjenner ingen elev ennå", text: "Trykk «Les en kode», og hold koden fra elevens side foran kameraet." },
  offline: "Ingen kontakt med nettet akkurat nå. Prøver igjen…",
  coming: { heading: "En elev kommer inn", text: "Hodet er oppe og øynene lyser før noen ser eller hører klasserommet." },
  here: { heading: "En elev er her", text: "Klasserommet blir sett og hørt så lenge øynene lyser." },
  hand: { heading: "Eleven rekker opp hånden", text: "Det hvite lyset er hånden." },
  passive: { heading: "Eleven bare lytter", text: "Det blå lyset sier: ikke spør meg nå." },
  weak: { heading: "Kobler til igjen…", text: "Det har ikke kommet noe fra eleven på noen sekunder." },
  lost: { heading: "Eleven er borte", text: "Øynene er mørke: ingen ser eller hører klasserommet. De lyser igjen når eleven er tilbake." },
  over: "Eleven har gått",
  ended: {
    lost_network: "Nettet ble borte.",
    ice_failed: "Fant ingen vei for bilde og lyd.",
    peer_not_verified: "Stoppet: det var ikke sikkert hvem som kom.",
    declined: "Stoppet: appen ville sende bilde, og en robot tar ikke imot bilde.",
    cancelled: "Eleven ombestemte seg.",
    no_answer: "Besøket begynte ikke.",
    admin_forced: "Besøket ble stoppet.",
    erased: "Roboten har fått et nytt nøkkelord: appen som var her, er koblet fra.",
    suspended: "Roboten tar ikke imot besøk nå.",
  },
  off: { heading: "Avslått", text: "Ingen kan komme inn." },
  blocked: {
    heading: "Sperret",
    text: "Noen prøvde å ta skjermbilde eller opptak gjennom roboten. Ingen kan komme inn før noen med rett til det har opphevet sperren.",
  },
  reading: {
    looking: "Hold koden foran kameraet",
    meeting: "En kode! Leter etter eleven…",
    met: "Roboten kjenner eleven sin nå",
    failed: "Det gikk ikke",
    blind: "Det finnes ikke noe kamera",
  },
  readingHow: "Den står på elevens side, eller på papiret som ble skrevet ut derfra. Eleven lar siden være åpen.",
  failures: {
    no_code: "Det er ikke koden til en elev.",
    stopped: "Elevens side svarte ikke. Er den åpen? Koden kan også være gammel.",
    nobody_came: "Elevens side svarte ikke. Er den åpen?",
    somebody_else: "Noen andre svarte på koden. Ingenting ble lagret: eleven viser en ny.",
    declined: "Elevens side hører til en annen robot.",
    not_kept: "Nettleseren husker ingenting. Start den i et vanlig vindu.",
    other: "Vis koden en gang til, eller en ny.",
  },
  drawn: ({ lit, pan, tilt, hand, passive, mute, eyes }) => {
    if (!lit) return "En robot. Øynene er mørke og hodet henger.";
    const side = pan > 5 ? "til sin høyre side" : pan < -5 ? "til sin venstre side" : "rett fram";
    const height = tilt > 5 ? ", oppover" : tilt < -5 ? ", nedover" : "";
    const light = hand ? " Et hvitt lys: en hånd i været." : passive ? " Et blått lys: bare lytter." : "";
    const mood = { neutral: "", happy: " og er glade", sad: " og er triste", confused: " og er forvirret" }[eyes];
    return `En robot. Øynene lyser${mood}. Den ser ${side}${height}.${light}${mute ? " Eleven har slått av mikrofonen." : ""}`;
  },
  notices: {
    unenrolled: { heading: "Roboten er ikke satt opp ennå", text: "Åpne adressen med oppsettkoden du fikk, én gang, på denne skjermen." },
    not_authenticated: { heading: "Oppsettkoden virker ikke", text: "Den er brukt, eller for gammel. Be om en ny." },
    unreachable: { heading: "Ingen kontakt", text: "Roboten nådde ikke sentralen. Sjekk nettet og start på nytt." },
    unkept: { heading: "Skjermen husker ingenting", text: "Start nettleseren i et vanlig vindu, ikke et privat." },
    refused: { heading: "Roboten er ikke kjent her lenger", text: "Den er nullstilt eller byttet ut. Den som tar seg av den, kan sette den opp igjen." },
    superseded: { heading: "Roboten er åpen i et annet vindu", text: "Bare én skjerm kan være denne roboten. Lukk den andre, eller start denne på nytt." },
    damaged: { heading: "Adressen virker ikke", text: "Noe mangler. Kopier hele adressen." },
  },
};

/** @type {Av1Words} */
const sv = {
  starting: "Ett ögonblick…",
  enrolling: "Gör i ordning roboten…",
  buttons: "På robotens rygg",
  viewfinder: "Det som kameran ser. Ingen annan ser det.",
  turnOff: "Stäng av",
  turnOn: "Slå på",
  readCode: "Läs en kod",
  stopReading: "Sluta läsa",
  idle: { heading: "Ingen är här", text: "Roboten väntar på sin elev. Ingen ser eller hör klassrummet." },
  unlinked: { heading: "Roboten känner ingen elev än", text: "Tryck på ”Läs en kod” och håll koden från elevens sida framför kameran." },
  offline: "Ingen kontakt med nätet just nu. Försöker igen…",
  coming: { heading: "En elev kommer in", text: "Huvudet är uppe och ögonen lyser innan någon ser eller hör klassrummet." },
  here: { heading: "En elev är här", text: "Klassrummet syns och hörs så länge ögonen lyser." },
  hand: { heading: "Eleven räcker upp handen", text: "Det vita ljuset är handen." },
  passive: { heading: "Eleven bara lyssnar", text: "Det blå ljuset säger: fråga mig inte just nu." },
  weak: { heading: "Ansluter igen…", text: "Inget har kommit från eleven på några sekunder." },
  lost: { heading: "Eleven är borta", text: "Ögonen är mörka: ingen ser eller hör klassrummet. De lyser igen när eleven är tillbaka." },
  over: "Eleven har gått",
  ended: {
    lost_network: "Nätet försvann.",
    ice_failed: "Ingen väg hittades för bild och ljud.",
    peer_not_verified: "Stoppat: det var inte säkert vem som kom.",
    declined: "Stoppat: appen ville skicka bild, och en robot tar inte emot bild.",
    cancelled: "Eleven ångrade sig.",
    no_answer: "Besöket började inte.",
    admin_forced: "Besöket stoppades.",
    erased: "Roboten har fått ett nytt nyckelord: appen som var här är frånkopplad.",
    suspended: "Roboten tar inte emot besök nu.",
  },
  off: { heading: "Avstängd", text: "Ingen kan komma in." },
  blocked: {
    heading: "Spärrad",
    text: "Någon försökte ta en skärmbild eller spela in genom roboten. Ingen kan komma in förrän någon behörig har hävt spärren.",
  },
  reading: {
    looking: "Håll koden framför kameran",
    meeting: "En kod! Letar efter eleven…",
    met: "Roboten känner sin elev nu",
    failed: "Det gick inte",
    blind: "Det finns ingen kamera",
  },
  readingHow: "Den står på elevens sida, eller på papperet som skrevs ut därifrån. Eleven låter sidan vara öppen.",
  failures: {
    no_code: "Det är inte en elevs kod.",
    stopped: "Elevens sida svarade inte. Är den öppen? Koden kan också vara gammal.",
    nobody_came: "Elevens sida svarade inte. Är den öppen?",
    somebody_else: "Någon annan svarade på koden. Inget sparades: eleven visar en ny.",
    declined: "Elevens sida hör till en annan robot.",
    not_kept: "Webbläsaren minns ingenting. Starta den i ett vanligt fönster.",
    other: "Visa koden en gång till, eller en ny.",
  },
  drawn: ({ lit, pan, tilt, hand, passive, mute, eyes }) => {
    if (!lit) return "En robot. Ögonen är mörka och huvudet hänger.";
    const side = pan > 5 ? "åt sin högra sida" : pan < -5 ? "åt sin vänstra sida" : "rakt fram";
    const height = tilt > 5 ? ", uppåt" : tilt < -5 ? ", nedåt" : "";
    const light = hand ? " Ett vitt ljus: en uppräckt hand." : passive ? " Ett blått ljus: bara lyssnar." : "";
    const mood = { neutral: "", happy: " och är glada", sad: " och är ledsna", confused: " och är förvirrade" }[eyes];
    return `En robot. Ögonen lyser${mood}. Den ser ${side}${height}.${light}${mute ? " Eleven har stängt av mikrofonen." : ""}`;
  },
  notices: {
    unenrolled: { heading: "Roboten är inte klar än", text: "Öppna adressen med koden som du fick, en gång, på den här skärmen." },
    not_authenticated: { heading: "Koden fungerar inte", text: "Den är redan använd, eller för gammal. Be om en ny." },
    unreachable: { heading: "Ingen kontakt", text: "Roboten nådde inte samordnaren. Se över nätet och starta om." },
    unkept: { heading: "Skärmen minns ingenting", text: "Starta webbläsaren i ett vanligt fönster, inte ett privat." },
    refused: { heading: "Roboten är inte känd här längre", text: "Den är nollställd eller utbytt. Den som sköter den kan göra i ordning den igen." },
    superseded: { heading: "Roboten är öppen i ett annat fönster", text: "Bara en skärm kan vara den här roboten. Stäng den andra, eller starta om den här." },
    damaged: { heading: "Adressen fungerar inte", text: "Något saknas. Kopiera hela adressen." },
  },
};

const CATALOGUES = { en, nb, sv };

/**
 * The words of the language that is chosen.
 * @param {string | null} asked
 * @param {readonly string[]} preferred
 * @returns {{language: "en" | "nb" | "sv", words: Av1Words}}
 */
export function av1Words(asked, preferred) {
  const language = chosen(asked, preferred);
  return { language, words: CATALOGUES[language] };
}
