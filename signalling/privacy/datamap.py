"""The data map: every stored column, field of memory, log field, label of a figure and field that a processor is sent.

What lasts stands in `stored`, what passes in `passing`; whose it is, why, how long and what erases it follow from its
activity (`activities`). A test compares this with the real tables, events, figures, state and settings, both ways: what
isn't here can't be kept. Here is no rule and no I/O.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from signalling.privacy import passing, stored
from signalling.privacy.declaring import Declaration


def _named(declarations: tuple[Declaration, ...]) -> Mapping[str, Declaration]:
    named = {one.name: one for one in declarations}
    assert len(named) == len(declarations), "a name is declared once"
    return MappingProxyType(named)


COLUMNS: Final = _named(stored.COLUMNS)
"""`table.column`."""
MEMORY: Final = _named(passing.MEMORY)
"""`Class.field` of what state keeps while something lives."""
LOG_FIELDS: Final = _named(passing.LOG)
"""`log.event.field`."""
LABELS: Final = _named(passing.LABELS)
"""`figure.name.label`."""
FILES: Final = _named(stored.FILES)
"""`file.field`."""
SENT: Final = _named(passing.SENT)
"""`processor.field`: all that a processor is ever sent."""

OUTBOUND: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "database_url": ("hosting",),
        "kms_command": ("kms",),
        "turn_urls": ("relay",),
        "twilio_account_sid": ("twilio-tokens", "twilio-relays"),
        "twilio_base_url": ("twilio-tokens",),
        "sms_twilio_account": ("twilio-messaging",),
    }
)
"""Settings that make this program, or its endpoints, talk to another host, and the processors that are there."""


OWN: Final = frozenset({"host", "metrics_host", "origin", "allowed_origins", "trusted_proxies", "controller_contact"})
"""Settings that name a host or an address that this program doesn't talk to: where it listens, who may come."""


def everything() -> Iterator[Declaration]:
    """Every declaration."""
    for part in (COLUMNS, MEMORY, LOG_FIELDS, LABELS, FILES, SENT):
        yield from part.values()
