"""docker-compose.yml with .env.example, run natively: both services serve, and are as locked up as the file says."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml
from packaging.requirements import Requirement

from client_sim.netns import Namespace
from tests.composed import REPOSITORY, image_environment, interpolated, read_env
from tests.integration.compose_site import SERVICES, Site, running_site

Test = TypeVar("Test", bound=Callable[..., object])


def natively(test: Test) -> Test:
    """Needs root, namespaces and turnserver."""
    for mark in (pytest.mark.coturn, pytest.mark.root, pytest.mark.slow):
        test = mark(test)
    return test


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("compose")) as site:
        yield site


# ------------------------------------------------------------------ the file itself


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    parsed = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
    document: dict[str, Any] = interpolated(parsed, read_env(REPOSITORY / ".env.example"))
    return document


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_locked_up(document: dict[str, Any], name: str) -> None:
    service = document["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert not service.get("privileged")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(int(number) > 0 for number in service["user"].split(":"))
    assert service["ulimits"]["core"] == 0
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert all("noexec" in entry for entry in service["tmpfs"])


def test_no_secret_stands_in_the_environment_or_the_example(document: dict[str, Any]) -> None:
    for name in SERVICES:
        values = {key: str(value) for key, value in document["services"][name]["environment"].items()}
        secrets = {key: value for key, value in values.items() if re.search("SECRET|KEY|CERT", key)}
        assert secrets
        assert all(value.startswith("/run/secrets/") for value in secrets.values())
    assert not re.search(r"[A-Za-z0-9+/]{24,}", re.sub(r"^#.*$", "", (REPOSITORY / ".env.example").read_text()))


def test_base_images_are_pinned_and_nothing_runs_as_root() -> None:
    lines = (REPOSITORY / "Dockerfile").read_text().splitlines()

    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert bases
    assert all(re.search(r":\d+\.\d+[\w.-]*$", base) for base in bases)
    assert sum(line.startswith("USER 1000") for line in lines) == len(SERVICES)


def test_the_images_hold_what_the_native_run_shows_them() -> None:
    dockerfile = (REPOSITORY / "Dockerfile").read_text()

    assert "COPY deploy/coturn/ /opt/coturn/\n" in dockerfile
    assert "COPY --from=build /opt/narvaro/ /opt/narvaro/\n" in dockerfile
    assert image_environment(REPOSITORY / "Dockerfile", "coordinator")["PATH"].startswith("/opt/narvaro/bin:")


def test_what_the_image_leaves_out_is_in_the_lock_and_not_needed_by_the_coordinator() -> None:
    left_out = _named_in_dockerfile(r"!/\^\(([a-z0-9|-]+)\)==/")
    modules = dict.fromkeys(("aiortc", "av", "hdrh", "numpy", "pbr", "pyee", "pylibsrtp", "google_crc32c"))
    program = f"import sys; sys.modules.update({modules!r}); import signalling.cli, signalling.app, relay.cli"

    without = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)

    assert left_out <= _locked("requirements.lock")
    assert without.returncode == 0, without.stderr


def test_the_images_builder_is_locked_with_all_that_it_needs() -> None:
    named = _named_in_dockerfile(r"= /\^\(([a-z0-9|-]+)\)==/")
    needed = {"hatchling"}
    while more := {name for one in needed for name in _requirements(one)} - needed:
        needed |= more

    assert named == needed
    assert named <= _locked("requirements-dev.lock")


def _named_in_dockerfile(pattern: str) -> set[str]:
    (names,) = re.findall(pattern, (REPOSITORY / "Dockerfile").read_text())
    return set(str(names).split("|"))


def _locked(file: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (REPOSITORY / file).read_text(), re.MULTILINE))


def _requirements(distribution: str) -> set[str]:
    """What an installed distribution needs on this Python, extras aside."""
    wanted = [Requirement(text) for text in metadata.requires(distribution) or []]
    return {one.name.lower() for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})}


def test_the_coordinator_runs_under_the_allocator_that_wipes(document: dict[str, Any]) -> None:
    environment = document["services"]["coordinator"]["environment"]

    assert environment["PYTHONMALLOC"] == "malloc"
    assert environment["GLIBC_TUNABLES"] == "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"


def test_every_variable_of_the_file_stands_in_the_example() -> None:
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", (REPOSITORY / "docker-compose.yml").read_text()))

    assert used == set(read_env(REPOSITORY / ".env.example"))


def test_a_variable_that_is_missing_stops_with_what_it_is() -> None:
    parsed = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())

    with pytest.raises(KeyError, match="TURN_NAME has no value: such as"):
        interpolated(parsed, read_env(REPOSITORY / ".env.example") | {"TURN_NAME": ""})


# ------------------------------------------------------------------ what it starts


@natively
@pytest.mark.parametrize(
    ("name", "program", "user"), [("coordinator", "signalling", "10001"), ("coturn", "turnserver", "10002")]
)
def test_every_process_is_as_locked_up_as_the_file_says(site: Site, name: str, program: str, user: str) -> None:
    process = Path("/proc") / str(site.processes[name].pid)
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines())
    mounts = [line.split() for line in (process / "mounts").read_text().splitlines()]

    assert status["Name"] == program
    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {user}
    assert status["Groups"].strip() == ""
    assert {int(status[kind], 16) for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1"
    assert re.search(r"^Max core file size +0 +0 ", (process / "limits").read_text(), re.MULTILINE)
    options = {target: options.split(",") for _, target, _, options, *_ in mounts}
    assert options["/"][0] == "ro"
    assert {"noexec", "nosuid", "nodev", "rw"} <= set(options["/tmp"])


@natively
def test_a_host_reaches_the_coordinator_by_its_public_name_and_port(site: Site) -> None:
    program = f"import urllib.request; print(urllib.request.urlopen('{site.origin}/livez', timeout=5).status)"

    asked = site.hosts[0].run([sys.executable, "-c", program], env={"SSL_CERT_FILE": str(site.ca)})

    assert asked.stdout.strip() == "200", asked.stderr


@natively
def test_figures_of_the_coordinator_cannot_be_reached_from_outside(site: Site) -> None:
    address = site.composed.variables["TURN_ADDRESS"]
    program = f"import socket; socket.create_connection(('{address}', 9464), 3)"

    assert "ConnectionRefusedError" in site.hosts[0].run([sys.executable, "-c", program]).stderr


@natively
def test_the_coordinator_starts_wiping_and_undumpable_at_once(site: Site) -> None:
    said = [json.loads(line) for line in site.log("coordinator").splitlines() if line.startswith("{")]

    (serving,) = [line for line in said if line["event"] == "serving"]
    assert (serving["wiping"], serving["dumpable"], serving["tls"]) == (True, False, True)


@natively
def test_the_composed_relay_works_on_every_transport_from_a_host(site: Site) -> None:
    checked = site.relay_check(site.project / "secrets" / "turn-secret")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert [row["url"].partition(":")[0] for row in json.loads(checked.stdout)] == ["stun", "turn", "turn", "turns"]


@natively
def test_the_composed_relay_refuses_another_secret(site: Site, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("0" * 64)

    checked = site.relay_check(tmp_path / "secret")

    assert checked.returncode == 1
    assert {row["cause"] for row in json.loads(checked.stdout)} == {None, "turn_auth_failed"}


@natively
def test_the_relays_secret_is_in_memory_and_in_no_argument(site: Site) -> None:
    secret = (site.project / "secrets" / "turn-secret").read_text().strip()
    process = Path("/proc") / str(site.processes["coturn"].pid)

    assert secret not in (process / "cmdline").read_text()
    assert secret not in (process / "environ").read_text()
    assert secret in (process / "root" / "run" / "turn" / "turnserver.conf").read_text()
    assert re.search("^box /run/turn tmpfs rw,nosuid,nodev,noexec", (process / "mounts").read_text(), re.MULTILINE)


@natively
@pytest.mark.parametrize("name", SERVICES)
def test_the_health_check_finds_a_service_that_is_gone(site: Site, name: str) -> None:
    with Namespace("empty") as empty:
        empty.address(f"{site.composed.variables['TURN_ADDRESS']}/32")

        assert site.composed.is_healthy(name, site.server)
        assert not site.composed.is_healthy(name, empty)


@natively
def test_the_composed_relay_tells_figures_and_nobodys_address(site: Site) -> None:
    before = site.usage().sent_bytes
    site.relay_check(site.project / "secrets" / "turn-secret")

    deadline = time.monotonic() + 10
    while site.usage().sent_bytes == before:
        assert time.monotonic() < deadline, site.log("coturn")
        time.sleep(0.05)
    assert "198.51.100." not in site.log("coturn")
