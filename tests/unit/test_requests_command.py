"""Subject requests from a terminal: `list` names nobody, `show` does, and each is decided once."""

import asyncio
import time

from signalling import lasting
from signalling.privacy.requests import RequestKind
from signalling.settings import read_settings
from tests.unit.test_operator_commands import READS, Run
from tests.unit.test_operator_commands import run as run  # noqa: PLC0414 - the fixture

EMAIL = "astrid@example.org"
ANSWERS = ("--operator", "Staff One", "--purpose", "subject_request")


def asked_by_form(kind: RequestKind = RequestKind.ERASURE) -> str:
    """A request by the form in the command's database; its id."""

    async def asked() -> str:
        async with lasting.store(read_settings()) as store:
            assert store is not None
            made = await store.requests.ask_by_form(EMAIL, kind, "Please.", now=time.time())
            assert made is not None
            return made.request

    return asyncio.run(asked())


def test_a_request_is_listed_shown_granted_and_told(run: Run) -> None:
    one = run("customers", "add", "--name", "Astrid", "--email", EMAIL).output.strip()
    request = asked_by_form()
    listed = run("requests", "list").output
    assert request in listed
    assert "received" in listed
    assert EMAIL not in listed
    shown = run("requests", "show", request, *ANSWERS).output
    assert all(told in shown for told in (EMAIL, "Please.", f"customer:{one}"))
    assert "isn't decided" in run("requests", "told", request, fails=True).output
    assert run("requests", "grant", request, "--answer", "Gone.").output.startswith("granted, and erased\nnow write")
    assert one not in run("customers", "list", *READS).output
    assert "decided already" in run("requests", "grant", request, fails=True).output
    assert run("requests", "told", request).output == "told\n"
    assert "granted, told" in run("requests", "list").output


def test_what_a_hold_keeps_is_refused_with_its_reason(run: Run) -> None:
    one = run("customers", "add", "--name", "Astrid", "--email", EMAIL).output.strip()
    run("holds", "place", f"customer:{one}", "--reason", "outstanding_sum")
    request = asked_by_form()
    assert "refused, kept: outstanding_sum" in run("requests", "grant", request, fails=True).output
    assert one in run("customers", "list", *READS).output
    assert "outstanding_sum" in run("requests", "show", request, *ANSWERS).output


def test_a_refusal_needs_a_reason_of_the_list_and_words(run: Run) -> None:
    run("customers", "add", "--name", "Astrid")
    request = asked_by_form(RequestKind.ACCESS)
    assert "--reason" in run("requests", "refuse", request, "--answer", "No.", fails=True).output
    assert "--answer" in run("requests", "refuse", request, "--reason", "excessive", fails=True).output
    assert "is not one of" in run("requests", "refuse", request, "--reason", "x", "--answer", "x", fails=True).output
    done = run("requests", "refuse", request, "--reason", "not_identified", "--answer", "Who are you?")
    assert done.output.startswith("refused\n")
    assert "not_identified" in run("requests", "show", request, *ANSWERS).output
