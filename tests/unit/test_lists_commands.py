"""What an operator does with lists and support threads from a terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from signalling.cli import main
from signalling.commands.opened import in_store
from signalling.people.lists import Entry, ListKind
from signalling.privacy.consent import WORDINGS, ConsentKind, consent_to
from signalling.settings import Settings, variable
from signalling.store.store import Store

pytestmark = pytest.mark.slow

Run = Callable[..., Result]
READS = ("--operator", "Staff One", "--purpose", "support")
MAILS = ("--operator", "Staff One", "--purpose", "mailing")
FLAGS: dict[str, str | None] = {}


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


def listed(*addresses: str) -> None:
    """Those have subscribed."""
    kind = ConsentKind.NEWSLETTER
    ground = consent_to(kind, WORDINGS[kind].version, policy_version="1", day=20_000)
    assert ground is not None

    async def work(store: Store, _now: float) -> None:
        for one in addresses:
            await store.lists.add(Entry(ListKind.NEWSLETTER, one), ground)

    in_store(FLAGS, work)


def asked(text: str, address: str | None = None) -> str:
    """Somebody asked; the reference."""
    kind = ConsentKind.SUPPORT_EMAIL
    ground = consent_to(kind, WORDINGS[kind].version, policy_version="1", day=20_000)

    async def work(store: Store, now: float) -> str:
        left = (address, ground) if address is not None and ground is not None else None
        return await store.support.open(text, address=left, now=now)

    return in_store(FLAGS, work)


def test_a_list_is_taken_out_only_on_purpose_with_a_token_for_each(run: Run) -> None:
    listed("anna@example.org", "=bo@example.org")
    assert "anna" not in run("lists", "export", "newsletter", *MAILS, fails=True).output
    lines = [json.loads(line) for line in run("lists", "export", "newsletter", "--confirm", *MAILS).output.splitlines()]
    assert {one["email"] for one in lines} == {"anna@example.org", "=bo@example.org"}
    assert {len(one["withdrawal_token"]) for one in lines} == {65}
    assert {one["given_day"] for one in lines} == {20_000}
    assert run("lists", "export", "waiting", "--confirm", *MAILS).output == ""


def test_an_address_is_taken_off_and_the_ledger_names_nobody(run: Run) -> None:
    listed("anna@example.org")
    assert run("lists", "remove", "newsletter", answers="Anna@example.org\n").output.endswith("erased\n")
    assert "not on this list" in run("lists", "remove", "newsletter", "--email", "anna@example.org", fails=True).output
    ledger = run("lists", "consents").output
    assert "newsletter" in ledger
    assert "20000" in ledger
    assert "anna" not in ledger


def test_a_question_is_listed_shown_answered_and_erased(run: Run) -> None:
    asked("How is it \N{LATIN SMALL LETTER A WITH RING ABOVE}?", "anna@example.org")
    listing = run("support", "list").output
    assert "anna" not in listing
    assert "How is" not in listing
    thread = listing.splitlines()[1].split()[0]
    assert run("support", "answer", thread, answers="Like this.\n").output.endswith("answered\n")
    assert "a message has" in run("support", "answer", thread, "--text", " ", fails=True).output
    shown = run("support", "show", thread, *READS).output
    assert shown.startswith("address anna@example.org\n")
    assert shown.index("asker, day") < shown.index("How is it å?") < shown.index("staff, day") < shown.index("Like")
    assert run("support", "erase", thread).output == "erased\n"
    for command in (("show", *READS), ("erase",), ("answer", "--text", "Hello")):
        assert "there is no such thread" in run("support", command[0], thread, *command[1:], fails=True).output


def test_a_thread_is_tied_to_a_customer(run: Run) -> None:
    asked("Mine?")
    thread = run("support", "list").output.splitlines()[1].split()[0]
    customer = run("customers", "add", "--name", "Grandmother").output.strip()
    assert "no such customer" in run("support", "tie", thread, "--customer", "nobody", fails=True).output
    assert run("support", "tie", thread, "--customer", customer).output == "tied\n"
    assert customer in run("support", "list").output
    run("customers", "remove", customer)
    assert thread not in run("support", "list").output
