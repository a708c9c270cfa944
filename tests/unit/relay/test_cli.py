"""`relay credentials`: ICE servers for an operator to paste, from a secret that no argument ever holds."""

import json
import time
from pathlib import Path

from click.testing import CliRunner

from relay.cli import main
from relay.credentials import turn_credential

SECRET = "0123456789abcdef0123456789abcdef"
HOSTS = "turn:turn.example.org:3478?transport=udp, turns:turn.example.org:443"


def test_credentials_are_printed_as_an_rtcpeerconnection_takes_them(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")

    done = CliRunner().invoke(main, ["credentials", "--urls", HOSTS, "--secret-file", str(tmp_path / "secret")])

    assert done.exit_code == 0, done.output
    stun, turn = json.loads(done.output)
    assert stun == {"urls": ["stun:turn.example.org:3478"]}
    assert turn["urls"] == ["turn:turn.example.org:3478?transport=udp", "turns:turn.example.org:443?transport=tcp"]
    assert turn["credential"] == turn_credential(SECRET, turn["username"])
    assert 110 < int(turn["username"].partition(":")[0]) - time.time() <= 120


def test_settings_come_from_the_environment_that_the_coordinator_has(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    environment = {
        "NARVARO_TURN_URLS": HOSTS,
        "NARVARO_TURN_SECRET_FILE": str(tmp_path / "secret"),
        "NARVARO_TURN_LIFETIME_SECONDS": "3600",
    }

    done = CliRunner().invoke(main, ["credentials"], env=environment)

    assert done.exit_code == 0, done.output
    assert int(json.loads(done.output)[1]["username"].partition(":")[0]) - time.time() > 3500


def test_the_secret_can_come_by_standard_input() -> None:
    done = CliRunner().invoke(main, ["credentials", "--urls", HOSTS, "--secret-file", "-"], input=SECRET)

    assert done.exit_code == 0, done.output


def test_no_option_takes_the_secret_itself() -> None:
    names = {name for command in main.commands.values() for option in command.params for name in option.opts}

    assert "--secret-file" in names
    assert not {name for name in names if "secret" in name} - {"--secret-file", "--twilio-secret-file"}


def test_what_is_wrong_is_said_by_rule_and_code_and_not_repeated() -> None:
    weak = CliRunner().invoke(main, ["credentials", "--urls", HOSTS, "--secret-file", "-"], input="too-short")
    nowhere = CliRunner().invoke(
        main, ["credentials", "--urls", "ftp:secret.place", "--secret-file", "-"], input=SECRET
    )

    assert (weak.exit_code, nowhere.exit_code) == (1, 1)
    assert "(turn_secret)" in weak.output
    assert "too-short" not in weak.output
    assert "(ice_url_scheme)" in nowhere.output
    assert "secret.place" not in nowhere.output
