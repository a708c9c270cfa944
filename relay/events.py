"""What the relay tells whoever runs it: that a provider fell or rose, and no word about any call, person or address."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from relay.ice import Transport
from relay.provider import ProviderName


class Duty(StrEnum):
    """What a provider is there for. It can fail at one of them alone."""

    MINTING = "minting"
    """Giving credentials."""
    RELAYING = "relaying"
    """Carrying packets."""


class Fell(msgspec.Struct, frozen=True):
    """The alarm: this provider fails at this, and others do its work. Told once, until it rises. `cause` is stable."""

    provider: ProviderName
    duty: Duty
    cause: StrEnum


class Rose(msgspec.Struct, frozen=True):
    """It works again."""

    provider: ProviderName
    duty: Duty


class NobodyLeft(msgspec.Struct, frozen=True):
    """No provider gives a relay: new calls have direct paths alone. Told once, until `SomebodyBack`."""


class SomebodyBack(msgspec.Struct, frozen=True):
    """A provider gives relays again."""


class Seen(msgspec.Struct, frozen=True):
    """A look at a provider's relays over one transport: whether a packet came back, and how long it took."""

    provider: ProviderName
    transport: Transport
    ok: bool
    round_trip_ms: float | None


class BudgetNear(msgspec.Struct, frozen=True):
    """Four fifths of this month's relayed bytes are used."""


class BudgetSpent(msgspec.Struct, frozen=True):
    """This month's relayed bytes are used up. Nobody is stopped by that."""


class Stumbled(msgspec.Struct, frozen=True):
    """A fault of ours in a task that nobody waits for; the task goes on."""

    problem: BaseException


RelayEvent = Fell | Rose | NobodyLeft | SomebodyBack | Seen | BudgetNear | BudgetSpent | Stumbled
Tell = Callable[[RelayEvent], None]
"""Hears each event as it happens. Must neither wait nor raise."""
