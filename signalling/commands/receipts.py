"""`signalling receipts`: whose a receipt is, what it says, and whether it is in the tree. Keeps only a head."""

import json
import sys
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signalling.access.identity import admit
from signalling.access.tokens import SigningKey
from signalling.commands.ids import IdGroup
from signalling.commands.words import plainly
from signalling.privacy import verifying
from signalling.privacy.receipts import Head, Receipt, read_receipt, to_text
from signalling.privacy.tree import leaf_hash


@click.group(cls=IdGroup)
def receipts() -> None:
    """Receipts of erasures: what the coordinator said it erased, and whether it stands by that."""


@receipts.command("key")
@click.option("--file", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
def receipt_key(file: Path) -> None:
    """Print the public key of a file made for NARVARO_RECEIPT_KEY_FILE: publish it where people can compare it."""
    try:
        key = SigningKey.from_pem(file.read_bytes())
    except (OSError, ValueError) as problem:
        raise click.ClickException(plainly(problem)) from None
    click.echo(to_text(key.public.public_bytes_raw()))


@receipts.command("verify")
@click.argument("receipt")
@click.option("--key", "key_texts", multiple=True, required=True, help="A public key that the operator published.")
@click.option("--call", help="The call's id, if the receipt shall be about that call.")
@click.option("--at", "origin", help="The coordinator's address, to look the receipt up in its tree.")
@click.option("--head", "head_file", type=click.Path(path_type=Path, dir_okay=False), help="The head last seen.")
def verify_receipt(
    receipt: str, key_texts: tuple[str, ...], call: str | None, origin: str | None, head_file: Path | None
) -> None:
    """Check a receipt, one finding a line. With --at also in the tree; with --head that the tree only grew.

    The file of --head is read if it is there, and holds the newest head afterwards.
    """
    try:
        read = read_receipt(receipt)
        findings = verifying.check_receipt(read, keys := [_key(text) for text in key_texts], call)
        click.echo(f"says  {verifying.told(read)}")
        if origin is not None:
            findings += _looked_up(read, keys, origin.rstrip("/"), head_file)
    except (OSError, ValueError) as problem:
        raise click.ClickException(plainly(problem)) from None
    for finding in findings:
        click.echo(f"{'pass' if finding.holds else 'fail'}  {finding.words}")
    click.echo(f"note  {verifying.LIMITS}")
    sys.exit(0 if all(finding.holds for finding in findings) else 1)


def _key(text: str) -> Ed25519PublicKey:
    """A public key that signs for somebody: one of small order has a signature that holds for everything."""
    return Ed25519PublicKey.from_public_bytes(admit(text).identity_key)


def _looked_up(
    receipt: Receipt, keys: list[Ed25519PublicKey], origin: str, head_file: Path | None
) -> list[verifying.Finding]:
    address = f"{origin}/v1/receipts/leaves/{to_text(leaf_hash(receipt.leaf))}"
    told = _fetched(address)
    if told is None:
        return [verifying.Finding(holds=False, words="not in the tree yet, or never: ask again after the next head")]
    placed = verifying.read_placed(told)
    findings = verifying.check_place(receipt, keys, placed)
    if head_file is None:
        return findings
    if head_file.exists():
        older = verifying.read_head(verifying.read_answer(head_file.read_bytes()))
        grown = _fetched(f"{origin}/v1/receipts/growth/{older.size}/{placed.head.size}") if older.size else {"path": []}
        findings += verifying.check_growth(older, placed.head, verifying.read_path(grown or {}), keys)
    if all(finding.holds for finding in findings):
        head_file.write_text(json.dumps(_kept(placed.head)) + "\n", encoding="utf-8")
    return findings


def _kept(head: Head) -> dict[str, int | str]:
    """What of a head is worth keeping: what its signature covers, and nothing else that was answered."""
    return {
        "size": head.size,
        "root": to_text(head.root),
        "minute": head.minute,
        "signature": to_text(head.signature),
    }


def _fetched(address: str) -> object:
    """What that address answers; None for 404. Raises OSError, ValueError."""
    if not address.startswith(("https://", "http://")):
        raise ValueError("an address begins with https://")
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - http and https alone
            return verifying.read_answer(answer.read(verifying.ANSWER_BYTES_AT_MOST + 1))
    except urllib.error.HTTPError as refused:
        if refused.code == HTTPStatus.NOT_FOUND:
            return None
        raise
