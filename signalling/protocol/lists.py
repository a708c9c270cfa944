"""Bodies of lists, consents and support threads. A field too many is refused, and no body prints its content."""

from typing import Annotated, Literal

from msgspec import Meta

from signalling.protocol.api import Day, OwnRead
from signalling.protocol.fields import Part, StrictPart

Email = Annotated[str, Meta(min_length=3, max_length=254, description="an e-mail address")]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$", description="ISO 3166-1, two capital letters")]
Version = Annotated[str, Meta(min_length=1, max_length=32, description="the version of the wording that was agreed to")]
Text = Annotated[str, Meta(min_length=1, max_length=2000, description="1 to 2000 characters")]
WithdrawalToken = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{65}$", description="65 characters, from a mail's link")]
Reference = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{32}$", description="192 bits, base64url; told once")]


class WaitingEntry(StrictPart, frozen=True):
    """Onto the waiting list."""

    country: Country
    email: Email
    consent: Version | None = None
    """Without it nothing is kept."""


class NewsletterEntry(StrictPart, frozen=True):
    """Onto the newsletter's list."""

    email: Email
    consent: Version | None = None
    """Without it nothing is kept."""


class Withdrawal(StrictPart, frozen=True):
    """Off the list, in one step."""

    token: WithdrawalToken


class Question(StrictPart, frozen=True):
    """A new support thread. Nobody need say who they are."""

    text: Text
    email: Email | None = None
    """By choice; then with a consent."""
    consent: Version | None = None


class ThreadOpened(Part, frozen=True):
    """How the thread is reached from now on. It can't be told again: who loses it asks anew."""

    reference: Reference
    days: int
    """Kept so many days after the last message."""


class ThreadReference(StrictPart, frozen=True):
    """Names a thread, and opens it."""

    reference: Reference


class ThreadMessage(StrictPart, frozen=True):
    """One more message."""

    reference: Reference
    text: Text


class SaidMessage(Part, frozen=True):
    """A message of a thread."""

    by: Literal["asker", "staff"]
    day: Day
    text: str


class SupportThread(Part, frozen=True):
    """All of a thread, oldest first, and when staff read it, what for."""

    messages: list[SaidMessage]
    reads: list[OwnRead]
    email: str | None = None


class ConsentWording(Part, frozen=True):
    """What is agreed to, in each language."""

    kind: Literal["waiting", "newsletter", "support_email"]
    version: Version
    sv: str
    nb: str
    en: str


class ConsentWordings(Part, frozen=True):
    """The current wordings."""

    consents: list[ConsentWording]
