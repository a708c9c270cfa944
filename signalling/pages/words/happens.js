/**
 * What the panel at the side of a device's screen says, in English, Norwegian (bokmål) and Swedish: how it is connected, what happens in a call, why one ended
 * and what can be done. For whoever sets a device up; a Komp and an AV1 differ in a few words.
 */

const en = {
  language: /** @type {"en" | "nb" | "sv"} */ ("en"),
  heading: "What happens",
  hide: "Press T to hide this.",
  none: "Nobody has called since this was opened.",
  silent: "Connected, but this browser may not ring aloud: start it with --autoplay-policy=no-user-gesture-required.",
  standing: /** @type {Record<string, string>} */ ({
    connecting: "Connecting to the coordinator…",
    online: "Connected to the coordinator",
    offline: "No connection to the coordinator. Look at the network: outward to port 443 must be open.",
    superseded: "Open in another window",
    refused: "Not known here any more",
    stopped: "Turned off",
  }),
  steps: {
    pressed: "A call is placed",
    camera: "Camera and microphone are on",
    invited: "A ring came",
    ringing: "It rings",
    joined: "The two ends have found each other",
    offered: "Connection offered",
    answered: "Connection answered",
    ice: "A way for picture and sound is found",
    connected: "The encrypted path stands",
    accepted: "Taken: picture and sound start",
    picture: "First picture",
    lost: "The path is lost",
    back: "The path is back",
    ended: "The call ended",
    erased: "The coordinator erased the call",
  },
  causes: /** @type {Record<string, string>} */ ({
    hangup: "One of the two hung up.",
    cancelled: "They stopped ringing.",
    no_answer: "Nobody took it in time.",
    unreachable: "The caller was gone before it rang.",
    declined: "It was turned away.",
    busy: "Another call was on.",
    knob_off: "The knob was turned off.",
    power_off: "This page was closed.",
    ice_failed: "No way was found for picture and sound.",
    lost_network: "The network was lost for more than thirty seconds.",
    peer_not_verified: "It couldn’t be proven who was at the other end.",
    stale_key: "It was sealed for an older key of this Komp.",
    replaced: "The caller began anew.",
    suspended: "This Komp’s subscription is suspended.",
    admin_forced: "An administrator stopped it.",
    reset: "This Komp is being reset.",
    erased: "The link between the two was erased.",
    drained: "The coordinator restarted.",
    taken: "It is over.",
    other: "The coordinator ended it.",
  }),
  todo: /** @type {Record<string, string>} */ ({
    ice_failed: "Give the coordinator a relay, or let this network reach it: relay check, run here, says which way is open.",
    lost_network: "Move the screen nearer to the router, or use a cable.",
    unreachable: "See whether the caller’s page stays open and online.",
    peer_not_verified: "Press P, and pair the two again.",
    stale_key: "It mends itself at the next call.",
    suspended: "Ask whoever runs this service.",
  }),
};

/** @typedef {typeof en} HappensWords */

/** @type {HappensWords} */
const nb = {
  language: "nb",
  heading: "Hva som skjer",
  hide: "Trykk T for å skjule dette.",
  none: "Ingen har ringt siden dette ble åpnet.",
  silent: "Tilkoblet, men nettleseren får ikke ringe høyt: start den med --autoplay-policy=no-user-gesture-required.",
  standing: {
    connecting: "Kobler til sentralen…",
    online: "Koblet til sentralen",
    offline: "Ingen kontakt med sentralen. Se på nettet: port 443 ut må være åpen.",
    superseded: "Åpen i et annet vindu",
    refused: "Ikke kjent her lenger",
    stopped: "Avslått",
  },
  steps: {
    pressed: "Et anrop sendes",
    camera: "Kamera og mikrofon er på",
    invited: "Et anrop kom",
    ringing: "Det ringer",
    joined: "De to endene har funnet hverandre",
    offered: "Forbindelse tilbudt",
    answered: "Forbindelse besvart",
    ice: "En vei for bilde og lyd er funnet",
    connected: "Den krypterte veien står",
    accepted: "Tatt: bilde og lyd begynner",
    picture: "Første bilde",
    lost: "Veien er borte",
    back: "Veien er tilbake",
    ended: "Samtalen er slutt",
    erased: "Sentralen slettet samtalen",
  },
  causes: {
    hangup: "En av de to la på.",
    cancelled: "De sluttet å ringe.",
    no_answer: "Ingen tok den i tide.",
    unreachable: "Den som ringte, var borte før det ringte.",
    declined: "Den ble avvist.",
    busy: "En annen samtale var i gang.",
    knob_off: "Den ble skrudd av med knappen.",
    power_off: "Siden ble lukket.",
    ice_failed: "Fant ingen vei for bilde og lyd.",
    lost_network: "Nettet var borte i mer enn tretti sekunder.",
    peer_not_verified: "Det kunne ikke bevises hvem som var i den andre enden.",
    stale_key: "Den var forseglet for en eldre nøkkel.",
    replaced: "Den som ringte, begynte på nytt.",
    suspended: "Abonnementet er satt på pause.",
    admin_forced: "En administrator stoppet den.",
    reset: "Kompen nullstilles.",
    erased: "Koblingen mellom de to ble slettet.",
    drained: "Sentralen startet på nytt.",
    taken: "Den er slutt.",
    other: "Sentralen avsluttet den.",
  },
  todo: {
    ice_failed: "Gi sentralen en reléserver, eller åpne for den i dette nettet: relay check, kjørt her, sier hvilken vei som er åpen.",
    lost_network: "Flytt skjermen nærmere ruteren, eller bruk kabel.",
    unreachable: "Se om siden til den som ringer, forblir åpen og på nett.",
    peer_not_verified: "Trykk P, og koble de to sammen på nytt.",
    stale_key: "Det ordner seg ved neste anrop.",
    suspended: "Spør den som driver tjenesten.",
  },
};

/** @type {HappensWords} */
const sv = {
  language: "sv",
  heading: "Vad som händer",
  hide: "Tryck T för att dölja det här.",
  none: "Ingen har ringt sedan det här öppnades.",
  silent: "Ansluten, men webbläsaren får inte ringa högt: starta den med --autoplay-policy=no-user-gesture-required.",
  standing: {
    connecting: "Ansluter till samordnaren…",
    online: "Ansluten till samordnaren",
    offline: "Ingen kontakt med samordnaren. Se över nätet: port 443 utåt måste vara öppen.",
    superseded: "Öppen i ett annat fönster",
    refused: "Inte känd här längre",
    stopped: "Avstängd",
  },
  steps: {
    pressed: "Ett samtal rings upp",
    camera: "Kamera och mikrofon är på",
    invited: "En ringning kom",
    ringing: "Det ringer",
    joined: "De två ändarna har hittat varandra",
    offered: "Anslutning erbjuden",
    answered: "Anslutning besvarad",
    ice: "En väg för bild och ljud är funnen",
    connected: "Den krypterade vägen står",
    accepted: "Taget: bild och ljud börjar",
    picture: "Första bilden",
    lost: "Vägen är borta",
    back: "Vägen är tillbaka",
    ended: "Samtalet är slut",
    erased: "Samordnaren raderade samtalet",
  },
  causes: {
    hangup: "En av de två lade på.",
    cancelled: "De slutade ringa.",
    no_answer: "Ingen tog det i tid.",
    unreachable: "Den som ringde var borta innan det ringde.",
    declined: "Det avvisades.",
    busy: "Ett annat samtal pågick.",
    knob_off: "Den stängdes av med vredet.",
    power_off: "Sidan stängdes.",
    ice_failed: "Ingen väg hittades för bild och ljud.",
    lost_network: "Nätet var borta i mer än trettio sekunder.",
    peer_not_verified: "Det kunde inte bevisas vem som var i andra änden.",
    stale_key: "Det var förseglat för en äldre nyckel.",
    replaced: "Den som ringde började om.",
    suspended: "Abonnemanget är vilande.",
    admin_forced: "En administratör stoppade det.",
    reset: "Kompen nollställs.",
    erased: "Kopplingen mellan de två raderades.",
    drained: "Samordnaren startade om.",
    taken: "Det är över.",
    other: "Samordnaren avslutade det.",
  },
  todo: {
    ice_failed: "Ge samordnaren en reläserver, eller öppna för den i det här nätet: relay check, körd här, säger vilken väg som är öppen.",
    lost_network: "Flytta skärmen närmare routern, eller använd kabel.",
    unreachable: "Se efter om sidan hos den som ringer förblir öppen och ansluten.",
    peer_not_verified: "Tryck P, och para ihop de två på nytt.",
    stale_key: "Det ordnar sig vid nästa samtal.",
    suspended: "Fråga den som driver tjänsten.",
  },
};

/** Where an AV1 says it otherwise. */
const AV1 = Object.freeze({
  en: {
    ringing: "It raises its head and lights its eyes",
    accepted: "Its eyes are lit: picture and sound start",
    declined: "It was turned away: the robot is off, blocked, or asked for something else.",
    lost_network: "The app was gone for more than thirty seconds.",
    recording: "A recording was tried. The robot is blocked until the school unblocks it.",
    pair: "Press R, and hold the student’s code before the camera.",
  },
  nb: {
    ringing: "Den løfter hodet og tenner øynene",
    accepted: "Øynene lyser: bilde og lyd begynner",
    declined: "Den ble avvist: roboten er av, sperret, eller ble bedt om noe annet.",
    lost_network: "Appen var borte i mer enn tretti sekunder.",
    recording: "Et opptak ble forsøkt. Roboten er sperret til skolen opphever det.",
    pair: "Trykk R, og hold elevens kode foran kameraet.",
  },
  sv: {
    ringing: "Den lyfter huvudet och tänder ögonen",
    accepted: "Ögonen lyser: bild och ljud börjar",
    declined: "Det avvisades: roboten är av, spärrad, eller ombads om något annat.",
    lost_network: "Appen var borta i mer än trettio sekunder.",
    recording: "En inspelning försöktes. Roboten är spärrad tills skolan häver det.",
    pair: "Tryck R, och håll elevens kod framför kameran.",
  },
});

const CATALOGUES = { en, nb, sv };

/**
 * @param {"en" | "nb" | "sv"} language
 * @param {"komp" | "av1"} kind
 * @returns {HappensWords}
 */
export function happensWords(language, kind) {
  const words = CATALOGUES[language];
  if (kind === "komp") return words;
  const { ringing, accepted, pair, ...causes } = AV1[language];
  return {
    ...words,
    steps: { ...words.steps, ringing, accepted },
    causes: { ...words.causes, ...causes },
    todo: { ...words.todo, peer_not_verified: pair, lost_network: "" },
  };
}
