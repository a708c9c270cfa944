"""The words of an export's pages, in Swedish, Norwegian bokmål and English. A test holds that no column is without."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from signalling.privacy.declaring import Kept
from signalling.privacy.reading import ReadPurpose, Record
from signalling.privacy.wording import Words

TITLE: Final = Words("Det vi har sparat om dig", "Det vi har lagret om deg", "What we have stored about you")
MADE: Final = Words("Framtaget {day}.", "Laget {day}.", "Made on {day}.")
COMPLAIN: Final = Words(
    "Du har rätt att klaga hos {name} ({site}).",
    "Du har rett til å klage til {name} ({site}).",
    "You have the right to complain to {name} ({site}).",
)
MASKED: Final = Words(
    "••• står för något som gäller någon annan. Det som inte finns med, och varför, står i manifest.json.",
    "••• står for noe som gjelder noen andre. Det som ikke er med, og hvorfor, står i manifest.json.",
    "••• stands for what is about somebody else. What is left out, and why, stands in manifest.json.",
)
SCOPE: Final = Words(
    "Här står det som sparas under ditt nummer i appen. Det som du lämnat med en e-postadress, som kund, på en lista "
    "eller i en fråga, begär du för sig, med formuläret för dina uppgifter.",
    "Her står det som lagres under nummeret ditt i appen. Det du har oppgitt med en e-postadresse, som kunde, på en "
    "liste eller i et spørsmål, ber du om for seg, med skjemaet for opplysningene dine.",
    "Here is what is stored under your number in the app. What you left with an e-mail address, as a customer, on a "
    "list or in a question, you ask for by itself, with the form for your data.",
)
SOURCE: Final = Words("Varifrån", "Hvorfra", "From where")
KEPT: Final = Words("Hur länge", "Hvor lenge", "How long")
YES: Final = Words("ja", "ja", "yes")
NO: Final = Words("nej", "nei", "no")

_APP: Final = Words("din app", "appen din", "your app")
_YOU: Final = Words("du själv, i appen", "du selv, i appen", "you, in the app")
_OPERATOR: Final = Words("den som driver tjänsten", "den som driver tjenesten", "whoever runs the service")
_YOU_OR_US: Final = Words(
    "du själv, när avtalet slöts", "du selv, da avtalen ble inngått", "you, when the agreement was made"
)

SOURCES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "profiles": _YOU,
        "pictures": _YOU,
        "parties": Words("slumpat när du kom in", "tilfeldig valgt da du kom inn", "made at random when you came in"),
        "endpoints": _APP,
        "memberships": Words(
            "Kompens vred, eller inbjudan", "bryteren på Komp, eller invitasjonen", "the Komp's knob, or the invitation"
        ),
        "invitations": Words("den som bjöd in", "den som inviterte", "whoever invited"),
        "posts": Words("författarens app", "forfatterens app", "its author's app"),
        "post_readers": Words("författarens app", "forfatterens app", "its author's app"),
        "holds": _OPERATOR,
        "erasures_due": _YOU,
        "subject_requests": _YOU,
        "customers": _YOU_OR_US,
        "devices": _OPERATOR,
        "av1_usage": Words("roboten själv", "roboten selv", "the robot itself"),
        "keywords": _OPERATOR,
        "robot_links": Words(
            "appen som använde nyckelordet", "appen som brukte nøkkelordet", "the app that used the keyword"
        ),
        "books": _OPERATOR,
        "list_entries": _YOU,
        "support_threads": _YOU,
        "support_messages": Words("du, och personalen som svarade", "du, og de som svarte", "you, and our staff"),
        "consents": _YOU,
        "staff_reads": Words(
            "tjänsten själv",
            "tjenesten selv",
            "the service itself",
        ),
    }
)
"""Where each table's values come from (GDPR article 15(1)(g))."""

COLUMNS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "party": Words("ditt slumpade nummer", "ditt tilfeldige nummer", "your random number"),
        "name": Words("namn", "navn", "name"),
        "phone": Words("telefonnummer", "telefonnummer", "telephone number"),
        "picture": Words("bildens kontrollsumma", "bildets kontrollsum", "checksum of the picture"),
        "content": Words("bild", "bilde", "picture"),
        "alone_since_day": Words("utan Komp sedan", "uten Komp siden", "without a Komp since"),
        "kind": Words("slag", "type", "kind"),
        "endpoint": Words("app", "app", "app"),
        "identity": Words("appens öppna nyckel", "appens åpne nøkkel", "the app's public key"),
        "revoked": Words("avstängd", "stengt ute", "cut off"),
        "statement_key": Words("öppen avtalsnyckel", "åpen avtalenøkkel", "public agreement key"),
        "statement_serial": Words("nyckelns nummer", "nøkkelens nummer", "the key's number"),
        "statement_not_after": Words("nyckeln gäller till", "nøkkelen gjelder til", "the key is good until"),
        "person": Words("vem", "hvem", "who"),
        "komp": Words("Komp", "Komp", "Komp"),
        "role": Words("roll", "rolle", "role"),
        "side": Words("familj eller personal", "familie eller ansatte", "family or staff"),
        "video_only": Words("bara samtal", "bare samtaler", "calls only"),
        "invitation": Words("inbjudan", "invitasjon", "invitation"),
        "inviter": Words("vem bjöd in", "hvem inviterte", "who invited"),
        "expires_at": Words("raderas senast", "slettes senest", "erased at the latest"),
        "post": Words("försändelse", "forsendelse", "post"),
        "author": Words("skriven av appen", "skrevet av appen", "written by the app"),
        "purpose": Words("vad det är", "hva det er", "what it is"),
        "day": Words("kom", "kom", "came"),
        "box_bytes": Words("storlek, byte", "størrelse, byte", "size, bytes"),
        "subject": Words("vems uppgifter", "hvem sine opplysninger", "whose data"),
        "reason": Words("varför", "hvorfor", "why"),
        "since_day": Words("sedan", "siden", "since"),
        "request": Words("begäran", "krav", "request"),
        "came_by": Words("kom genom", "kom gjennom", "came by"),
        "received_day": Words("kom", "kom", "came"),
        "due_day": Words("besvaras senast", "besvares senest", "answered at the latest"),
        "outcome": Words("beslut", "avgjørelse", "decision"),
        "decided_day": Words("beslutad", "avgjort", "decided"),
        "told_day": Words("svaret lämnat", "svaret gitt", "answer given"),
        "email": Words("e-post", "e-post", "e-mail"),
        "text": Words("vad du skrev", "hva du skrev", "what you wrote"),
        "answer": Words("svar", "svar", "answer"),
        "asked_day": Words("begärd", "bedt om", "asked for"),
        "customer": Words("kundens slumpade nummer", "kundens tilfeldige nummer", "the customer's random number"),
        "dpa_version": Words(
            "personuppgiftsbiträdesavtal, version", "databehandleravtale, versjon", "data-processing agreement, version"
        ),
        "created_day": Words("kund sedan", "kunde siden", "customer since"),
        "address": Words("leveransadress", "leveringsadresse", "delivery address"),
        "payment_reference": Words("betalreferens", "betalingsreferanse", "payment reference"),
        "status": Words("tillstånd", "tilstand", "status"),
        "device": Words("apparat", "enhet", "device"),
        "month": Words("månad", "måned", "month"),
        "minutes": Words("minuter", "minutter", "minutes"),
        "last_day": Words("sista dag", "siste dag", "last day"),
        "av1": Words("robot", "robot", "robot"),
        "used": Words("använt", "brukt", "used"),
        "entry": Words("post", "oppføring", "entry"),
        "consent": Words("samtycke", "samtykke", "consent"),
        "country": Words("land", "land", "country"),
        "thread": Words("fråga", "spørsmål", "question"),
        "place": Words("nummer", "nummer", "number"),
        "by": Words("skrivet av", "skrevet av", "written by"),
        "wording": Words("ordalydelse, version", "ordlyd, versjon", "wording, version"),
        "wording_hash": Words("ordalydelsens kontrollsumma", "ordlydens kontrollsum", "checksum of the wording"),
        "policy_version": Words("policyns version", "erklæringens versjon", "version of the policy"),
        "given_day": Words("lämnat", "gitt", "given"),
        "withdrawn_day": Words("återkallat", "trukket tilbake", "withdrawn"),
        "read": Words("läsning", "lesing", "read"),
        "record": Words("vad som lästes", "hva som ble lest", "what was read"),
        "minute": Words("när", "når", "when"),
        "operator": Words("vem av personalen", "hvem av de ansatte", "who of staff"),
    }
)
"""By column, without `sealed_`."""

OF_A_TABLE: Final[Mapping[tuple[str, str], Words]] = MappingProxyType(
    {
        ("books", "content"): Words("verifikation", "bilag", "entry in the books"),
        ("devices", "party"): Words("apparatens nummer", "enhetens nummer", "the device's number"),
        ("devices", "name"): Words("vad ni kallar den", "hva dere kaller den", "what you call it"),
        ("staff_reads", "purpose"): Words("varför", "hvorfor", "what for"),
        ("support_messages", "text"): Words("vad som skrevs", "hva som ble skrevet", "what was written"),
    }
)
"""Where a column means something else in one table than in the others."""

SECTIONS: Final[Mapping[str, Words]] = MappingProxyType(
    {"consents": Words("Samtycken som det bygger på", "Samtykker som det bygger på", "Consents that it rests on")}
)
"""Of activities that are about nobody by themselves."""
UNTIL: Final[Mapping[Kept, Words]] = MappingProxyType(
    {
        Kept.FOR_GOOD: Words(
            "för gott, men utan att något leder till dig när posten är borta",
            "for alltid, men uten at noe fører til deg når oppføringen er borte",
            "for good, but nothing leads to you once the entry is gone",
        )
    }
)
"""Their periods."""

VALUES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        Record.PROFILE: Words("din profil", "profilen din", "your profile"),
        Record.CUSTOMER: Words("kunduppgifter", "kundeopplysninger", "the customer's data"),
        Record.DEVICES: Words("lista över apparater", "liste over enheter", "the list of devices"),
        Record.USAGE: Words("summerade minuter", "summerte minutter", "summed minutes"),
        Record.AV1_LOG: Words("robotens logg", "robotens logg", "the robot's log"),
        Record.HOLDS: Words("varför något sparas", "hvorfor noe beholdes", "why something is kept"),
        Record.REQUEST: Words("en begäran", "et krav", "a request"),
        Record.THREAD: Words("en fråga till oss", "et spørsmål til oss", "a question to us"),
        Record.LIST_ENTRY: Words("post i en lista", "oppføring i en liste", "an entry of a list"),
        Record.EXPORT: Words("allt, för att lämnas ut", "alt, for å utleveres", "everything, to be handed over"),
        Record.UNBLOCKING: Words(
            "spärren på en robot hävdes", "sperren på en robot ble opphevet", "a robot was unblocked"
        ),
        Record.READS: Words("dessa läsningar", "disse lesingene", "these reads"),
        ReadPurpose.SUPPORT: Words("hjälp", "hjelp", "support"),
        ReadPurpose.PROACTIVE_SUPPORT: Words("förebyggande hjälp", "forebyggende hjelp", "proactive support"),
        ReadPurpose.INVOICING: Words("fakturering", "fakturering", "invoicing"),
        ReadPurpose.SECURITY: Words("säkerhet", "sikkerhet", "security"),
        ReadPurpose.DELIVERY: Words("leverans", "levering", "delivery"),
        ReadPurpose.MAILING: Words("utskick", "utsending", "mailing"),
        ReadPurpose.SUBJECT_REQUEST: Words("svar på en begäran", "svar på et krav", "to answer a request"),
        ReadPurpose.LEGAL: Words("rättsligt krav", "rettslig krav", "a legal claim"),
    }
)
"""What staff read, and what for."""
