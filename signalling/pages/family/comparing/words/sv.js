/**
 * What is said of comparing digits in a call, in Swedish.
 * @type {Readonly<Record<keyof typeof import("./en.js").EN, string>>}
 */
export const SV = Object.freeze({
  "compare.open": "Jämför siffror",
  "compare.label": "Jämför sex siffror med den andra änden",
  "compare.waiting": "Gör sex siffror…",
  "compare.ask": "Läs upp dem för varandra. Ser ni båda samma sex siffror?",
  "compare.callee": "Bara den som ringde kan börja. Be om att ”Jämför siffror” trycks där.",
  "compare.same": "Samma",
  "compare.different": "Inte samma",
  "compare.done": "Nycklarna är kontrollerade. Från och med nu kontrolleras varje samtal med {name} mot dem.",
  "compare.danger": "Någon är emellan er och hör det ni säger. Lägg på. Träffas, och läs av varandras ruta, innan ni litar på den här länken igen.",
  "compare.close": "Stäng",
  "compare.stopped.order": "Det kom ur takt. Stäng det här och börja om.",
  "compare.stopped.commitment": "Den andra änden ändrade sig halvvägs: någon kan vara emellan er. Säg inget privat, och träffas för att kontrollera.",
  "compare.stopped.attempts": "Tre gånger om dagen räcker, så att ingen kan prova tills det stämmer. Försök i morgon, eller träffas.",
  "compare.stopped.other": "Det går inte nu.",
});
