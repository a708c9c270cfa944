"""The privacy page's words, in Swedish, Norwegian bokmål and English: plain, promising no more than is done."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from signalling.privacy.declaring import Basis, Kept

LANGUAGES: Final = ("sv", "nb", "en")


class Words(NamedTuple):
    """One saying in each language."""

    sv: str
    nb: str
    en: str


NAMES: Final = Words("Svenska", "Norsk", "English")
TITLE: Final = Words("Så hanteras dina uppgifter", "Slik behandles opplysningene dine", "How your data are handled")
CONTROLLER: Final = Words(
    "{name} är ansvarig för dina uppgifter. Skriv till {contact}.",
    "{name} er ansvarlig for opplysningene dine. Skriv til {contact}.",
    "{name} is responsible for your data. Write to {contact}.",
)
POLICY: Final = Words(
    "Policyn är daterad {date}, version {version}.",
    "Erklæringen er datert {date}, versjon {version}.",
    "The policy is dated {date}, version {version}.",
)
KEPT_HEAD: Final = Words("Vad som sparas, och hur länge", "Hva som lagres, og hvor lenge", "What is kept, and how long")
WHAT: Final = Words("vad och varför", "hva og hvorfor", "what and why")
UNTIL: Final = Words("hur länge", "hvor lenge", "how long")
CALLS_HEAD: Final = Words("Samtal", "Samtaler", "Calls")
CALLS_TEXT: Final = Words(
    "Bild och ljud är krypterade mellan de två ändarna; ingen annan kan se eller höra dem. Det finns ingen historik "
    "över samtal. Ett missat samtal blir ett förseglat meddelande från den som ringde: att det väntar, från vem och "
    "till vem, syns hos oss tills det hämtats, högst 7 dagar. När samtalet är slut raderas det som fanns om det, och "
    "båda ändarna får ett signerat kvitto: det visar vad tjänsten har uppgett, inte att ingenting finns kvar.",
    "Bilde og lyd er kryptert mellom de to endene; ingen andre kan se eller høre dem. Det finnes ingen historikk over "
    "samtaler. Et tapt anrop blir en forseglet melding fra den som ringte: at den venter, fra hvem og til hvem, er "
    "synlig hos oss til den er hentet, høyst 7 dager. Når samtalen er slutt, slettes det som fantes om den, og begge "
    "ender får en signert kvittering: den viser hva tjenesten har oppgitt, ikke at ingenting er igjen.",
    "Picture and sound are encrypted between the two ends; nobody else can see or hear them. There is no history of "
    "calls. A missed call becomes a sealed message from whoever rang: that it waits, from whom and for whom, can be "
    "seen by us until it is fetched, 7 days at most. When a call is over, what there was of it is erased, and both "
    "ends are given a signed receipt: it shows what the service stated, not that nothing is left.",
)
PROCESSORS_HEAD: Final = Words("Vilka som hjälper oss", "Hvem som hjelper oss", "Who helps us")
PROCESSOR: Final = Words("vem", "hvem", "who")
REGION: Final = Words("land", "land", "country")
AUTHORITY: Final = Words("myndighet", "myndighet", "authority")
SITE: Final = Words("webbplats", "nettsted", "web site")
CARRIES: Final = Words("personuppgifter", "personopplysninger", "personal data")
NONE: Final = Words("inga", "ingen", "none")
CARRIED: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "all that the data map says is stored": Words(
            "allt som sparas, enligt ovan", "alt som lagres, som vist over", "all that is kept, as shown above"
        ),
        "all that is stored": Words("allt som sparas", "alt som lagres", "all that is stored"),
        "network addresses, while a call lasts": Words(
            "nätverksadresser, medan ett samtal pågår",
            "nettverksadresser, mens en samtale pågår",
            "network addresses, while a call lasts",
        ),
        "network addresses": Words("nätverksadresser", "nettverksadresser", "network addresses"),
        "telephone number": Words("telefonnummer", "telefonnummer", "telephone number"),
        "one-time code or link": Words("engångskod eller länk", "engangskode eller lenke", "one-time code or link"),
        "one-time code": Words("engångskod", "engangskode", "one-time code"),
        "e-mail address": Words("e-postadress", "e-postadresse", "e-mail address"),
        "name": Words("namn", "navn", "name"),
    }
)
"""What a register's rows may say that a processor carries; other words are said as they were written."""
RIGHTS_HEAD: Final = Words("Dina rättigheter", "Rettighetene dine", "Your rights")
RIGHTS_TEXT: Final = Words(
    "Du kan få se, rätta och få raderat det som sparas om dig, få en kopia med dig, begränsa hur det används och "
    "invända mot det. Ett samtycke återkallar du när du vill. I appen stänger du din profil själv: den raderas "
    "genast, eller, om en skuld, ett rättsligt krav eller en myndighet kräver att något sparas, så snart det är över, "
    "och då får du veta varför. Vad du lämnat med en e-postadress raderas inte med profilen: begär det för sig. Du "
    "kan också skriva till {contact}.",
    "Du kan få se, rette og få slettet det som lagres om deg, få med deg en kopi, begrense hvordan det brukes, og "
    "protestere mot det. Et samtykke trekker du tilbake når du vil. I appen lukker du profilen din selv: den slettes "
    "med en gang, eller, hvis en gjeld, et rettslig krav eller en myndighet krever at noe beholdes, så snart det er "
    "over, og da får du vite hvorfor. Det du har oppgitt med en e-postadresse, slettes ikke med profilen: be om det "
    "for seg. Du kan også skrive til {contact}.",
    "You may see, correct and have erased what is kept about you, take a copy with you, limit how it is used, and "
    "object to it. You withdraw a consent whenever you like. In the app you close your profile yourself: it is erased "
    "at once or, where a debt, a legal claim or an authority requires that something is kept, as soon as that is "
    "over, and then you are told why. What you left with an e-mail address isn't erased with the profile: ask for "
    "that by itself. You may also write to {contact}.",
)
BACKUPS: Final = Words(
    "En säkerhetskopia kan ha kvar det som du raderat, låst. Läggs den tillbaka raderas det igen innan tjänsten "
    "öppnas; kopior äldre än {days} dagar läggs inte tillbaka.",
    "En sikkerhetskopi kan fortsatt ha det du har slettet, låst. Legges den tilbake, slettes det igjen før tjenesten "
    "åpner; kopier som er eldre enn {days} dager, legges ikke tilbake.",
    "A backup may still have what you erased, locked. If it is put back, that is erased again before the service "
    "opens; copies older than {days} days aren't put back.",
)
BACKUPS_ALONE: Final = Words(
    "En säkerhetskopia kan ha kvar det som du raderat, låst, tills kopian förstörs.",
    "En sikkerhetskopi kan fortsatt ha det du har slettet, låst, til kopien ødelegges.",
    "A backup may still have what you erased, locked, until the copy is destroyed.",
)
"""Where no log of erasures is kept."""
FORM: Final = Words(
    "Begär det med bara din e-postadress",
    "Be om det med bare e-postadressen din",
    "Ask for it with your e-mail address alone",
)
COMPLAIN: Final = Words(
    "Du har rätt att klaga hos myndigheten i ditt land:",
    "Du har rett til å klage til myndigheten i landet ditt:",
    "You have the right to complain to your country's authority:",
)
NOBODY_ELSE: Final = Words(
    "De här sidorna hämtar ingenting från någon annan och sätter ingen kaka.",
    "Disse sidene henter ingenting fra andre og setter ingen informasjonskapsel.",
    "These pages fetch nothing from anybody else and set no cookie.",
)

BASIS: Final = Words("Rättslig grund", "Rettslig grunnlag", "Legal basis")
BASES: Final[Mapping[Basis, Words]] = MappingProxyType(
    {
        Basis.CONSENT: Words("samtycke, 6.1 a", "samtykke, 6 nr. 1 a", "consent, 6(1)(a)"),
        Basis.CONTRACT: Words("avtal, 6.1 b", "avtale, 6 nr. 1 b", "contract, 6(1)(b)"),
        Basis.LAW: Words(
            "rättslig förpliktelse, 6.1 c", "rettslig forpliktelse, 6 nr. 1 c", "legal obligation, 6(1)(c)"
        ),
        Basis.INTEREST: Words(
            "berättigat intresse av säkerhet, 6.1 f",
            "berettiget interesse i sikkerhet, 6 nr. 1 f",
            "legitimate interest in security, 6(1)(f)",
        ),
        Basis.NONE: Words("behövs ingen", "trengs ikke", "none needed"),
    }
)

ACTIVITIES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "calls": Words(
            "Samtal som pågår: vilka två ändar, i minnet, för att koppla ihop dem",
            "Samtaler som pågår: hvilke to ender, i minnet, for å koble dem sammen",
            "Calls that go on: which two ends, in memory, to connect them",
        ),
        "sessions": Words(
            "Om din app är ansluten, så att andra ser att du kan nås; dess nätverksadress, i minnet, för anslutningen",
            "Om appen din er tilkoblet, slik at andre ser at du kan nås; nettverksadressen, i minnet, for tilkoblingen",
            "Whether your app is connected, so that others see that you can be reached; its network address, in "
            "memory, for the connection",
        ),
        "profiles": Words(
            "Namn, telefonnummer och bild: så att Kompen visar vem som ringer",
            "Navn, telefonnummer og bilde: slik at Komp viser hvem som ringer",
            "Name, telephone number and picture: so that the Komp shows who calls",
        ),
        "endpoints": Words(
            "Din apps egna nycklar, så att den känns igen",
            "Appens egne nøkler, slik at den kjennes igjen",
            "Your app's own keys, so that it is known again",
        ),
        "memberships": Words(
            "Vilka Kompar du hör till och i vilken roll",
            "Hvilke Komper du hører til, og i hvilken rolle",
            "Which Komps you belong to, and in which role",
        ),
        "invitations": Words(
            "Inbjudningar, och numret som koden skickades till",
            "Invitasjoner, og nummeret som koden ble sendt til",
            "Invitations, and the number that the code was sent to",
        ),
        "posts": Words(
            "Bilder, meddelanden och missade samtal på väg, förseglade: från vem, till vem och vilken dag, men vi kan "
            "inte öppna dem",
            "Bilder, meldinger og tapte anrop på vei, forseglet: fra hvem, til hvem og hvilken dag, men vi kan ikke "
            "åpne dem",
            "Pictures, messages and missed calls on their way, sealed: from whom, for whom and which day, but we "
            "can't open them",
        ),
        "customers": Words(
            "Kunders namn, telefon, e-post, leveransadress och betalreferens",
            "Kunders navn, telefon, e-post, leveringsadresse og betalingsreferanse",
            "Customers' name, telephone, e-mail, delivery address and payment reference",
        ),
        "books": Words(
            "Bokföring: belopp och varor, ingen person",
            "Regnskap: beløp og varer, ingen person",
            "Bookkeeping: amounts and goods, no person",
        ),
        "holds": Words(
            "Att uppgifter måste sparas, och varför: skuld, rättsligt krav eller myndighetsbeslut",
            "At opplysninger må beholdes, og hvorfor: gjeld, rettslig krav eller pålegg fra en myndighet",
            "That data must be kept, and why: a sum, a legal claim or an authority's order",
        ),
        "requests": Words(
            "Din begäran om insyn, rättelse, radering eller begränsning, och svaret",
            "Kravet ditt om innsyn, retting, sletting eller begrensning, og svaret",
            "Your request for access, correction, erasure or restriction, and the answer",
        ),
        "devices": Words("Vilka apparater en kund har", "Hvilke enheter en kunde har", "Which devices a customer has"),
        "robots": Words(
            "Vilken app en AV1 är kopplad till: ett slumpat nummer, ingen person",
            "Hvilken app en AV1 er koblet til: et tilfeldig nummer, ingen person",
            "Which app an AV1 is linked with: a random number, no person",
        ),
        "av1_log": Words(
            "Hur en AV1:s nät och bild har fungerat, per robot, dag och del av dagen (tre timmar): ingenting om appen "
            "eller vem som använde den",
            "Hvordan en AV1s nett og bilde har fungert, per robot, dag og del av dagen (tre timer): ingenting om "
            "appen eller hvem som brukte den",
            "How an AV1's network and picture worked, by robot, day and part of the day (three hours): nothing of the "
            "app or of who used it",
        ),
        "av1_usage": Words(
            "En AV1:s summerade minuter per månad, och dagen då den sist användes",
            "En AV1s summerte minutter per måned, og dagen den sist ble brukt",
            "An AV1's summed minutes by month, and the day of its last use",
        ),
        "texts": Words(
            "Ditt telefonnummer och en kod eller länk, när ett sms skickas; hur många som skickats dit, till dagens "
            "slut",
            "Telefonnummeret ditt og en kode eller lenke, når en SMS sendes; hvor mange som er sendt dit, til dagen "
            "er over",
            "Your telephone number and a code or link, when an SMS is sent; how many were sent there, until the day "
            "is over",
        ),
        "pace": Words(
            "Hur ofta ditt nätverk eller din app frågat, i minnet och utan adressen, så att ingen gissar koder",
            "Hvor ofte nettverket eller appen din har spurt, i minnet og uten adressen, slik at ingen gjetter koder",
            "How often your network or your app asked, in memory and without the address, so that nobody guesses codes",
        ),
        "keys": Words(
            "Nycklar som dina uppgifter är låsta med; de raderas först, så att tjänsten inte kan öppna uppgifterna mer",
            "Nøkler som opplysningene dine er låst med; de slettes først, slik at tjenesten ikke kan åpne "
            "opplysningene mer",
            "Keys that your data are locked with; they are erased first, so that the service can't open the data any "
            "more",
        ),
        "changes": Words(
            "Att något ändrats för dig, så att anslutna appar märker det",
            "At noe er endret for deg, slik at tilkoblede apper merker det",
            "That something changed for you, so that connected apps notice",
        ),
        "lists": Words(
            "Väntelista (land och e-post) och nyhetsbrev (e-post): bara om du har samtyckt",
            "Venteliste (land og e-post) og nyhetsbrev (e-post): bare hvis du har samtykket",
            "Waiting list (country and e-mail) and newsletter (e-mail): only if you have consented",
        ),
        "support": Words(
            "Frågor till oss och våra svar; e-post bara om du vill lämna den",
            "Spørsmål til oss og svarene våre; e-post bare hvis du vil oppgi den",
            "Questions to us and our answers; e-mail only if you choose to leave it",
        ),
        "reads": Words(
            "När personal läst dina uppgifter: vad, varför och när",
            "Når ansatte har lest opplysningene dine: hva, hvorfor og når",
            "When staff read your data: what, what for and when",
        ),
    }
)
"""Of every activity that handles personal data."""

KEPT: Final[Mapping[Kept, Words]] = MappingProxyType(
    {
        Kept.CALL: Words("tills samtalet är slut", "til samtalen er slutt", "until the call is over"),
        Kept.SESSION: Words("medan appen är ansluten", "mens appen er tilkoblet", "while the app is connected"),
        Kept.CHANGES: Words("10 minuter", "10 minutter", "10 minutes"),
        Kept.CODE: Words("10 minuter som längst", "10 minutter på det lengste", "10 minutes at most"),
        Kept.MINUTE: Words(
            "en minut efter den sista frågan", "et minutt etter det siste spørsmålet", "a minute after the last request"
        ),
        Kept.WEEK: Words(
            "tills den använts eller hämtats, 7 dagar som längst",
            "til den er brukt eller hentet, 7 dager på det lengste",
            "until used or fetched, 7 days at most",
        ),
        Kept.PROFILE: Words(
            "tills du stänger profilen, din sista Komp återställs, eller 30 dagar utan Komp",
            "til du lukker profilen, din siste Komp tilbakestilles, eller 30 dager uten Komp",
            "until you close the profile, your last Komp is reset, or 30 days without a Komp",
        ),
        Kept.MEMBERSHIP: Words(
            "tills du eller Kompen lämnar, eller Kompen återställs",
            "til du eller Komp går ut, eller Komp tilbakestilles",
            "until you or the Komp leave, or the Komp is reset",
        ),
        Kept.DEVICE: Words(
            "tills apparaten återställs eller lämnas tillbaka",
            "til enheten tilbakestilles eller leveres tilbake",
            "until the device is reset or returned",
        ),
        Kept.AGREEMENT: Words("medan avtalet gäller", "mens avtalen gjelder", "while the agreement lives"),
        Kept.BOOKS: Words(
            "5 år, enligt norsk bokföringslag",
            "5 år, etter norsk bokføringslov",
            "5 years, by Norwegian bookkeeping law",
        ),
        Kept.AV1_LOG: Words("{days} dagar", "{days} dager", "{days} days"),
        Kept.AV1_USAGE: Words("13 månader", "13 måneder", "13 months"),
        Kept.REQUEST: Words(
            "30 dagar efter svaret, 365 dagar efter beslutet som längst",
            "30 dager etter svaret, 365 dager etter avgjørelsen på det lengste",
            "30 days after the answer, 365 days after the decision at most",
        ),
        Kept.HOLD: Words(
            "medan en skuld eller ett krav är öppet",
            "mens en gjeld eller et krav er åpent",
            "while a sum or a claim is outstanding",
        ),
        Kept.CONSENT: Words(
            "tills du återkallar samtycket; det tar ett steg",
            "til du trekker samtykket tilbake; det tar ett steg",
            "until you withdraw your consent; it takes one step",
        ),
        Kept.SUPPORT: Words(
            "ett år efter det sista meddelandet, eller tills du raderar frågan; en kunds medan avtalet gäller",
            "ett år etter den siste meldingen, eller til du sletter spørsmålet; en kundes mens avtalen gjelder",
            "one year after the last message, or until you erase it; a customer's while the agreement lives",
        ),
        Kept.READS: Words(
            "ett år, eller tills du raderas", "ett år, eller til du slettes", "one year, or until you are erased"
        ),
    }
)
"""Of every period that such an activity has."""
