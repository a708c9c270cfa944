"""What somebody consents to: the wordings, with their versions. Pure.

A client shows the current wording and sends its version back; nothing is kept without it. A wording that was once
published is never changed: another text is another version. What the ledger of consents keeps names nobody.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ConsentKind(StrEnum):
    """What one can consent to."""

    WAITING = "waiting"
    NEWSLETTER = "newsletter"
    SUPPORT_EMAIL = "support_email"


@dataclass(frozen=True, slots=True)
class Wording:
    """What was shown, in each language."""

    version: str
    sv: str
    nb: str
    en: str

    @property
    def digest(self) -> bytes:
        """SHA-256 of version and texts: a ledger row shows which words they were."""
        return hashlib.sha256(f"{self.version}\0{self.sv}\0{self.nb}\0{self.en}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Consent:
    """A row of the ledger. Whose it is can't be told from it."""

    kind: ConsentKind
    wording: str
    digest: bytes
    policy_version: str
    given_day: int
    withdrawn_day: int | None = None


WORDINGS: Final = MappingProxyType(
    {
        ConsentKind.WAITING: Wording(
            "2026-11-26",
            "Spara mitt land och min e-postadress, så att ni kan skriva när tjänsten finns i mitt land. Jag kan "
            "återkalla det när som helst; då tas uppgifterna bort.",
            "Lagre landet mitt og e-postadressen min, slik at dere kan skrive når tjenesten finnes i landet mitt. Jeg "
            "kan trekke det tilbake når som helst; da fjernes opplysningene.",
            "Keep my country and my e-mail address, so that you can write when the service is in my country. I can "
            "withdraw this at any time; then they are removed.",
        ),
        ConsentKind.NEWSLETTER: Wording(
            "2026-11-26",
            "Spara min e-postadress för att skicka nyhetsbrevet. Jag kan återkalla det när som helst; då tas adressen "
            "bort.",
            "Lagre e-postadressen min for å sende nyhetsbrevet. Jeg kan trekke det tilbake når som helst; da fjernes "
            "adressen.",
            "Keep my e-mail address to send me the newsletter. I can withdraw this at any time; then it is removed.",
        ),
        ConsentKind.SUPPORT_EMAIL: Wording(
            "2026-11-26",
            "Spara min e-postadress tillsammans med min fråga, så att ni kan svara dit. Den tas bort med frågan, "
            "senast ett år efter det sista meddelandet, eller tidigare om jag ber om det.",
            "Lagre e-postadressen min sammen med spørsmålet mitt, slik at dere kan svare dit. Den fjernes med "
            "spørsmålet, senest ett år etter den siste meldingen, eller tidligere hvis jeg ber om det.",
            "Keep my e-mail address with my question, so that you can answer there. It is removed with the question, "
            "one year after the last message at the latest, or earlier if I ask.",
        ),
    }
)
"""The current wording of each kind."""


def consent_to(kind: ConsentKind, version: str, *, policy_version: str, day: int) -> Consent | None:
    """The consent to that wording; None if it isn't the current one: then nothing may be kept."""
    current = WORDINGS[kind]
    if version != current.version:
        return None
    return Consent(kind, current.version, current.digest, policy_version, day)
