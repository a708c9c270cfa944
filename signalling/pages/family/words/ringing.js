/** What the family app says when somebody calls: the ring, calls that were missed, those who are blocked, relatives to call, and a second tab. */

import { catalogue } from "../../words/spoken.js";

const EN = Object.freeze({
  "ring.calls": "{name} is calling",
  "ring.verified": "Keys checked: it is really {name}’s app.",
  "ring.unverified": "Not checked: nobody has confirmed that this is {name}. Answer, and see for yourself.",
  "ring.false": "Careful: the name that was given doesn’t agree with what the caller’s app says.",
  "ring.private": "They see and hear nothing of you until you answer.",
  "ring.accept": "Answer",
  "ring.decline": "Decline",
  "ring.silent": "{name} is calling again, without sound: three rings in ten minutes went unanswered.",
  "ring.connecting": "You answered. Here comes the picture…",
  "ring.connected": "You are in a call with {name}.",

  "open.aloud": "This page rings while it is open. Closed, it can’t: no notices are sent to phones.",
  "open.silent": "Touch or click here once, and this page can ring aloud. It rings while it is open. Closed, it can’t.",

  "relatives.heading": "The family’s apps",
  "relatives.restricted": "You may call the Komp. To call other members’ apps, ask an administrator of the Komp.",
  "relatives.closed": "The page isn’t open there now",
  "keys.person_introduced": "Not checked: nobody has confirmed whose app this is",
  "keys.person_changed": "Other keys were shown for this app. Ask them about it before you trust it.",
  "keys.person_lists": "Another list of their devices was shown. Ask them about it, and meet them anew, before you trust it.",
  "keys.person_old": "The keys are out of date. They are renewed when that page opens.",
  "stage.ringing_person": "It rings. They must press Answer.",
  "stage.too_many": "That was too often. Waiting a little before the next try…",
  "stage.waits": "The coordinator is busy. Trying again in a moment…",

  "missed.heading": "Missed calls",
  "missed.called": "{name} called at {when}",
  "missed.called_day": "{name} called on {when}",
  "missed.taken": "{name}’s call was answered on another of your devices",
  "missed.call_back": "Call back",
  "missed.gone": "Gone",
  "missed.call_back_whom": "Call {name} back",
  "missed.gone_whom": "Take away the notice of {name}’s call",

  "block.block": "Block",
  "block.unblock": "Unblock",
  "block.block_whom": "Block {name}",
  "block.unblock_whom": "Unblock {name}",
  "block.is": "Blocked: calls from here are declined without a sound. It holds for this browser only; your other devices still ring.",
  "block.blocked": "{name} is blocked in this browser.",
  "block.unblocked": "{name} may ring here again.",

  "tab.heading": "Närvaro is open in another tab",
  "tab.text": "Only one tab at a time takes part. Go on there, or use it here.",
  "tab.call": "A call is on in the other tab. Go on there, or hang up first.",
  "tab.button": "Use it here",
  "tab.asking": "Asking the other tab…",
  "tab.handed": "Närvaro goes on in another tab",
  "tab.handed_text": "You took it over there. You can take it back here.",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const SV = Object.freeze({
  "ring.calls": "{name} ringer",
  "ring.verified": "Nycklarna är kontrollerade: det är verkligen {name}.",
  "ring.unverified": "Inte kontrollerat: ingen har bekräftat att det är {name}. Svara, och se själv.",
  "ring.false": "Se upp: namnet som angavs stämmer inte med vad uppringarens app säger.",
  "ring.private": "De ser och hör ingenting av dig förrän du svarar.",
  "ring.accept": "Svara",
  "ring.decline": "Avvisa",
  "ring.silent": "{name} ringer igen, utan ljud: tre ringningar på tio minuter blev obesvarade.",
  "ring.connecting": "Du svarade. Här kommer bilden…",
  "ring.connected": "Du är i samtal med {name}.",

  "open.aloud": "Den här sidan ringer så länge den är öppen. Stängd kan den inte: inga aviseringar skickas till telefoner.",
  "open.silent": "Tryck eller klicka här en gång, så kan sidan ringa högt. Den ringer så länge den är öppen. Stängd kan den inte.",

  "relatives.heading": "Familjens appar",
  "relatives.restricted": "Du får ringa Kompen. För att ringa andras appar, fråga en administratör för Kompen.",
  "relatives.closed": "Sidan är inte öppen där nu",
  "keys.person_introduced": "Inte kontrollerat: ingen har bekräftat vems app det är",
  "keys.person_changed": "Andra nycklar visades för den här appen. Fråga dem om det innan du litar på den.",
  "keys.person_lists": "En annan lista över deras enheter visades. Fråga dem om den, och träffa dem på nytt, innan du litar på den.",
  "keys.person_old": "Nycklarna är för gamla. De förnyas när sidan öppnas där.",
  "stage.ringing_person": "Det ringer. De måste trycka på Svara.",
  "stage.too_many": "Det var för ofta. Väntar lite före nästa försök…",
  "stage.waits": "Samordnaren har fullt upp. Försöker igen om en stund…",

  "missed.heading": "Missade samtal",
  "missed.called": "{name} ringde klockan {when}",
  "missed.called_day": "{name} ringde {when}",
  "missed.taken": "Samtalet från {name} besvarades på en annan av dina enheter",
  "missed.call_back": "Ring tillbaka",
  "missed.gone": "Ta bort",
  "missed.call_back_whom": "Ring tillbaka till {name}",
  "missed.gone_whom": "Ta bort notisen om samtalet från {name}",

  "block.block": "Spärra",
  "block.unblock": "Häv spärren",
  "block.block_whom": "Spärra {name}",
  "block.unblock_whom": "Häv spärren för {name}",
  "block.is": "Spärrad: samtal härifrån avvisas utan ljud. Det gäller bara den här webbläsaren; dina andra enheter ringer ändå.",
  "block.blocked": "{name} är spärrad i den här webbläsaren.",
  "block.unblocked": "{name} får ringa hit igen.",

  "tab.heading": "Närvaro är öppet i en annan flik",
  "tab.text": "Bara en flik i taget är med. Fortsätt där, eller använd det här.",
  "tab.call": "Ett samtal pågår i den andra fliken. Fortsätt där, eller lägg på först.",
  "tab.button": "Använd det här",
  "tab.asking": "Frågar den andra fliken…",
  "tab.handed": "Närvaro fortsätter i en annan flik",
  "tab.handed_text": "Du tog över där. Du kan ta tillbaka det här.",
});

/** @type {Readonly<Record<keyof typeof EN, string>>} */
const NB = Object.freeze({
  "ring.calls": "{name} ringer",
  "ring.verified": "Nøklene er kontrollert: det er virkelig appen til {name}.",
  "ring.unverified": "Ikke kontrollert: ingen har bekreftet at dette er {name}. Svar, og se selv.",
  "ring.false": "Vær forsiktig: navnet som ble oppgitt, stemmer ikke med det appen til den som ringer sier.",
  "ring.private": "De ser og hører ingenting av deg før du svarer.",
  "ring.accept": "Svar",
  "ring.decline": "Avvis",
  "ring.silent": "{name} ringer igjen, uten lyd: tre ring på ti minutter ble ikke besvart.",
  "ring.connecting": "Du svarte. Her kommer bildet…",
  "ring.connected": "Du er i samtale med {name}.",

  "open.aloud": "Denne siden ringer så lenge den er åpen. Lukket kan den ikke: ingen varsler sendes til telefoner.",
  "open.silent": "Trykk eller klikk her én gang, så kan siden ringe høyt. Den ringer så lenge den er åpen. Lukket kan den ikke.",

  "relatives.heading": "Appene i familien",
  "relatives.restricted": "Du kan ringe til Kompen. Vil du ringe til appene til andre, spør en administrator for Kompen.",
  "relatives.closed": "Siden er ikke åpen der nå",
  "keys.person_introduced": "Ikke kontrollert: ingen har bekreftet hvem appen tilhører",
  "keys.person_changed": "Andre nøkler ble vist for denne appen. Spør dem om det før du stoler på den.",
  "keys.person_lists": "En annen liste over enhetene deres ble vist. Spør dem om den, og møt dem på nytt, før du stoler på den.",
  "keys.person_old": "Nøklene er for gamle. De fornyes når siden åpnes der.",
  "stage.ringing_person": "Det ringer. De må trykke på Svar.",
  "stage.too_many": "Det var for ofte. Venter litt før neste forsøk…",
  "stage.waits": "Sentralen har det travelt. Prøver igjen om et øyeblikk…",

  "missed.heading": "Tapte anrop",
  "missed.called": "{name} ringte klokken {when}",
  "missed.called_day": "{name} ringte {when}",
  "missed.taken": "Anropet fra {name} ble besvart på en annen av enhetene dine",
  "missed.call_back": "Ring tilbake",
  "missed.gone": "Fjern",
  "missed.call_back_whom": "Ring tilbake til {name}",
  "missed.gone_whom": "Fjern varselet om anropet fra {name}",

  "block.block": "Sperr",
  "block.unblock": "Opphev sperren",
  "block.block_whom": "Sperr {name}",
  "block.unblock_whom": "Opphev sperren for {name}",
  "block.is": "Sperret: anrop herfra avvises uten lyd. Det gjelder bare denne nettleseren; de andre enhetene dine ringer fortsatt.",
  "block.blocked": "{name} er sperret i denne nettleseren.",
  "block.unblocked": "{name} kan ringe hit igjen.",

  "tab.heading": "Närvaro er åpen i en annen fane",
  "tab.text": "Bare én fane om gangen er med. Fortsett der, eller bruk den her.",
  "tab.call": "En samtale pågår i den andre fanen. Fortsett der, eller legg på først.",
  "tab.button": "Bruk den her",
  "tab.asking": "Spør den andre fanen…",
  "tab.handed": "Närvaro fortsetter i en annen fane",
  "tab.handed_text": "Du tok over der. Du kan ta det tilbake her.",
});

export const CATALOGUES = Object.freeze({ en: EN, nb: NB, sv: SV });
export const RINGING = catalogue(CATALOGUES);
export const { words, wordsOr } = RINGING;
