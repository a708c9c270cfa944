"""Who else handles data, where, and what they get: the register of processors, and what refuses a start (P-40 to P-47).

A row outside the EEA is refused unless it carries no personal data; a host that no row names is refused. Here is no
I/O: names are compared, and what a name resolves to is the relay's to check.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

EEA: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT"),
        *("LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""ISO 3166-1: the Union, Iceland, Liechtenstein and Norway."""
FOREIGN_NAMES: Final = ("global.", "stun.l.google.com", "stun1.l.google.com", "stun.cloudflare.com", "stun.services.")
"""Beginnings of host names that lead anywhere in the world, or are some library's default. Only a row can name them."""

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""What goes there does not leave the machine."""


class Processor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row. `hosts` are names, or `*.example` for all below; `*` is the operator's own."""

    name: Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{0,63}$")]
    role: Annotated[str, Meta(min_length=1, max_length=200)]
    region: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    """ISO 3166-1."""
    personal: tuple[str, ...]
    """What personal data it carries; an empty list says that it carries none."""
    hosts: tuple[str, ...] = ()

    def covers(self, host: str) -> bool:
        """Whether that host is this one's."""
        if host in LOOPBACK:
            return True
        if host.startswith(FOREIGN_NAMES):
            return host in self.hosts
        return any(
            pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))
            for pattern in self.hosts
        )


def shipped(region: str, *, relays: str = "IE") -> tuple[Processor, ...]:
    """The register as it is without a file: our own machines in `region`, and Twilio, which relays in `relays`."""
    return (
        Processor(
            "hosting",
            "runs the coordinator and its database",
            region,
            ("all that the data map says is stored",),
            ("*",),
        ),
        Processor(
            "relay", "relays media that it cannot open", region, ("network addresses, while a call lasts",), ("*",)
        ),
        Processor("kms", "wraps the keys that personal columns are sealed under", region, (), ("*",)),
        Processor(
            "twilio-relays", "relays media that it cannot open", relays, ("network addresses, while a call lasts",)
        ),
        Processor(
            "twilio-messaging",
            "sends one-time codes and invitations by SMS",
            "IE",
            ("telephone number", "one-time code or link"),
            ("api.dublin.ie1.twilio.com",),
        ),
        Processor(
            "twilio-tokens", "mints credentials for its relays; is sent `Ttl` alone", "US", (), ("api.twilio.com",)
        ),
    )


@dataclass(frozen=True, slots=True)
class Use:
    """A setting that leads to another host. `host` is None where the program itself knows it."""

    setting: str
    processor: str
    host: str | None = None


def leaving(register: Iterable[Processor]) -> list[Processor]:
    """The rows that take personal data out of the EEA."""
    return [row for row in register if row.region not in EEA and row.personal]


def faults(register: Sequence[Processor], uses: Iterable[Use], *, allowed: Container[str] = ()) -> list[str]:
    """Why a program with this register and these settings may not start, one line each.

    `allowed` names rows that the operator let go outside by a setting of its own; the record says that they do.
    """
    found = [
        f"processor {row.name}: outside the EEA only what carries no personal data may be"
        for row in leaving(register)
        if row.name not in allowed
    ]
    names = {row.name for row in register}
    if len(names) != len(register):
        found.append("processors: a name stands once in the register")
    for use in uses:
        if use.host is None:
            if use.processor not in names:
                found.append(f"{use.setting}: no row of the register is named {use.processor}")
        elif not any(row.name == use.processor and row.covers(use.host) for row in register):
            found.append(f"{use.setting}: a host is in no row of the register named {use.processor}")
    return found


def read_register(document: bytes) -> tuple[Processor, ...]:
    """The register of a file: a JSON list of rows. Raises ValueError with the rule."""
    try:
        return msgspec.json.decode(document, type=tuple[Processor, ...])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise ValueError("a register of processors is a JSON list of {name, role, region, personal, hosts?}")
