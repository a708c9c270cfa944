/**
 * What is said of comparing digits in a call, in Norwegian (bokmål).
 * @type {Readonly<Record<keyof typeof import("./en.js").EN, string>>}
 */
export const NB = Object.freeze({
  "compare.open": "Sammenlign sifre",
  "compare.label": "Sammenlign seks sifre med den andre enden",
  "compare.waiting": "Lager seks sifre…",
  "compare.ask": "Les dem opp for hverandre. Ser dere begge de samme seks sifrene?",
  "compare.callee": "Bare den som ringte, kan begynne. Be om at «Sammenlign sifre» trykkes der.",
  "compare.same": "De samme",
  "compare.different": "Ikke de samme",
  "compare.done": "Nøklene er kontrollert. Fra nå av kontrolleres hver samtale med {name} mot dem.",
  "compare.danger": "Noen er mellom dere og hører det dere sier. Legg på. Møtes, og les hverandres firkant, før dere stoler på denne forbindelsen igjen.",
  "compare.close": "Lukk",
  "compare.stopped.order": "Det kom i utakt. Lukk dette, og begynn på nytt.",
  "compare.stopped.commitment": "Den andre enden ombestemte seg midtveis: noen kan være mellom dere. Si ingenting privat, og møtes for å kontrollere.",
  "compare.stopped.attempts": "Tre ganger om dagen er nok, så ingen kan prøve til det passer. Prøv igjen i morgen, eller møtes.",
  "compare.stopped.other": "Det går ikke nå.",
});
