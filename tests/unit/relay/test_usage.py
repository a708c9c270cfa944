"""What relays carried: sums of coturn's log and of the ends' figures, a budget with its alarm, and nobody in them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from relay.cli import main
from relay.events import BudgetNear, BudgetSpent, RelayEvent
from relay.provider import ProviderName
from relay.region import Region
from relay.usage import GIGABYTE, Budget, CoturnUsage, Row, coturn_usage, from_metrics
from signalling.observe.figures import Figures
from tests.clock import ManualClock

LOG = """\
starting: Version Coturn-4.6.1 'Gorst'
usage: rp=10, rb=1000, sp=20, sb=2000
peer usage: rp=9, rb=900, sp=8, sb=800
refused: unknown or expired credential
usage: rp=1, rb=500000000, sp=2, sb=499999000
refused: ALLOCATE 486
refused: ALLOCATE 486
usage: rp=x, rb=1, sp=1, sb=1
"""


def test_coturns_own_lines_are_added_up_and_peers_are_not_counted_twice() -> None:
    assert coturn_usage(LOG.splitlines()) == CoturnUsage(
        2, 11, 500_001_000, 22, 500_001_000, (("ALLOCATE 486", 2), ("unknown or expired credential", 1))
    )


@given(st.text(max_size=200))
def test_whatever_stands_in_a_log_is_counted_or_passed_over(text: str) -> None:
    assert coturn_usage(text.splitlines()).reports <= len(text.splitlines())


def metrics() -> str:
    figures = Figures()
    figures.relayed(ProviderName.TWILIO, Region.IE1, "udp", 120, GIGABYTE / 2)
    figures.relayed(ProviderName.TWILIO, Region.IE1, "udp", 60, GIGABYTE / 2)
    figures.relayed(ProviderName.COTURN, Region.DE1, "tls", 30, 0)
    return figures.text().decode()


def test_the_ends_figures_give_minutes_and_bytes_by_provider_region_and_transport() -> None:
    assert from_metrics(metrics(), {"twilio": 0.4}) == [
        Row("coturn", "de1", "tls", 0.5, 0.0, None),
        Row("twilio", "ie1", "udp", 3.0, 1.0, 0.4),
    ]


def test_the_command_adds_both_and_says_what_it_costs(tmp_path: Path) -> None:
    (tmp_path / "metrics").write_text(metrics())
    (tmp_path / "log").write_text(LOG)
    command = ["usage", "--metrics", str(tmp_path / "metrics"), "--coturn-log", str(tmp_path / "log")]

    table = CliRunner().invoke(main, [*command, "--price", "twilio=0.40", "--price", "coturn=0.01"])
    data = CliRunner().invoke(main, [*command, "--json"])

    assert (table.exit_code, data.exit_code) == (0, 0), table.output
    assert "0.40" in table.output
    assert "refused 2 times: ALLOCATE 486" in table.output
    said = json.loads(data.output)
    assert [row["gigabytes"] for row in said["carried"]] == [0.0, 1.0, 1.000002]
    assert said["refused"] == {"ALLOCATE 486": 2, "unknown or expired credential": 1}


@pytest.mark.parametrize(
    "arguments", [[], ["--metrics", "-", "--price", "twilio"], ["--metrics", "-", "--price", "x=1"]]
)
def test_what_is_missing_or_means_nothing_is_said(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["usage", *arguments], input="")

    assert done.exit_code == 1
    assert "Traceback" not in done.output


def test_the_budget_tells_once_when_it_is_near_and_once_when_it_is_spent() -> None:
    told: list[RelayEvent] = []
    clock = ManualClock()
    budget = Budget(10 * GIGABYTE, tell=told.append, clock=clock.now)

    for _ in range(15):
        budget.add(GIGABYTE)

    assert told == [BudgetNear(), BudgetSpent()]
    assert budget.used == 1.5


def test_a_new_month_begins_at_nothing() -> None:
    told: list[RelayEvent] = []
    clock = ManualClock()
    budget = Budget(10 * GIGABYTE, tell=told.append, clock=clock.now)
    budget.add(12 * GIGABYTE)

    clock.advance(31 * 86_400)

    assert budget.used == 0
    budget.add(9 * GIGABYTE)
    assert told == [BudgetSpent(), BudgetNear()]


def test_without_a_budget_there_is_no_alarm() -> None:
    told: list[RelayEvent] = []
    budget = Budget(0, tell=told.append, clock=ManualClock().now)
    budget.add(1e15)

    assert (budget.used, told) == (0, [])
