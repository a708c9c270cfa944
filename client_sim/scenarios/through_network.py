"""One call through a network made for it: what gets out of it, how the call went, and why where it did not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rich.console import Console

from client_sim.network import PROFILES, network
from client_sim.paths import named_cause

CONNECTED = "dtls"


def call_through(console: Console, name: str, *, seconds: float, always_relay: bool) -> dict[str, Any]:
    """Make the network of that name, call the Komp in it and look meanwhile what gets out.

    Raises NetworkError, PermissionError.

    What comes back is the call's report with `network`, `relays` (each URL's cause, None where it works) and `cause`:
    what the call itself found in the way, or `relay check` where it ended before it knew.
    """
    with network(PROFILES[name]) as lab, ThreadPoolExecutor(1) as beside:
        checking = beside.submit(lab.check)
        report = lab.call(seconds=seconds, arguments=("--always-relay",) if always_relay else ())
        relays = {str(row["url"]): row["cause"] for row in checking.result()}
    for url, cause in relays.items():
        console.print(f"{url:48} {cause or 'works'}")
    found = report["cause"] or named_cause(relays)
    report |= {"network": name, "relays": relays, "cause": None if report["ok"] else found}
    console.print(_verdict(report))
    return report


def milliseconds(report: dict[str, Any], step: str) -> float | None:
    """From the invite to a step of the call."""
    return next((float(one["ms"]) for one in report["steps"] if one["step"] == step), None)


def _verdict(report: dict[str, Any]) -> str:
    if not report["ok"]:
        return f"{report['failure']}: {report['cause'] or 'no path was found'}"
    return (
        f"a good call, {report['path']}: connected {milliseconds(report, CONNECTED):.0f} ms after the invite, "
        f"first picture {report['first_picture_ms']:.0f} ms after the accept"
    )
