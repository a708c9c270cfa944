"""What a text says: a code, or a link. Nobody's name, no number, no word about whom it concerns (P-43)."""

from signalling.sms.port import Text


def code_text(number: str, code: str) -> Text:
    """The one-time code, alone."""
    return Text(number, code)


def invitation_text(number: str, *, origin: str, code: str) -> Text:
    """A link to the app. The code stands behind the `#`, which browsers send to nobody."""
    return Text(number, f"{origin}/family#invitation={code}")
