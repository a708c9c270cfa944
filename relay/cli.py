"""`relay credentials`, `relay check` and `relay usage`, for an operator. The only file here that reads the environment.

A secret comes from a file that an option or its variable names, or from standard input; never from an argument, which
every user of the machine could read.
"""

import asyncio
import json
import os
import re
import secrets
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, Final, TextIO, TypeVar
from urllib.parse import urlsplit

import click
import msgspec
from rich.console import Console

from relay import allow_list, report
from relay.credentials import LIFETIME_SECONDS
from relay.errors import ProviderError, RelayError
from relay.ice import IceServer, IceUrl
from relay.probe import TIMEOUT_SECONDS, ProbeResult, probe_servers
from relay.provider import ProviderName
from relay.providers import RelaySettings, TwilioSettings, from_settings
from relay.region import Region
from relay.usage import coturn_usage, from_coturn, from_metrics

F = TypeVar("F", bound=Callable[..., Any])
TABLE_COLUMNS: Final = 130


def _variable(name: str, **options: Any) -> Callable[[F], F]:
    """An option that the coordinator's variable of the same name fills too."""
    flag = f"--{name.replace('_', '-')}"
    return click.option(flag, name, envvar=f"NARVARO_{name.upper()}", show_envvar=True, **options)


def provider_options(command: F) -> F:
    """Where ICE servers come from."""
    for option in (
        _variable(
            "twilio_region",
            type=click.Choice([one.value for one in Region]),
            default=Region.IE1.value,
            show_default=True,
        ),
        _variable("twilio_allow_global", is_flag=True, help="Let `global` be used."),
        _variable("twilio_base_url", help="A stand-in for Twilio's API."),
        _variable("twilio_secret_file", type=click.File("rb"), help="File with its secret; - reads standard input."),
        _variable("twilio_key_sid", help="API key of that account."),
        _variable("twilio_account_sid", help="Account of Twilio Network Traversal."),
        click.option(
            "--lifetime-seconds",
            envvar="NARVARO_TURN_LIFETIME_SECONDS",
            show_envvar=True,
            default=LIFETIME_SECONDS,
            show_default=True,
            help="How long coturn's credential can open an allocation.",
        ),
        click.option(
            "--secret-file",
            envvar="NARVARO_TURN_SECRET_FILE",
            show_envvar=True,
            type=click.File("rb"),
            help="File with the TURN REST secret; - reads standard input.",
        ),
        click.option(
            "--urls",
            envvar="NARVARO_TURN_URLS",
            show_envvar=True,
            default="",
            help="turn:, turns: and stun: URLs of coturn, comma-separated.",
        ),
    ):
        command = option(command)
    return command


@click.group()
def main() -> None:
    """Relays: mint credentials, check from here what works, and sum up what was carried."""


@main.command()
@provider_options
def credentials(**given: Any) -> None:
    """Print ICE servers with a fresh credential, as JSON for an RTCPeerConnection, or for `relay check --servers`."""
    servers, faults = _minted(given)
    click.echo(json.dumps([server.to_wire() for server in servers], indent=2))
    _stop_for(faults)


@main.command()
@provider_options
@click.option("--servers", "servers_file", type=click.File("rb"), help="ICE servers that `relay credentials` printed.")
@click.option("--ca-file", type=click.Path(exists=True, dir_okay=False), help="Trust this CA instead of the system's.")
@click.option("--fingerprint", "fingerprints", multiple=True, help="SHA-256 of a certificate that may be shown.")
@click.option("--proxy", help="The network's HTTP proxy. [default: what HTTPS_PROXY says]")
@click.option(
    "--timeout-seconds",
    default=TIMEOUT_SECONDS,
    show_default=True,
    type=click.FloatRange(0.1, 60),
    help="For each of the steps with a server.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option(
    "--allow-list", "as_allow_list", is_flag=True, help="Try nothing: print what a firewall must let through."
)
@click.option("--html", "as_html", is_flag=True, help="The allow-list as a page.")
@click.option("--language", type=click.Choice([one.value for one in allow_list.Language]), default="en", help="Of it.")
@click.option("--coordinator", envvar="NARVARO_ORIGIN", show_envvar=True, help="Its origin, for the allow-list.")
def check(
    *,
    servers_file: BinaryIO | None,
    ca_file: str | None,
    fingerprints: Sequence[str],
    proxy: str | None,
    timeout_seconds: float,
    language: str,
    coordinator: str | None,
    as_json: bool,
    as_allow_list: bool,
    as_html: bool,
    **given: Any,
) -> None:
    """Try each server on each transport from here. Exits with 1 unless all of them work."""
    servers, faults = (_read_servers(servers_file), []) if servers_file is not None else _minted(given)
    if as_allow_list or as_html:
        click.echo(_allow_list(servers, coordinator, allow_list.Language(language), as_html=as_html), nl=False)
        return
    results = asyncio.run(
        probe_servers(
            servers,
            timeout_seconds=timeout_seconds,
            tls=ssl.create_default_context(cafile=ca_file),
            proxy=proxy or os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy"),
            fingerprints=frozenset(text.replace(":", "").lower() for text in fingerprints),
        )
    )
    _print_results(results, as_json=as_json)
    _stop_for(faults)
    if not all(result.ok for result in results):
        raise SystemExit(1)


@main.command()
@click.option("--metrics", type=click.File("r"), help="A coordinator's /metrics as text; - reads standard input.")
@click.option("--coturn-log", type=click.File("r"), help="coturn's log, as `deploy/coturn/start` writes it.")
@click.option("--price", "prices", multiple=True, help="What a gigabyte costs, as in twilio=0.40; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the sums as JSON.")
def usage(metrics: TextIO | None, coturn_log: TextIO | None, prices: Sequence[str], *, as_json: bool) -> None:
    """Sum up what relays carried, by provider, region and transport, and what it costs. Sums alone, about nobody."""
    if metrics is None and coturn_log is None:
        raise click.ClickException("name a source: --metrics, --coturn-log, or both")
    paid = dict(_price(text) for text in prices)
    try:
        rows = from_metrics(metrics.read(), paid) if metrics is not None else []
        counted = coturn_usage(coturn_log) if coturn_log is not None else None
    except ValueError:
        raise click.ClickException("the text is not in Prometheus' format") from None
    if counted is not None:
        rows.append(from_coturn(counted, paid))
    if as_json:
        refused = dict(counted.refused) if counted is not None else {}
        click.echo(json.dumps({"carried": msgspec.to_builtins(rows), "refused": refused}, indent=2))
        return
    console = Console(width=None if Console().is_terminal else TABLE_COLUMNS)
    console.print(report.usage_table(rows))
    for what, times in counted.refused if counted is not None else ():
        console.print(f"refused {times} times: {what}")


def _price(text: str) -> tuple[str, float]:
    provider, _, amount = text.partition("=")
    if provider in {*ProviderName} and re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", amount, re.ASCII):
        return provider, float(amount)
    raise click.ClickException("a price looks like twilio=0.40")


def _print_results(results: Sequence[ProbeResult], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([report.row(result) for result in results], indent=2))
        return
    console = Console(width=None if Console().is_terminal else TABLE_COLUMNS)
    console.print(report.table(results))
    console.print(report.summary(results), soft_wrap=True)


def _allow_list(
    servers: Sequence[IceServer], coordinator: str | None, language: allow_list.Language, *, as_html: bool
) -> str:
    urls = [url for server in servers for url in server.parsed()]
    listed = allow_list.rows(urls, coordinator=_host_and_port(coordinator), language=language)
    return allow_list.as_html(listed, language) if as_html else allow_list.as_text(listed, language)


def _host_and_port(origin: str | None) -> tuple[str, int] | None:
    if not origin:
        return None
    parts = urlsplit(origin)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise click.ClickException("the coordinator's origin looks like https://calls.example")
    return parts.hostname, parts.port or {"https": 443, "http": 80}[parts.scheme]


def _minted(given: dict[str, Any]) -> tuple[list[IceServer], list[str]]:
    """What every provider gives, and one line for each that gives nothing."""
    try:
        providers = from_settings(_settings(given), secrets.token_bytes)
    except RelayError as error:
        raise click.ClickException(f"{error} ({error.code})") from None

    async def all_of_them() -> tuple[list[IceServer], list[str]]:
        servers: list[IceServer] = []
        faults: list[str] = []
        for provider in providers:
            try:
                await provider.start()
                servers += (await provider.ice_servers(now=time.time())).servers
            except RelayError as error:
                faults.append(f"{provider.name}: {error} ({error.code})")
            except ProviderError as error:
                faults.append(f"{provider.name}: {error} ({error.cause})")
            finally:
                await provider.close()
        return servers, faults

    return asyncio.run(all_of_them())


def _settings(given: dict[str, Any]) -> RelaySettings:
    twilio = None
    if given["twilio_account_sid"]:
        twilio = TwilioSettings(
            account_sid=given["twilio_account_sid"],
            secret=_secret(given["twilio_secret_file"]) or "",
            key_sid=given["twilio_key_sid"],
            region=Region(given["twilio_region"]),
            allow_global=given["twilio_allow_global"],
            base_url=given["twilio_base_url"],
        )
    urls = tuple(url.strip() for url in given["urls"].split(",") if url.strip())
    if not urls and twilio is None:
        raise click.ClickException("name relays: --urls with --secret-file, --twilio-account-sid, or --servers")
    for url in urls:
        IceUrl.parse(url)
    return RelaySettings(
        turn_hosts=urls,
        turn_secret=_secret(given["secret_file"]),
        lifetime_seconds=given["lifetime_seconds"],
        twilio=twilio,
    )


def _secret(file: BinaryIO | None) -> str | None:
    return file.read().strip().decode("ascii", errors="replace") if file is not None else None


def _read_servers(file: BinaryIO) -> list[IceServer]:
    try:
        return msgspec.json.decode(file.read(), type=list[IceServer])
    except ValueError:
        pass
    raise click.ClickException("the file holds a JSON list of ICE servers, as `relay credentials` prints it")


def _stop_for(faults: Sequence[str]) -> None:
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)
