"""`relay credentials` and `relay check`, for an operator. The only file here that reads the environment.

The secret comes from a file that `--secret-file` or NARVARO_TURN_SECRET_FILE names, or from standard input; never from
an argument, which every user of the machine could read.
"""

import asyncio
import json
import secrets
import ssl
import time
from collections.abc import Sequence
from typing import BinaryIO, Final

import click
from rich.console import Console
from rich.table import Table

from relay.credentials import LIFETIME_SECONDS
from relay.errors import RelayError
from relay.probe import TIMEOUT_SECONDS, ProbeResult, probe_servers
from relay.provider import Minted
from relay.providers import RelaySettings, from_settings

MEANING: Final = {
    "turn_unreachable": "no such name, nothing there, or a firewall drops it",
    "udp_blocked": "UDP is blocked on the way; TCP or TLS works",
    "tls_untrusted": "the certificate is not trusted from here",
    "turn_auth_failed": "wrong secret, or the clocks differ",
    "turn_refused": "no allocation: quota, capacity or policy",
    "relay_dead": "allocated, but nothing comes back through the relay",
}

urls_option = click.option(
    "--urls",
    envvar="NARVARO_TURN_URLS",
    show_envvar=True,
    required=True,
    help="turn:, turns: and stun: URLs, comma-separated.",
)
secret_option = click.option(
    "--secret-file",
    envvar="NARVARO_TURN_SECRET_FILE",
    show_envvar=True,
    required=True,
    type=click.File("rb"),
    help="File with the TURN REST secret; - reads standard input.",
)
lifetime_option = click.option(
    "--lifetime-seconds",
    envvar="NARVARO_TURN_LIFETIME_SECONDS",
    show_envvar=True,
    default=LIFETIME_SECONDS,
    show_default=True,
    help="How long the credential can open an allocation.",
)


@click.group()
def main() -> None:
    """Relays: mint credentials, and check from here what works."""


@main.command()
@urls_option
@secret_option
@lifetime_option
def credentials(urls: str, secret_file: BinaryIO, lifetime_seconds: float) -> None:
    """Print ICE servers with a fresh credential, as JSON for an RTCPeerConnection."""
    minted = _mint(urls, secret_file, lifetime_seconds)
    click.echo(json.dumps([server.to_wire() for server in minted.servers], indent=2))


@main.command()
@urls_option
@secret_option
@click.option("--ca-file", type=click.Path(exists=True, dir_okay=False), help="Trust this CA instead of the system's.")
@click.option(
    "--timeout-seconds",
    default=TIMEOUT_SECONDS,
    show_default=True,
    type=click.FloatRange(0.1, 60),
    help="For each of the steps with a server.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def check(urls: str, secret_file: BinaryIO, ca_file: str | None, timeout_seconds: float, *, as_json: bool) -> None:
    """Try each server on each transport from here. Exits with 1 unless all of them work."""
    minted = _mint(urls, secret_file, LIFETIME_SECONDS)
    tls = ssl.create_default_context(cafile=ca_file)
    results = asyncio.run(probe_servers(minted.servers, timeout_seconds=timeout_seconds, tls=tls))
    if as_json:
        click.echo(json.dumps([_row(result) for result in results], indent=2))
    else:
        Console(width=None if Console().is_terminal else 120).print(_table(results))
    if not all(result.ok for result in results):
        raise SystemExit(1)


def _mint(urls: str, secret_file: BinaryIO, lifetime_seconds: float) -> Minted:
    try:
        settings = RelaySettings(
            turn_hosts=tuple(url.strip() for url in urls.split(",") if url.strip()),
            turn_secret=secret_file.read().strip().decode("ascii", errors="replace"),
            lifetime_seconds=lifetime_seconds,
        )
        (provider,) = from_settings(settings, secrets.token_bytes)
        return asyncio.run(provider.ice_servers(now=time.time()))
    except RelayError as error:
        raise click.ClickException(f"{error} ({error.code})") from None


def _table(results: Sequence[ProbeResult]) -> Table:
    table = Table("server", "works", "round trip", "cause", "what it means", title="Relays, as seen from here")
    for result in results:
        works = "[green]pass[/]" if result.ok else "[red]FAIL[/]"
        round_trip = "" if result.round_trip_ms is None else f"{result.round_trip_ms:.1f} ms"
        table.add_row(result.url, works, round_trip, result.cause or "", MEANING.get(result.cause or "", ""))
    return table


def _row(result: ProbeResult) -> dict[str, object]:
    return {"url": result.url, "ok": result.ok, "round_trip_ms": result.round_trip_ms, "cause": result.cause}
