"""What every test run has in common: the loop the product runs on, a printed seed, and no silent skips.

Fixtures of a subject live beside its tests, never here.
"""

import os
import random
import secrets
from collections.abc import Callable, Generator, Mapping
from typing import Any, Final

import pytest
import uvloop
from hypothesis import HealthCheck, settings

NO_SKIPS: Final = os.environ.get("NARVARO_NO_SKIPS") == "1"
SEED: Final = int(os.environ.get("NARVARO_SEED") or secrets.randbelow(2**32))

settings.register_profile(
    "narvaro",
    deadline=None,  # a busy machine is slow, which is not the product's fault
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give Hypothesis the run's seed, unless one was asked for on the command line."""
    settings.load_profile("narvaro")
    if config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(SEED)


def pytest_report_header(config: pytest.Config) -> str:
    """Print the seed, and how to have the same run again."""
    hypothesis_seed = config.getoption("hypothesis_seed", None)
    return f"seed: NARVARO_SEED={SEED} (hypothesis {hypothesis_seed}), skips {'fail' if NO_SKIPS else 'allowed'}"


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], Any]]:
    """Tests run on the event loop that the programs run on."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(autouse=True)
def _seeded(request: pytest.FixtureRequest) -> None:
    """Each test draws its own numbers from the run's seed, whichever other tests run with it."""
    random.seed(f"{SEED}:{request.node.nodeid}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be skipped, a skip is a failure that says why it was one."""
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, where nothing may be skipped: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that skips itself while it is collected fails in the same way."""
    report = yield
    if NO_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, where nothing may be skipped: {_reason(report.longrepr)}"
    return report


def _reason(longrepr: object) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)
