"""Who answers for personal data here, who else handles it, and where: as the settings say, or a reason not to start."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from signalling import lasting, relays
from signalling.privacy import notice, processors
from signalling.privacy.datamap import OUTBOUND
from signalling.settings import Settings, variable


def controller(settings: Settings) -> notice.Controller:
    """Who answers for personal data here."""
    return notice.Controller(
        settings.controller,
        settings.controller_contact,
        settings.policy_date.isoformat(),
        settings.policy_version,
        settings.av1_log_days,
        settings.backup_days if settings.erasure_log_file is not None else None,
    )


def register(settings: Settings) -> tuple[processors.Processor, ...]:
    """The processors, if these settings may go with them. Raises OSError, or ValueError with the rules they break."""
    file = settings.processors_file
    if file is None:
        rows = processors.shipped(settings.region, relays=relays.twilio_country(settings))
    else:
        rows = processors.read_register(file.read_bytes())
    allowed = {"twilio-relays"} if settings.twilio_allow_global else set()
    faults = processors.faults(rows, uses(settings), allowed=allowed)
    if faults:
        raise ValueError("; ".join(faults))
    return rows


def uses(settings: Settings) -> Iterator[processors.Use]:
    """Every other host that these settings make this program or its endpoints talk to."""
    for name, kinds in OUTBOUND.items():
        value = getattr(settings, name)
        hosts: tuple[str | None, ...] = (None,) if value is not None else ()
        if name == "turn_urls":
            hosts = relays.turn_hosts(settings)
        elif name == "database_url":
            host = lasting.database_host(settings)
            hosts = (host,) if host is not None else ()
        elif name == "twilio_base_url" and value is not None:
            hosts = (urlsplit(value).hostname or "",)
        yield from (processors.Use(variable(name), kind, host) for host in hosts for kind in kinds)
