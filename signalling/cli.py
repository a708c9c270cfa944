"""The command line of the coordinator: serve, check, and the references that are made from the code."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from signalling import app, commands, lasting, processing, relays
from signalling.access.tokens import SigningKey
from signalling.calls import diagram
from signalling.commands import settings_page
from signalling.commands.pages import pages
from signalling.commands.privacy import privacy
from signalling.commands.receipts import receipts
from signalling.commands.words import plainly
from signalling.observe import hardening
from signalling.observe.clock import SystemClock
from signalling.observe.measures import Standing, measures
from signalling.protocol import reference, schema
from signalling.settings import Settings, SettingsError, read_settings
from signalling.store.faults import StoreError
from signalling.web import tables
from signalling.web.listener import tls_context
from signalling.web.openapi import openapi_json
from signalling.web.routes import ROUTES, table

F = TypeVar("F", bound=Callable[..., Any])


def _with_settings(command: F) -> F:
    """A flag for every setting."""
    for name, info in reversed(Settings.model_fields.items()):
        flag = f"--{name.replace('_', '-')}"
        command = click.option(
            flag, name, metavar="VALUE", default=None, help=(info.description or "").replace("`", "")
        )(command)
    return command


def _read(flags: dict[str, str | None]) -> Settings:
    try:
        return read_settings({name: value for name, value in flags.items() if value is not None})
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """The Närvaro coordinator: decides who may ring whom, and carries boxes it cannot open."""


@main.command()
@_with_settings
def serve(**flags: str | None) -> None:
    """Serve until SIGTERM or Ctrl-C. Says where it listens on stdout, and logs on stderr."""
    chosen = _read(flags)
    if chosen.wipe_memory and not hardening.is_wiping(os.environ) and hardening.can_wipe():
        sys.stdout.flush()
        hardening.restart_wiping()
    hardening.forbid_dumps()
    if chosen.lock_memory and not hardening.lock_memory():
        raise click.ClickException("NARVARO_LOCK_MEMORY: needs CAP_IPC_LOCK or LimitMEMLOCK=infinity, and has neither")
    try:
        app.run(chosen, click.echo)
    except (OSError, ValueError, StoreError) as problem:
        raise click.ClickException(plainly(problem)) from None


@main.command()
@_with_settings
def check(**flags: str | None) -> None:
    """Try the settings and the files they name, and how memory would be kept, one line each. Starts nothing."""
    try:
        chosen = read_settings({name: value for name, value in flags.items() if value is not None})
    except SettingsError as problem:
        for fault in problem.faults:
            click.echo(f"fail  {fault}")
        sys.exit(1)
    click.echo("pass  settings")
    results = [_tried(name, work) for name, work in _checks(chosen).items()]
    for measure in measures(wipe_memory=chosen.wipe_memory, lock_memory=chosen.lock_memory):
        click.echo(str(measure))
        results.append(measure.standing is not Standing.FAIL)
    sys.exit(0 if all(results) else 1)


def _checks(chosen: Settings) -> dict[str, Callable[[], object]]:
    checks: dict[str, Callable[[], object]] = {
        "seed file": lambda: app.circle(chosen),
        "signing key file": lambda: _check_signing_key(chosen.signing_key_file),
        "receipt key file": lambda: _check_signing_key(chosen.receipt_key_file),
        "ICE servers": lambda: relays.providers(chosen),
        "processors and their regions": lambda: processing.register(chosen),
        "SMS": lambda: app.sms(chosen, SystemClock(), click.echo),
    }
    if chosen.database_url is not None:
        checks["database"] = lambda: asyncio.run(lasting.tried(chosen))
    certificate, key = chosen.tls_cert, chosen.tls_key
    if certificate is not None and key is not None:
        checks["TLS certificate and key"] = lambda: tls_context(certificate, key)
    return checks


def _check_signing_key(path: Path | None) -> None:
    """As `serve` would read it, but nothing is made."""
    if path is None:
        return
    if not path.exists():
        if not os.access(path.parent, os.W_OK):
            raise ValueError("it isn't there and can't be made")
        return
    SigningKey.from_pem(path.read_bytes())
    if path.stat().st_mode & 0o077:
        raise ValueError("others than its owner can read it; chmod 600")


def _tried(name: str, work: Callable[[], object]) -> bool:
    try:
        work()
    except (OSError, ValueError, StoreError) as problem:
        click.echo(f"fail  {name}: {plainly(problem)}")
        return False
    click.echo(f"pass  {name}")
    return True


@main.command()
def routes() -> None:
    """Print the URL map: method, path, who may use it, what it gives."""
    click.echo(table())


main.add_command(privacy)
main.add_command(receipts)
main.add_command(pages)


@main.group()
def keys() -> None:
    """Keys of the coordinator itself."""


@keys.command("new-signing")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A file that isn't there yet."
)
def new_signing(out: Path) -> None:
    """Make a key that signs tokens, in a file that its owner alone can read."""
    try:
        SigningKey.fresh().write(out)
    except OSError as problem:
        raise click.ClickException(plainly(problem)) from None


@keys.command("new-receipt")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A file that isn't there yet."
)
def new_receipt(out: Path) -> None:
    """Make a key that signs receipts of erasures, in a file that its owner alone can read."""
    try:
        SigningKey.fresh().write(out)
    except OSError as problem:
        raise click.ClickException(plainly(problem)) from None


keys.add_command(commands.new_master)
keys.add_command(commands.rotate_master)
for group in commands.GROUPS:
    main.add_command(group)


_write = click.option("--write", "target", type=click.Path(path_type=Path), required=True, help="Where to write it.")


@main.command("schema")
@_write
def write_schema(target: Path) -> None:
    """Write JSON Schema and AsyncAPI of the protocol into a folder."""
    for name, text in schema.documents().items():
        (target / name).write_text(text, encoding="utf-8")


@main.command("api")
@_write
def write_api(target: Path) -> None:
    """Write OpenAPI of the HTTP API into a folder, and fill the tables of its pages anew; the rest of them stays."""
    (target / "openapi.json").write_text(openapi_json(ROUTES), encoding="utf-8")
    for page in ("api.md", "http.md"):
        if (target / page).exists():
            (target / page).write_text(tables.filled((target / page).read_text(encoding="utf-8")), encoding="utf-8")


@main.command("errors")
@_write
def write_errors(target: Path) -> None:
    """Write the reference of error and close codes."""
    target.write_text(schema.errors_markdown(), encoding="utf-8")


@main.command("settings-reference")
@_write
def write_settings(target: Path) -> None:
    """Write the reference of settings."""
    target.write_text(settings_page.reference_markdown(), encoding="utf-8")


@main.command("diagram")
@_write
def write_diagram(target: Path) -> None:
    """Write the page with the call machine's diagram and tables."""
    target.write_text(diagram.markdown(), encoding="utf-8")


@main.command("reference")
@_write
def write_reference(target: Path) -> None:
    """Fill the tables of the protocol reference anew; the rest of the page stays."""
    target.write_text(reference.filled(target.read_text(encoding="utf-8")), encoding="utf-8")
