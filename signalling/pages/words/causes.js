/**
 * Why no way was found for picture and sound, and what can be done about it, in Swedish, Norwegian (bokmål) and English: for those causes of
 * docs/reference/relay.md that a browser can be sure of. It names no host and no address.
 */

const en = Object.freeze({
  ended: "No way was found for sound and picture: {why}.",
  udp_blocked: "this network blocks UDP",
  turn_unreachable: "the relay can’t be reached from this network",
  turn_auth_failed: "the relay refused this call’s credentials",
  turn_refused: "the relay gave this call no room",
  "todo.udp_blocked": "Try another network, such as the phone’s own. This network’s IT department can let UDP out to the relay, on port 3478.",
  "todo.turn_unreachable":
    "Try another network, such as the phone’s own. This network’s IT department gets the list of what to allow from whoever runs this service; the command “relay check”, run here, says what is in the way.",
  "todo.turn_auth_failed": "Tell whoever runs this service: relay and coordinator need the same secret, and clocks that agree. This network isn’t to blame.",
  "todo.turn_refused": "Wait a little, and call again. If it stays so, tell whoever runs this service: the relay is full, or its rules are too narrow.",
});

/** @type {Readonly<Record<keyof typeof en, string>>} */
const nb = Object.freeze({
  ended: "Fant ingen vei for lyd og bilde: {why}.",
  udp_blocked: "dette nettet sperrer UDP",
  turn_unreachable: "reléserveren kan ikke nås fra dette nettet",
  turn_auth_failed: "reléserveren avviste samtalens adgangsnøkkel",
  turn_refused: "reléserveren ga ikke samtalen plass",
  "todo.udp_blocked": "Prøv et annet nett, for eksempel telefonens eget. Dette nettets IT-avdeling kan slippe UDP ut til reléserveren, på port 3478.",
  "todo.turn_unreachable":
    "Prøv et annet nett, for eksempel telefonens eget. Dette nettets IT-avdeling får listen over hva som må tillates av den som driver tjenesten; kommandoen «relay check», kjørt her, sier hva som er i veien.",
  "todo.turn_auth_failed": "Si fra til den som driver tjenesten: reléserver og sentral må ha den samme hemmeligheten, og klokker som stemmer. Det er ikke dette nettets feil.",
  "todo.turn_refused": "Vent litt, og ring igjen. Blir det ikke bedre, si fra til den som driver tjenesten: reléserveren er full, eller reglene dens er for trange.",
});

/** @type {Readonly<Record<keyof typeof en, string>>} */
const sv = Object.freeze({
  ended: "Ingen väg hittades för ljud och bild: {why}.",
  udp_blocked: "det här nätet spärrar UDP",
  turn_unreachable: "reläservern kan inte nås från det här nätet",
  turn_auth_failed: "reläservern avvisade samtalets inloggning",
  turn_refused: "reläservern gav inte samtalet plats",
  "todo.udp_blocked": "Prova ett annat nät, till exempel telefonens eget. Det här nätets it-avdelning kan släppa ut UDP till reläservern, på port 3478.",
  "todo.turn_unreachable":
    "Prova ett annat nät, till exempel telefonens eget. Det här nätets it-avdelning får listan över vad som ska tillåtas av den som driver tjänsten; kommandot ”relay check”, kört här, säger vad som står i vägen.",
  "todo.turn_auth_failed": "Säg till den som driver tjänsten: reläserver och samordnare måste ha samma hemlighet, och klockor som stämmer. Det är inte det här nätets fel.",
  "todo.turn_refused": "Vänta lite, och ring igen. Om det inte blir bättre, säg till den som driver tjänsten: reläservern är full, eller dess regler är för snäva.",
});

export const CATALOGUES = Object.freeze({ en, nb, sv });

/**
 * What is said of a call's `cause`; null where it has none, or one of a later version.
 * @param {keyof typeof CATALOGUES} language
 * @param {string | null} cause
 * @returns {{why: string, todo: string} | null}
 */
export function causeWords(language, cause) {
  /** @type {Readonly<Record<string, string>>} */
  const said = CATALOGUES[language];
  const known = (cause ?? "").split(", ").filter((one) => `todo.${one}` in said);
  if (known.length === 0) return null;
  const why = new Intl.ListFormat(language, { type: "conjunction" }).format(known.map((one) => said[one]));
  return { why: said.ended.replace("{why}", why), todo: known.map((one) => said[`todo.${one}`]).join(" ") };
}
