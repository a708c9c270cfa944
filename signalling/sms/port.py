"""The narrow port behind which SMS are sent, and what a text may be. It decides nothing and keeps nothing."""

from dataclasses import dataclass
from typing import Protocol


class SmsError(Exception):
    """The text was not sent. Says why by a rule, never to whom nor what."""


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """One SMS."""

    number: str
    """E.164."""
    body: str
    """A code or a link, nothing else (P-43)."""


class Sms(Protocol):
    """What sends an SMS."""

    async def send(self, text: Text) -> None:
        """Hand the text over. Raises SmsError. Ends within a time of its own."""

    async def close(self) -> None:
        """Let everything go."""
