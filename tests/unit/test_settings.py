"""Settings: every fault names its variable, the rule and an example; the reference says the same."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from signalling.commands.settings_page import default_of, reference_markdown
from signalling.settings import (
    Settings,
    SettingsError,
    example_of,
    read_settings,
    variable,
)

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def faults(monkeypatch: pytest.MonkeyPatch, **environ: str) -> list[str]:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    return refused.value.faults


def test_without_settings_it_listens_on_loopback_alone() -> None:
    settings = read_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.metrics_host == "127.0.0.1"
    assert settings.public_origin(8080) == "http://localhost:8080"
    assert settings.turn_urls == ()
    assert settings.wipe_memory


def test_the_environment_is_read_and_flags_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARVARO_PORT", "9000")
    monkeypatch.setenv("NARVARO_ALLOWED_ORIGINS", "https://a.example, https://b.example,")
    assert read_settings().port == 9000
    assert read_settings().allowed_origins == ("https://a.example", "https://b.example")
    assert read_settings({"port": "9001"}).port == 9001


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ORIGIN", "SEED_FILE", "TURN_URLS", "TURN_SECRET_FILE", "TLS_CERT", "TRUSTED_PROXIES"):
        monkeypatch.setenv(f"NARVARO_{name}", "")
    assert read_settings() == Settings()


def test_twilio_needs_all_of_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = faults(monkeypatch, NARVARO_SMS_SENDER="Narvaro")
    assert told.startswith("NARVARO_SMS_TWILIO_ACCOUNT: ")


def test_a_database_needs_a_master_key_and_no_seed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NARVARO_DATABASE_URL", "sqlite+aiosqlite:///narvaro.db")
    (told,) = faults(monkeypatch)
    assert told.startswith("NARVARO_MASTER_KEY_FILE: ")
    (tmp_path / "seed.json").touch()
    (told,) = faults(monkeypatch, NARVARO_KMS_COMMAND="kms", NARVARO_SEED_FILE=str(tmp_path / "seed.json"))
    assert told.startswith("NARVARO_SEED_FILE: ")


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        read_settings().port = 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", ""),
        ("PORT", "secret-words"),
        ("PORT", "70000"),
        ("ORIGIN", "https://calls.example/secret-words"),
        ("ALLOWED_ORIGINS", "*"),
        ("SEED_FILE", "/secret-words.json"),
        ("TURN_URLS", "turn:secret words"),
        ("TURN_URLS", "http://turn.example"),
        ("TURN_SECRET_FILE", "/secret-words"),
        ("DATABASE_URL", "mysql://root:secret-words@host/narvaro"),
        ("TURN_LIFETIME_SECONDS", "1"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("HEARTBEAT_SECONDS", "0"),
        ("HELLO_SECONDS", "nan"),
        ("SEND_QUEUE_BYTES", "1"),
        ("MAX_SOCKETS", "0"),
        ("NEWCOMERS_PER_MINUTE", "0"),
        ("SMS_COUNTRIES", "secret-words"),
        ("SMS_PER_DAY", "-1"),
        ("SMS_TWILIO_ACCOUNT", "secret-words"),
        ("SMS_SENDER", "secret-words that are long"),
        ("DRAIN_SECONDS", "-1"),
        ("WIPE_MEMORY", "maybe"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_fault_names_its_variable_and_an_example_and_never_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    (told,) = faults(monkeypatch, **{f"NARVARO_{name}": value})
    assert told.startswith(f"NARVARO_{name}: ")
    assert f"Example: NARVARO_{name}={example_of(Settings.model_fields[name.lower()])}" in told
    assert "secret" not in told.removesuffix("turn-secret")


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, NARVARO_PORT="x", NARVARO_LOG_FORMAT="x")
    assert [line.partition(":")[0] for line in told] == ["NARVARO_PORT", "NARVARO_LOG_FORMAT"]


def test_a_certificate_needs_its_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").touch()
    (told,) = faults(monkeypatch, NARVARO_TLS_CERT=str(tmp_path / "cert.pem"))
    assert told.startswith("NARVARO_TLS_KEY: ")


def test_a_turn_server_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = faults(monkeypatch, NARVARO_TURN_URLS="stun:turn.example,turn:turn.example")
    assert told.startswith("NARVARO_TURN_SECRET_FILE: ")


def test_a_stun_server_alone_needs_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARVARO_TURN_URLS", "stun:turn.example:3478")
    assert read_settings().turn_urls == ("stun:turn.example:3478",)


@pytest.mark.parametrize(
    ("flags", "port", "origin"),
    [
        ({}, 8080, "http://localhost:8080"),
        ({}, 80, "http://localhost"),
        ({"tls": True}, 443, "https://localhost"),
        ({"tls": True}, 8443, "https://localhost:8443"),
        ({"origin": "https://calls.example"}, 1234, "https://calls.example"),
    ],
)
def test_the_public_origin_follows_from_what_it_listens_on_unless_it_is_told(
    tmp_path: Path, flags: dict[str, object], port: int, origin: str
) -> None:
    if flags.get("tls"):
        for name in ("cert", "key"):
            (tmp_path / name).touch()
        flags = {"tls_cert": tmp_path / "cert", "tls_key": tmp_path / "key"}
    assert read_settings(flags).public_origin(port) == origin


def test_every_example_and_every_default_holds(tmp_path: Path) -> None:
    """What the reference shows can be written as it stands; the files of the examples are made here."""
    (tmp_path / "key").touch()
    twilio = {"sms_twilio_account": "AC" + "0" * 32, "sms_sender": "Narvaro", "sms_twilio_key_file": tmp_path / "key"}
    for name, info in Settings.model_fields.items():
        example = example_of(info)
        if name.endswith("_file") or name in ("tls_cert", "tls_key"):
            (tmp_path / example).touch()
            example = str(tmp_path / example)
        needed: dict[str, dict[str, object]] = {
            "tls_cert": {"tls_key": example},
            "tls_key": {"tls_cert": example},
            "turn_urls": {"turn_secret_file": Path(__file__)},
            "database_url": {"kms_command": "kms"},
            **dict.fromkeys(twilio, twilio),
            "twilio_account_sid": {"twilio_secret_file": Path(__file__)},
            "turn_clis": {"turn_cli_password_file": Path(__file__)},
        }
        read_settings({**needed.get(name, {}), name: example})
        if default := default_of(info):
            assert getattr(read_settings({name: default}), name) == info.default


def test_the_reference_is_in_step_with_the_code() -> None:
    written = REFERENCE.read_text(encoding="utf-8")
    assert written == reference_markdown(), "write it anew: make docs"
    assert set(re.findall(r"^\| `(NARVARO_[A-Z0-9_]+)`", written, re.MULTILINE)) == set(
        map(variable, Settings.model_fields)
    )


def test_the_reference_says_what_a_number_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = dict(re.findall(r"^\| `NARVARO_([A-Z0-9_]+)`.*\| (.*) \|$", reference_markdown(), re.MULTILINE))
    assert rows["RECEIPT_HEAD_SECONDS"].endswith(" 60 to 86,400.")
    assert rows["SMS_PER_DAY"].endswith(" From 0.")
    assert rows["ORIGIN"].endswith("for one machine.")
    for limit in ("59", "86401"):
        (told,) = faults(monkeypatch, NARVARO_RECEIPT_HEAD_SECONDS=limit)
        assert told.startswith("NARVARO_RECEIPT_HEAD_SECONDS: ")
