/** What the front door says. */

import { catalogue } from "../words/spoken.js";

const EN = Object.freeze({
  title: "Närvaro",
  language: "Language",
  heading: "Be there, when you can’t be there.",
  lead: "This is where a call begins: to the Komp in somebody’s living room, or to the AV1 in a classroom.",
  "family.heading": "Call your family",
  "family.text":
    "For relatives: see whether their Komp can be reached, call it with one press, send it a picture. Come in with your mobile number, or with the private link that you were sent.",
  "student.heading": "Go to class",
  "student.text": "For a pupil at home: look around, listen, speak and raise a hand through the robot. All it takes is a keyword from the school.",
  "komp.heading": "Make this screen a Komp",
  "komp.text": "For whoever sets one up: any screen with a camera that stands in a living room. It takes a set-up code, once.",
  "av1.heading": "Make this browser an AV1",
  "av1.text": "For schools and developers: a browser in the classroom that does what the robot does. It takes a set-up code, once.",
  "unannounced.heading": "Nobody looks in unannounced",
  "unannounced.text":
    "A Komp rings and counts down ten seconds before any picture or sound leaves it, or reaches it. A robot’s eyes are lit as long as somebody is there.",
  "between.heading": "Between the two of you",
  "between.text": "Picture and sound are encrypted from one end to the other. The coordinator only tells the two ends how to find each other.",
  "nothing.heading": "Nothing is left",
  "nothing.text": "A call exists in memory only. When it ends, its record is erased at once, and the page says so.",
  elsewhere: "These pages load nothing from anywhere else and set no cookie.",
  rights: "Your data",
  my_data: "See, correct or erase your data",
  privacy: "How your data are handled",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const NB = Object.freeze({
  title: "Närvaro",
  language: "Språk",
  heading: "Vær nær, også når du ikke kan være der.",
  lead: "Her begynner en samtale: til Kompen i stuen hos noen, eller til AV1 i klasserommet.",
  "family.heading": "Ring familien din",
  "family.text":
    "For pårørende: se om Kompen deres kan nås, ring den med ett trykk, send et bilde. Kom inn med mobilnummeret ditt, eller med den private lenken du har fått.",
  "student.heading": "Gå til timen",
  "student.text": "For elever hjemme: se deg rundt, hør, snakk og rekk opp hånden gjennom roboten. Alt som trengs, er et nøkkelord fra skolen.",
  "komp.heading": "Gjør skjermen til en Komp",
  "komp.text": "For den som setter opp: en hvilken som helst skjerm med kamera som står i en stue. Det trengs en oppsettkode, én gang.",
  "av1.heading": "Gjør nettleseren til en AV1",
  "av1.text": "For skoler og utviklere: en nettleser i klasserommet som gjør det roboten gjør. Det trengs en oppsettkode, én gang.",
  "unannounced.heading": "Ingen titter inn uanmeldt",
  "unannounced.text":
    "En Komp ringer og teller ned ti sekunder før noe bilde eller noen lyd forlater den, eller når den. Øynene på en robot lyser så lenge noen er der.",
  "between.heading": "Bare mellom dere to",
  "between.text": "Bilde og lyd er kryptert fra den ene enden til den andre. Sentralen sier bare hvordan de to finner hverandre.",
  "nothing.heading": "Ingenting blir igjen",
  "nothing.text": "En samtale finnes bare i minnet. Når den er slutt, slettes alt om den med en gang, og siden sier fra.",
  elsewhere: "Disse sidene henter ingenting fra andre steder og setter ingen informasjonskapsler.",
  rights: "Opplysningene dine",
  my_data: "Se, rett eller slett opplysningene dine",
  privacy: "Slik behandles opplysningene dine",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const SV = Object.freeze({
  title: "Närvaro",
  language: "Språk",
  heading: "Var nära, även när du inte kan vara där.",
  lead: "Här börjar ett samtal: till Kompen i någons vardagsrum, eller till AV1 i ett klassrum.",
  "family.heading": "Ring din familj",
  "family.text":
    "För anhöriga: se om deras Komp kan nås, ring den med ett tryck, skicka en bild. Kom in med ditt mobilnummer, eller med den privata länken som du har fått.",
  "student.heading": "Gå till lektionen",
  "student.text": "För elever hemma: se dig omkring, lyssna, prata och räck upp handen genom roboten. Allt som behövs är ett nyckelord från skolan.",
  "komp.heading": "Gör skärmen till en Komp",
  "komp.text": "För den som ställer i ordning: vilken skärm med kamera som helst som står i ett vardagsrum. Det behövs en kod, en gång.",
  "av1.heading": "Gör webbläsaren till en AV1",
  "av1.text": "För skolor och utvecklare: en webbläsare i klassrummet som gör det roboten gör. Det behövs en kod, en gång.",
  "unannounced.heading": "Ingen tittar in oanmäld",
  "unannounced.text":
    "En Komp ringer och räknar ner tio sekunder innan någon bild eller något ljud lämnar den, eller når den. En robots ögon lyser så länge någon är där.",
  "between.heading": "Bara mellan er två",
  "between.text": "Bild och ljud är krypterade från den ena änden till den andra. Samordnaren säger bara hur de två hittar varandra.",
  "nothing.heading": "Ingenting blir kvar",
  "nothing.text": "Ett samtal finns bara i minnet. När det är slut raderas allt om det genast, och sidan säger till.",
  elsewhere: "De här sidorna hämtar inget från någon annanstans och sätter inga kakor.",
  rights: "Dina uppgifter",
  my_data: "Se, rätta eller radera dina uppgifter",
  privacy: "Så hanteras dina uppgifter",
});

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
/** What `fillPage` says of the page's HTML. */
export const FRONT = catalogue(CATALOGUES);
