"""The commands that start nothing."""

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client_sim.authority import certify
from signalling.access.tokens import SigningKey
from signalling.cli import main
from signalling.observe import hardening
from signalling.observe.measures import measures
from signalling.protocol.proof import base64url

IDS: Final = string.ascii_letters + string.digits + "-_"
"""What ids are made of, at random."""


def taking_something(group: click.Group = main, before: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """The commands with an argument that is free text, each by its whole name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from taking_something(command, (*before, name))
        elif any(isinstance(one, click.Argument) and one.type is click.STRING for one in command.params):
            yield " ".join((*before, name)), command


TAKING: Final = dict(taking_something())


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    key = base64url(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    file = tmp_path / "seed.json"
    file.write_text(
        f'{{"parties":[{{"id":"{"A" * 22}","kind":"komp","name":"Komp","endpoints":["{key}"]}}],"links":[]}}'
    )
    return file


def test_check_tries_everything_and_starts_nothing(tmp_path: Path, seed_file: Path) -> None:
    certificate = certify(tmp_path, "localhost")
    secret = tmp_path / "turn-secret"
    secret.write_text("abcdefghijklmnopqrstuvwxyz\n")
    done = run(
        *("check", "--seed-file", seed_file, "--signing-key-file", tmp_path / "signing.pem"),
        *("--turn-urls", "turn:turn.example", "--turn-secret-file", secret),
        *("--tls-cert", certificate.cert, "--tls-key", certificate.key),
    )
    assert done.output.splitlines() == [
        "pass  settings",
        "pass  seed file",
        "pass  signing key file",
        "pass  receipt key file",
        "pass  ICE servers",
        "pass  processors and their regions",
        "pass  SMS",
        "pass  TLS certificate and key",
        *map(str, measures(wipe_memory=True, lock_memory=False)),
    ]
    assert done.exit_code == 0
    assert not (tmp_path / "signing.pem").exists()


def test_check_tells_every_fault_and_fails(tmp_path: Path, seed_file: Path) -> None:
    seed_file.write_text("{}")
    key = tmp_path / "key.pem"
    SigningKey.fresh().write(key)
    key.chmod(0o644)
    secret = tmp_path / "turn-secret"
    secret.write_text("short")
    done = run(
        *("check", "--seed-file", seed_file, "--signing-key-file", key),
        *("--turn-urls", "turn:turn.example", "--turn-secret-file", secret),
        *("--tls-cert", seed_file, "--tls-key", seed_file),
        *("--sms-twilio-account", "AC" + "0" * 32, "--sms-twilio-key-file", secret, "--sms-sender", "Narvaro"),
    )
    verdicts = [line.partition("  ")[0] for line in done.output.splitlines()]
    assert verdicts[:8] == ["pass", "fail", "fail", "pass", "fail", "pass", "fail", "fail"]
    assert "chmod 600" in done.output
    assert "short" not in done.output
    assert done.exit_code == 1


def test_check_tells_how_memory_would_be_kept_and_only_warns_of_what_is_wanting() -> None:
    done = run("check", "--wipe-memory", "0")
    assert "warn  freed memory: left as it is; leave out NARVARO_WIPE_MEMORY=0" in done.output
    assert done.exit_code == 0


def test_check_fails_where_serve_would_not_start_for_want_of_locked_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardening, "may_lock_memory", lambda *_: False)
    done = run("check", "--lock-memory", "1")
    assert "fail  swap: NARVARO_LOCK_MEMORY=1 needs CAP_IPC_LOCK" in done.output
    assert done.exit_code == 1


def test_serve_does_not_start_where_memory_was_to_be_locked_and_can_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardening, "may_lock_memory", lambda *_: False)
    monkeypatch.setattr(hardening, "forbid_dumps", lambda: True)
    done = run("serve", "--lock-memory", "1", "--wipe-memory", "0")
    assert "NARVARO_LOCK_MEMORY: needs CAP_IPC_LOCK" in done.output
    assert done.exit_code == 1


def test_check_tells_settings_that_do_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARVARO_PORT", "x")
    done = run("check")
    assert done.output.startswith("fail  NARVARO_PORT: ")
    assert done.exit_code == 1


def test_serve_tells_settings_that_do_not_hold_and_does_not_start() -> None:
    done = run("serve", "--port", "x")
    assert "NARVARO_PORT: " in done.output
    assert done.exit_code == 1


def test_a_new_signing_key_is_its_owners_alone_and_never_overwrites(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    assert run("keys", "new-signing", "--out", file).exit_code == 0
    pem = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert SigningKey.from_pem(pem).name
    again = run("keys", "new-signing", "--out", file)
    assert again.exit_code == 1
    assert file.read_bytes() == pem


def test_every_command_and_flag_has_its_help() -> None:
    assert "Serve until" in run("--help").output
    for command in ("serve", "check"):
        told = run(command, "--help").output
        assert "--tls-cert" in told
        assert "--drain-seconds" in told


def test_routes_are_printed() -> None:
    assert "/v1/socket" in run("routes").output


@pytest.mark.parametrize("name", TAKING)
def test_an_id_that_begins_with_a_hyphen_is_no_option(name: str) -> None:
    """One in 64 does. A command that took it for `-h` would print its help, exit with 0, and have done nothing."""
    command = TAKING[name]
    (argument,) = (one.name for one in command.params if isinstance(one, click.Argument))
    assert argument is not None
    with click.Context(main, info_name="signalling", **main.context_settings) as above:
        for letter in IDS:
            one = f"-{letter}{'Ah' * 10}"
            read = command.make_context(name, [one], parent=above, resilient_parsing=True)
            assert read.params[argument] == one
            assert read.args == []


def test_help_is_asked_for_by_either_name() -> None:
    for asked in ("-h", "--help"):
        for words in ((), ("devices",), ("devices", "reset"), ("receipts", "verify"), ("check",)):
            assert "Usage: " in run(*words, asked).output
