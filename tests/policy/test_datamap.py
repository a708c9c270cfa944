"""The data map against what there really is, both ways: what isn't declared can't be kept, nothing declared is gone.

(P-02, P-10, P-18, P-20, P-26, P-47; each column, log field, label, field of memory and outbound host.)
"""

import ast
import asyncio
import dataclasses
import re
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from signalling.access.admission import Admission
from signalling.access.codes import Codes
from signalling.access.nonces import Nonces
from signalling.access.numbers import Numbers
from signalling.access.origins import Origins
from signalling.access.requests import RequestCheck
from signalling.access.texts import TextBudget, TextLimits
from signalling.access.tokens import TokenVerifier
from signalling.calls.deadlines import TOMBSTONE_SECONDS
from signalling.calls.leases import Lease
from signalling.calls.record import CallRecord, Ring
from signalling.observe.events import FIELDS
from signalling.observe.figures import Figures
from signalling.people import invitation, keyword, post, profile, support
from signalling.privacy import datamap
from signalling.privacy.activities import ACTIVITIES
from signalling.privacy.declaring import TERMS, Basis, Eraser, Export, Kept
from signalling.privacy.processors import shipped
from signalling.service.robot_log import Stream
from signalling.settings import Settings
from signalling.sms.outbox import Outbox
from signalling.sms.port import Text
from signalling.sms.terminal import TerminalSms
from signalling.sms.twilio import TwilioSms
from signalling.state import port
from signalling.store import history
from signalling.store.database import MEMORY, Database
from signalling.store.envelope import Envelope
from signalling.store.erasure_log import Erased
from signalling.store.master import MemoryMaster
from signalling.store.retention import Retention
from signalling.store.tables import METADATA
from signalling.vocabulary import EndReason
from tests.clock import ManualClock
from tests.unit.sms.carrier import ACCOUNT, carrying

ROOT = Path(__file__).parents[2]
IN_MEMORY = (CallRecord, Ring, Stream, Lease, port.Facts, port.Present, port.Tombstone)
NOBODYS = (".example", ".example.org", "json-schema.org")
"""Names in documentation, and the name of a language."""
NAMES_A_HOST = re.compile(
    r"url|host|origin|address|server|proxies|account|database|kms|nats|contact|endpoint", re.IGNORECASE
)


def test_every_stored_column_is_declared_and_no_other() -> None:
    there = {f"{table.name}.{column.name}" for table in METADATA.sorted_tables for column in table.columns}
    assert set(datamap.COLUMNS) == there


def test_a_column_is_declared_sealed_exactly_if_it_is() -> None:
    """Whose key opens it is said of sealed columns, of wrapped keys, and of what only its readers open."""
    sealed = {name for name, one in datamap.COLUMNS.items() if one.sealed is not None}
    named_so = {name for name in datamap.COLUMNS if name.partition(".")[2].startswith("sealed_")}
    assert sealed == named_so | {"subject_keys.wrapped", "posts.box", "post_readers.wrap"}


def test_every_field_of_a_file_that_lasts_is_declared() -> None:
    assert set(datamap.FILES) == {f"erasure-log.{field.name}" for field in dataclasses.fields(Erased)}


def test_every_duty_of_the_retention_run_is_an_eraser_and_every_such_eraser_a_duty() -> None:
    database = Database(MEMORY)
    duties = Retention(database, Envelope(MemoryMaster()), backup_days=1).duties
    assert set(duties) == {eraser for eraser in Eraser if eraser.value.startswith("the retention run:")}


def test_the_periods_that_rows_are_given_are_those_of_the_data_map() -> None:
    week = TERMS[Kept.WEEK].seconds
    assert {post.WAITS_SECONDS, invitation.LIFETIME_SECONDS, keyword.LIFETIME_SECONDS} == {week}
    assert TERMS[Kept.PROFILE].seconds == profile.ALONE_DAYS * 86_400
    assert TERMS[Kept.SUPPORT].seconds == support.KEPT_DAYS * 86_400
    assert TERMS[Kept.CHANGES].seconds == history.KEPT_SECONDS
    assert TERMS[Kept.TOMBSTONE].seconds == TOMBSTONE_SECONDS


def test_every_log_field_is_declared_and_none_is_about_anybody() -> None:
    assert set(datamap.LOG_FIELDS) == {f"log.{event.value}.{name}" for event, names in FIELDS.items() for name in names}
    assert not [one.name for one in datamap.LOG_FIELDS.values() if one.is_personal]


def test_every_label_of_a_figure_is_declared_and_none_is_about_anybody() -> None:
    figures = Figures()
    figures.connected(Told())
    figures.ended(EndReason.HANGUP)
    figures.refused(EndReason.HANGUP)
    figures.turned_away(EndReason.HANGUP)
    figures.socket_closed(None)
    figures.text_sent(went=True)
    figures.relay_up(EndReason.HANGUP, EndReason.HANGUP, is_up=True)
    figures.relayed(EndReason.HANGUP, EndReason.HANGUP, "udp", 1, 1)
    figures.relay_seen(EndReason.HANGUP, EndReason.HANGUP, is_up=True, round_trip_ms=1)
    there = {
        f"figure.{family.name}.{label}"
        for family in figures.registry.collect()
        for sample in family.samples
        for label in sample.labels
        if label != "le"
    }
    defined = {
        f"figure.{getattr(collector, '_name', '')}.{label}"
        for collector in figures.registry._collector_to_names
        for label in getattr(collector, "_labelnames", ())
    }
    assert set(datamap.LABELS) == there == defined
    assert not [one.name for one in datamap.LABELS.values() if one.is_personal]


@dataclasses.dataclass
class Told:
    """Every phase of a set-up."""

    gathered: int | None = 1
    ice: int | None = 1
    dtls: int | None = 1
    first_frame: int | None = 1


def test_every_field_of_what_is_kept_in_memory_is_declared() -> None:
    there = {f"{kind.__name__}.{field.name}" for kind in IN_MEMORY for field in dataclasses.fields(kind)}
    assert set(datamap.MEMORY) == there | remembered()


def remembered() -> set[str]:
    """What counts and waits between requests: every collection of those who let people in and write to them."""
    numbers, budget = Numbers(("SE",)), TextBudget(TextLimits())
    keepers = (
        Codes(numbers, budget),
        budget,
        Admission(per_minute=1),
        Nonces(),
        RequestCheck(TokenVerifier({}, audience="x"), Origins("http://localhost:1", ())),
        Outbox(TerminalSms(str), told=lambda _: None),
    )
    collections = (dict, list, set, deque, asyncio.Queue)
    return {
        f"{type(one).__name__}.{name.removeprefix('_')}"
        for one in keepers
        for name, value in vars(one).items()
        if isinstance(value, collections) and name not in {"_nowhere", "_tasks"}
    }


async def test_twilio_is_sent_what_is_declared_and_nothing_else() -> None:
    sent: set[str] = set()
    async with carrying() as carrier:
        for sender in (ACCOUNT.sender, "MG" + "0" * 32):
            account = dataclasses.replace(ACCOUNT, sender=sender)
            sms = TwilioSms(account, clock=ManualClock(), address=carrier.address)
            await sms.send(Text("+4790000000", "123456"))
            await sms.close()
        sent.update(*carrier.taken)
    declared = {name.partition(".")[2] for name in datamap.SENT if name.startswith("twilio-messaging.")}
    assert sent == declared
    assert [one.name for one in datamap.SENT.values() if one.is_personal] == [
        "twilio-messaging.To",
        "twilio-messaging.Body",
    ]


def test_the_token_call_carries_nothing_personal() -> None:
    assert {name: one.is_personal for name, one in datamap.SENT.items() if name.startswith("twilio-tokens.")} == {
        "twilio-tokens.Ttl": False
    }


def test_every_setting_that_names_a_host_is_declared_outbound_or_our_own() -> None:
    named = {name for name in Settings.model_fields if NAMES_A_HOST.search(name)}
    with_address = {
        name
        for name, info in Settings.model_fields.items()
        if re.search(r"://|turns?:|@", str((info.examples or [""])[0]))
    }
    assert named | with_address == set(datamap.OUTBOUND) | datamap.OWN
    assert set(datamap.OUTBOUND) <= set(Settings.model_fields)


def test_nothing_in_the_source_names_a_host_that_is_not_registered() -> None:
    """A library's default server would stand there, and a forgotten one."""
    registered = {host for row in shipped("DE") for host in row.hosts}
    found: dict[str, set[str]] = {}
    for path in sorted([*(ROOT / "signalling").rglob("*.py"), *(ROOT / "relay").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                hosts = set(
                    re.findall(r"(?:https?|wss?|stun|turns?):(?://)?([a-z0-9][a-z0-9.-]*\.[a-z]{2,})", node.value)
                )
                foreign = {host for host in hosts - registered if not host.endswith(NOBODYS)}
                if foreign:
                    found[path.relative_to(ROOT).as_posix()] = foreign
    assert found == {}


# ---------------------------------------------------------------- in itself


def test_every_activity_has_something_and_everything_an_activity() -> None:
    assert {one.activity.key for one in datamap.everything()} == {activity.key for activity in ACTIVITIES}
    assert len({activity.key for activity in ACTIVITIES}) == len(ACTIVITIES)


def test_every_period_and_eraser_is_used_and_every_period_has_words() -> None:
    used = {one.kept for one in datamap.everything()} | {activity.kept for activity in ACTIVITIES}
    assert used == set(Kept) == set(TERMS)
    assert {eraser for activity in ACTIVITIES for eraser in activity.erasers} == set(Eraser)


def test_every_eraser_is_there() -> None:
    """`name (module)` leads to a function of that name; runs and ends are tested by what they erase."""
    for eraser in Eraser:
        named = re.fullmatch(r"(?:(\w+)\.)?(\w+) \((signalling[\w.]+)\)", eraser.value)
        if named is None:
            continue
        owner, function, module = named.groups()
        found: Any = __import__(module, fromlist=[function])
        assert callable(getattr(getattr(found, owner) if owner else found, function)), eraser


def test_what_is_about_somebody_says_why_it_may_be_kept_and_who_reads_it() -> None:
    for one in datamap.everything():
        assert one.is_personal is (one.activity.basis is not Basis.NONE and one.export is not Export.NOT_ABOUT_ANYBODY)
        assert one.what
        if one.activity.kept is Kept.FOR_GOOD:
            assert not one.is_personal, one.name


@pytest.mark.parametrize("forbidden", ["student", "pin", "sdp", "candidate", "address_ip", "ip", "history", "seen_at"])
def test_there_is_no_column_for_what_is_never_kept(forbidden: str) -> None:
    """P-20, P-21 and the decisions: no student, no PIN, no description of a call, no address, no history."""
    assert not [name for name in datamap.COLUMNS if forbidden in name.partition(".")[2].split("_")]
