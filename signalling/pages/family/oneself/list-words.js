/** What is said to somebody about the list of their own devices, in the reader's language. */

import { catalogue } from "../../words/spoken.js";

const EN = Object.freeze({
  "list.on": "On your list",
  "list.off": "Not on your list yet",
  "list.put": "Put it on my list",
  "list.take": "Take it off my list",
  "list.none": "You have several, and no list of them. On a list of your own you say yourself which devices are yours: whoever knows this one answers and rings the others on it too, without anybody else’s word. A device that isn’t on it is then answered by nobody by itself, and rung by nobody.",
  "list.kept": "Your list is kept on this device, and goes sealed to your Komps and to those you share one with. It holds until {when}, and is renewed whenever you open this page in its last ten days.",
  "list.elsewhere": "Your list is kept on another device of yours: change it there. It holds until {when}, and is renewed when this page is opened there.",
  "list.over": "Your list is kept on another device of yours, and ran out on {when}: open this page there.",
  "list.changed": "Careful: two lists of your devices were shown, under two keys. If you began only one of them, somebody else may have one of your devices.",
  "list.begin": "Begin a list on this device instead",
  "list.begin.heading": "Begin another list here?",
  "list.begin.text": "Do it only if the device with your list is lost. Others are warned that there is another list, and follow it only once they have met you anew: read a Komp’s square with this device, or show relatives a square of yours.",
  "list.begin.yes": "Begin one here",
  "list.begun": "This device keeps your list now. Put your others on it.",
  "list.meet": "Let your other device read this",
  "list.met": "Done: the two devices know each other’s keys.",
  "list.put.done": "The device with the mark {mark} is on your list.",
  "list.unproven": "It isn’t on your list: its keys must be proven first.",
  "list.full": "There is room for sixteen devices on a list.",
  "list.take.heading": "Take the device with the mark {mark} off your list?",
  "list.take.text": "Nobody who has your list answers it by itself or rings it from then on. It stays signed in; a lost one is signed out beside this.",
  "list.take.yes": "Take it off",
  "list.take.done": "The device with the mark {mark} is off your list.",
  "list.no": "No, leave it",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const NB = Object.freeze({
  "list.on": "På listen din",
  "list.off": "Ikke på listen din ennå",
  "list.put": "Sett den på listen min",
  "list.take": "Ta den av listen min",
  "list.none": "Du har flere, og ingen liste over dem. På en egen liste sier du selv hvilke enheter som er dine: den som kjenner denne, svarer og ringer også de andre på den, uten at noen andre må gå god for dem. En enhet som ikke står på den, får da ikke svar av seg selv hos noen, og ingen ringer den.",
  "list.kept": "Listen din ligger på denne enheten, og går forseglet til Kompene dine og til dem du deler en med. Den gjelder til {when}, og fornyes når du åpner denne siden i de siste ti dagene.",
  "list.elsewhere": "Listen din ligger på en annen av enhetene dine: endre den der. Den gjelder til {when}, og fornyes når siden åpnes der.",
  "list.over": "Listen din ligger på en annen av enhetene dine, og gikk ut {when}: åpne siden der.",
  "list.changed": "Pass på: to lister over enhetene dine ble vist, under to nøkler. Hvis du bare har begynt på én av dem, kan noen andre ha en av enhetene dine.",
  "list.begin": "Begynn en liste på denne enheten i stedet",
  "list.begin.heading": "Begynne en ny liste her?",
  "list.begin.text": "Gjør det bare hvis enheten med listen din er borte. Andre blir advart om at det finnes en annen liste, og følger den først når de har møtt deg på nytt: les firkanten på en Komp med denne enheten, eller vis slektninger en firkant.",
  "list.begin.yes": "Begynn en her",
  "list.begun": "Nå ligger listen din på denne enheten. Sett de andre på den.",
  "list.meet": "La den andre enheten din lese dette",
  "list.met": "Ferdig: de to enhetene kjenner hverandres nøkler.",
  "list.put.done": "Enheten med merket {mark} står på listen din.",
  "list.unproven": "Den står ikke på listen din: nøklene må bevises først.",
  "list.full": "Det er plass til seksten enheter på en liste.",
  "list.take.heading": "Ta enheten med merket {mark} av listen din?",
  "list.take.text": "Ingen som har listen din, svarer den av seg selv eller ringer den fra da av. Den er fortsatt logget inn; en som er mistet, logges ut ved siden av.",
  "list.take.yes": "Ta den av",
  "list.take.done": "Enheten med merket {mark} er tatt av listen din.",
  "list.no": "Nei, la det være",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const SV = Object.freeze({
  "list.on": "På din lista",
  "list.off": "Inte på din lista än",
  "list.put": "Sätt den på min lista",
  "list.take": "Ta bort den från min lista",
  "list.none": "Du har flera, och ingen lista över dem. På en egen lista säger du själv vilka enheter som är dina: den som känner den här svarar och ringer också de andra på den, utan att någon annan behöver gå i god för dem. En enhet som inte står på den får då inget svar av sig självt hos någon, och ingen ringer den.",
  "list.kept": "Din lista finns på den här enheten, och går förseglad till dina Kompar och till dem du delar en med. Den gäller till {when}, och förnyas när du öppnar den här sidan under de sista tio dagarna.",
  "list.elsewhere": "Din lista finns på en annan av dina enheter: ändra den där. Den gäller till {when}, och förnyas när sidan öppnas där.",
  "list.over": "Din lista finns på en annan av dina enheter, och gick ut {when}: öppna sidan där.",
  "list.changed": "Se upp: två listor över dina enheter visades, under två nycklar. Om du bara har börjat på en av dem kan någon annan ha en av dina enheter.",
  "list.begin": "Börja en lista på den här enheten i stället",
  "list.begin.heading": "Börja en ny lista här?",
  "list.begin.text": "Gör det bara om enheten med din lista är borta. Andra varnas för att det finns en annan lista, och följer den först när de har mött dig på nytt: läs av en Komps ruta med den här enheten, eller visa släktingar en ruta.",
  "list.begin.yes": "Börja en här",
  "list.begun": "Nu finns din lista på den här enheten. Sätt de andra på den.",
  "list.meet": "Låt din andra enhet läsa av det här",
  "list.met": "Klart: de två enheterna känner varandras nycklar.",
  "list.put.done": "Enheten med märket {mark} står på din lista.",
  "list.unproven": "Den står inte på din lista: nycklarna måste bevisas först.",
  "list.full": "Det finns plats för sexton enheter på en lista.",
  "list.take.heading": "Ta bort enheten med märket {mark} från din lista?",
  "list.take.text": "Ingen som har din lista svarar den av sig själv eller ringer den från och med då. Den är fortfarande inloggad; en som är borta loggas ut bredvid.",
  "list.take.yes": "Ta bort den",
  "list.take.done": "Enheten med märket {mark} är borttagen från din lista.",
  "list.no": "Nej, låt det vara",
});

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
export const { words } = catalogue(CATALOGUES);
