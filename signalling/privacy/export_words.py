"""The words of an export's pages, in Swedish, Norwegian bokmål and English. A test holds that no column is without."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from signalling.privacy.declaring import Basis
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
SOURCE: Final = Words("Varifrån", "Hvorfra", "From where")
BASIS: Final = Words("Rättslig grund", "Rettslig grunnlag", "Legal basis")
KEPT: Final = Words("Hur länge", "Hvor lenge", "How long")
YES: Final = Words("ja", "ja", "yes")
NO: Final = Words("nej", "nei", "no")

BASES: Final[Mapping[Basis, Words]] = MappingProxyType(
    {
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

_APP: Final = Words("din app", "appen din", "your app")
_YOU: Final = Words("du själv, i appen", "du selv, i appen", "you, in the app")
_OPERATOR: Final = Words("den som driver tjänsten", "den som driver tjenesten", "whoever runs the service")

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
    }
)
"""By column, without `sealed_`."""
