"""What an operator does to the store from a terminal, on a file that is made on the way."""

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from signalling.cli import main
from signalling.settings import Settings, variable
from signalling.store.master import read_master_file

pytestmark = pytest.mark.slow

Run = Callable[..., Result]
READS = ("--operator", "Staff One", "--purpose", "support")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command with a database and a master key of its own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("NARVARO_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/narvaro.db")
    monkeypatch.setenv("NARVARO_MASTER_KEY_FILE", str(tmp_path / "master.key"))

    def running(*arguments: str, answers: str = "", fails: bool = False) -> Result:
        done = CliRunner().invoke(main, arguments, input=answers, catch_exceptions=False)
        assert (done.exit_code != 0) is fails, done.output
        return done

    return running


def customer(run: Run) -> str:
    return run("customers", "add", "--name", "Grandmother").output.strip()


def device(run: Run, kind: str) -> tuple[str, str]:
    """A new device's id and token."""
    added = run("devices", "add", "--kind", kind, "--customer", customer(run), "--name", f"The {kind}").output
    found = re.fullmatch(r"device (\S{22})\nprovisioning token (\S{32})\n", added)
    assert found is not None
    return found[1], found[2]


def test_customers_come_are_listed_and_go(run: Run, tmp_path: Path) -> None:
    added = run("customers", "add", "--kind", "organisation", answers="The School\n").output
    one = added.splitlines()[-1]
    assert len(one) == 22
    assert "organisation  The School  0" in run("customers", "list", *READS).output
    for file in ("narvaro.db", "master.key"):
        assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600
    run("customers", "remove", one)
    assert "School" not in run("customers", "list", *READS).output
    assert "no such customer" in run("customers", "remove", one, fails=True).output


def test_a_device_goes_through_its_life(run: Run) -> None:
    komp, token = device(run, "komp")
    listed = run("devices", "list", *READS).output
    assert re.search(rf"^{komp}  komp .* provisioned  0        The komp", listed, re.MULTILINE)
    assert token not in listed
    assert run("devices", "suspend", komp).output == "suspended\n"
    assert "suspended" in run("devices", "list", *READS).output
    assert run("devices", "resume", komp).output == "provisioned\n"
    assert "status does not allow it" in run("devices", "unblock", *READS, komp, fails=True).output
    assert run("devices", "token", komp).output != f"provisioning token {token}\n"
    run("devices", "reset", komp, answers="n\n", fails=True)
    assert run("devices", "reset", komp, answers="y\n").output.startswith("It forgets all its people. Go on?")
    assert run("devices", "return", komp, "--yes").output == "returned\n"
    other = customer(run)
    assert run("devices", "hand-over", komp, "--customer", other, "--yes").output.startswith("provisioning token ")
    assert f"{komp}  komp  {other}  provisioned" in run("devices", "list", *READS, "--customer", other).output
    assert "still has a device" in run("customers", "remove", other, fails=True).output


@pytest.mark.parametrize("command", ["suspend", "resume", "block", "unblock", "token"])
def test_a_device_that_is_not_there_is_told(run: Run, command: str) -> None:
    who = READS if command == "unblock" else ()
    assert "there is no such device" in run("devices", command, *who, "A" * 22, fails=True).output


def test_a_keyword_is_for_an_av1_and_an_invitation_for_a_komp(run: Run) -> None:
    (komp, _), (av1, _) = device(run, "komp"), device(run, "av1")
    assert run("keywords", "state", "--device", av1).output == "none\n"
    assert re.fullmatch(r"keyword (\w{4}-){2}\w{4}\n", run("keywords", "new", "--device", av1).output)
    assert run("keywords", "state", "--device", av1).output == "new\n"
    assert "no such AV1" in run("keywords", "new", "--device", komp, fails=True).output
    invited = run("invitations", "new", "--device", komp, "--role", "admin", "--side", "staff").output
    assert re.fullmatch(r"invitation (\w{4}-){3}\w{4}\n", invited)
    assert "no such Komp" in run("invitations", "new", "--device", av1, fails=True).output


def test_the_master_key_is_rotated_and_the_older_one_dropped(run: Run, tmp_path: Path) -> None:
    device(run, "komp")
    assert run("keys", "new-master").output == "version 2 wraps from now on\n"
    assert run("keys", "rotate-master").output == "3 keys wrapped anew\n"
    assert run("keys", "rotate-master", "--forget").output == "0 keys wrapped anew\n1 versions dropped\n"
    assert list(read_master_file(tmp_path / "master.key")) == ["2"]
    assert "The komp" in run("devices", "list", *READS).output


def test_a_database_without_its_master_key_opens_for_nobody(run: Run, tmp_path: Path) -> None:
    device(run, "komp")
    (tmp_path / "master.key").unlink()
    assert "master key file" in run("devices", "list", *READS, fails=True).output
    assert not (tmp_path / "master.key").exists()
    run("keys", "new-master")
    assert "unwrap" in run("devices", "list", *READS, fails=True).output
    assert "fail  database" in run("check", fails=True).output


def test_check_makes_nothing_and_tells_what_is_lacking(run: Run, tmp_path: Path) -> None:
    run("keys", "new-master")
    assert "pass  database" in run("check").output
    assert not (tmp_path / "narvaro.db").exists()
    (tmp_path / "narvaro.db").touch(mode=0o600)
    assert "store upgrade" in run("check", fails=True).output
    assert run("store", "upgrade").output == "the database is at this version's tables\n"
    assert run("store", "sweep").output == "0 rows erased\n"
    assert "pass  database" in run("check").output


def test_a_command_needs_a_database_that_lasts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NARVARO_DATABASE_URL")
    assert "NARVARO_DATABASE_URL" in run("devices", "list", *READS, fails=True).output
    monkeypatch.setenv("NARVARO_DATABASE_URL", "mysql://root:hidden@host/narvaro")
    told = run("devices", "list", *READS, fails=True).output
    assert "NARVARO_DATABASE_URL" in told
    assert "hidden" not in told


def test_a_name_that_is_none_is_refused_in_one_line(run: Run) -> None:
    one = customer(run)
    told = run("devices", "add", "--kind", "komp", "--customer", one, "--name", " ", fails=True).output
    assert told == "Error: a name has 1 to 60 characters\n"
