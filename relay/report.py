"""What `relay check` and `relay usage` say to people: tables, what each cause means, and one line for all."""

from collections.abc import Sequence
from typing import Final

from rich.table import Table

from relay.cause import Cause
from relay.ice import Transport
from relay.probe import ProbeResult, passing
from relay.usage import Row

MEANING: Final = {
    Cause.TURN_UNREACHABLE: "no such name, nothing there, or a firewall drops it",
    Cause.UDP_BLOCKED: "UDP is blocked on the way; TCP or TLS gets through",
    Cause.TLS_UNTRUSTED: "the certificate is not trusted from here: name, date or issuer",
    Cause.TLS_INTERCEPTED: "a firewall opens TLS on the way: it must leave this host alone",
    Cause.PROXY_ONLY: "only the network's proxy gets out: this host must be let through directly",
    Cause.CAPTIVE_PORTAL: "the network wants a sign-in first",
    Cause.TURN_AUTH_FAILED: "wrong secret, or the clocks differ",
    Cause.TURN_REFUSED: "no allocation: quota, capacity or policy",
    Cause.RELAY_DEAD: "allocated, but nothing comes back through the relay",
}
BEST: Final = {
    Transport.UDP: "Calls work from here by UDP, which is best.",
    Transport.TCP: "Calls work from here by TCP. Pictures are smoother where UDP is allowed.",
    Transport.TLS: "Calls work from here by TLS alone. Pictures are smoother where UDP is allowed.",
}
ADVICE: Final = "`relay check --allow-list` prints what to ask the network's people for."


def table(results: Sequence[ProbeResult]) -> Table:
    """One row for each URL."""
    rows = Table("server", "works", "round trip", "cause", "what it means", title="Relays, as seen from here")
    for result in results:
        works = "[green]pass[/]" if result.ok else "[red]FAIL[/]"
        round_trip = "" if result.round_trip_ms is None else f"{result.round_trip_ms:.1f} ms"
        meaning = MEANING[result.cause] if result.cause is not None else ""
        rows.add_row(result.url, works, round_trip, result.cause or "", meaning)
    return rows


def row(result: ProbeResult) -> dict[str, object]:
    """The same for a program."""
    return {"url": result.url, "ok": result.ok, "round_trip_ms": result.round_trip_ms, "cause": result.cause}


def summary(results: Sequence[ProbeResult]) -> str:
    """Whether calls that need a relay work from here, and by which way."""
    ways = passing(results)
    if ways:
        return BEST[ways[0]]
    relays = [result for result in results if not result.url.startswith("stun:")]
    if not relays:
        return "No relay was named: only direct paths can work."
    causes = ", ".join(dict.fromkeys(result.cause.value for result in relays if result.cause is not None))
    return f"Calls that need a relay do not work from here: {causes}. {ADVICE}"


def usage_table(carried: Sequence[Row]) -> Table:
    """One row for each provider, region and transport."""
    rows = Table("provider", "region", "transport", "minutes", "gigabytes", "cost", title="What relays carried")
    for one in carried:
        minutes = "" if one.minutes is None else f"{one.minutes:.1f}"
        paid = "" if one.cost is None else f"{one.cost:.2f}"
        rows.add_row(one.provider, one.region, one.transport, minutes, f"{one.gigabytes:.3f}", paid)
    return rows
