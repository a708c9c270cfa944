"""`signalling pages`: what browsers are to be served by this release, and whether a coordinator serves it.

It hashes what comes, never what the coordinator says of itself; and it can only speak of what was served to it.
"""

import hashlib
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

import click
import msgspec

import signalling
from signalling.commands.words import plainly
from signalling.web.pages import PageHashes, Pages, digest_of, listed

FOLDER: Final = Path(signalling.__path__[0]) / "pages"
LIMITS: Final = (
    "this is what was served to here, now; a browser elsewhere may have been served something else, and its owner can "
    "compare the files that it got"
)
_AT_MOST_BYTES: Final = 4 * 1024 * 1024
_SECONDS: Final = 10


@click.command()
@click.option("--digest", "only_digest", is_flag=True, help="One SHA-256 over the list, as a release tells it.")
@click.option("--compare", "origin", metavar="URL", help="Fetch every page from a coordinator and compare it.")
def pages(*, only_digest: bool, origin: str | None) -> None:
    """Print SHA-256 and path of every page and script of this release, or compare a coordinator's with them.

    With --compare each finding is a line, and the exit code is 1 if one failed.
    """
    released = Pages(FOLDER)
    if origin is None:
        hashes = released.hashes()
        click.echo(digest_of(hashes) if only_digest else listed(hashes), nl=only_digest)
        return
    try:
        faults = list(_faults(released, origin.rstrip("/")))
    except (OSError, ValueError) as problem:
        raise click.ClickException(plainly(problem)) from None
    for fault in faults:
        click.echo(f"fail  {fault}")
    if not faults:
        click.echo(f"pass  all {len(released.paths)} pages and scripts are those of this release")
    click.echo(f"note  {LIMITS}")
    sys.exit(1 if faults else 0)


def _faults(released: Pages, origin: str) -> Iterator[str]:
    """What differs, in words. Raises OSError, ValueError."""
    for one in released.hashes():
        served = _fetched(origin + one.path)
        if served is None:
            yield f"{one.path} is not served"
        elif hashlib.sha256(served).hexdigest() != one.sha256:
            yield f"{one.path} is another"
    told = _fetched(f"{origin}/v1/pages")
    if told is None:
        yield "it doesn't tell what else it serves"
        return
    listing = _listing(told)
    known = {*released.paths, *listing.made}
    yield from (f"{one.path} is of no such release" for one in listing.pages if one.path not in known)


def _listing(told: bytes) -> PageHashes:
    try:
        return msgspec.json.decode(told, type=PageHashes)
    except msgspec.DecodeError:
        pass
    raise ValueError("what /v1/pages answers is no list of pages")


def _fetched(address: str) -> bytes | None:
    """What that address answers; None for 404. Raises OSError, ValueError."""
    if not address.startswith(("https://", "http://")):
        raise ValueError("an address begins with https://")
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - http and https alone
            body: bytes = answer.read(_AT_MOST_BYTES)
    except urllib.error.HTTPError as refused:
        if refused.code == HTTPStatus.NOT_FOUND:
            return None
        raise
    return body
