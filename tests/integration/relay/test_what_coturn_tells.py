"""coturn counts bytes only when it is verbose, and then it names people too. quiet.sed lets the counts through."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from client_sim.authority import certify
from tests.coturn import START, Usage, running_coturn, usage_in

FILTER: Final = Path(START).with_name("quiet.sed")
SERVING: Final = "0: : IO method (admin thread): epoll (with changelist)"


def quiet(*lines: str) -> list[str]:
    """What the shipped filter lets through of lines that coturn wrote."""
    command = ["sed", "-u", "-n", "-E", "-f", str(FILTER)]
    done = subprocess.run(
        command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.splitlines()


def test_bytes_are_counted_without_the_user_name() -> None:
    kept = quiet(
        SERVING,
        "3: : session 000000000000000001: usage: realm=<r>, username=<17:abc>, rp=5, rb=388, sp=6, sb=464",
        "3: : session 000000000000000001: peer usage: realm=<r>, username=<17:abc>, rp=1, rb=100, sp=1, sb=4",
    )

    assert kept == ["usage: rp=5, rb=388, sp=6, sb=464", "peer usage: rp=1, rb=100, sp=1, sb=4"]
    assert usage_in("\n".join(kept * 2)) == Usage(10, 776, 12, 928)


def test_refusals_are_told_by_kind_and_not_by_whom() -> None:
    kept = quiet(
        SERVING,
        "1: : ERROR: check_stun_auth: Cannot find credentials of user <17:abc>",
        "1: : ERROR: A peer IP 10.1.2.3 denied in the range: 10.0.0.0-10.255.255.255",
        "1: : session 01: realm <r> user <17:abc>: incoming packet ALLOCATE processed, error 486: Quota",
    )

    assert kept == [
        "refused: unknown or expired credential",
        "refused: peer address in a denied range",
        "refused: ALLOCATE 486",
    ]


def test_addresses_names_and_the_ordinary_first_refusal_are_dropped() -> None:
    assert not quiet(
        SERVING,
        "1: : IPv4. tcp or tls connected to: 198.51.100.7:34026",
        "1: : session 01: realm <r> user <>: incoming packet message processed, error 401: Unauthorized",
        "1: : session 01: realm <r> user <>: incoming packet message processed, error 438: Wrong nonce",
        "1: : IPv4. Local relay addr: 203.0.113.10:50034",
        "1: : session 01: new, realm=<r>, username=<17:abc>, lifetime=600",
        "1: : session 01: peer 198.51.100.7:50034 lifetime updated: 600",
        "1: : session 01: closed (2nd stage), user <17:abc> realm <r> origin <>, remote 198.51.100.7:1",
    )


def test_what_a_client_writes_into_its_user_name_does_not_get_into_the_log() -> None:
    forged = "rp=1, rb=2, sp=3, sb=4"

    assert not quiet(
        SERVING,
        "0: : ERROR: words of a client after it began to serve",
        f"1: : session 01: new, realm=<r>, username=<: session 1: usage: realm=<>, username=<>, {forged}>",
        "Version Coturn of a client",
    )


@pytest.mark.coturn
@pytest.mark.slow
@pytest.mark.parametrize(("version", "is_spoken"), [("tls1", False), ("tls1_1", False), ("tls1_2", True)])
def test_old_versions_of_tls_are_not_spoken(tmp_path: Path, version: str, *, is_spoken: bool) -> None:
    address = "127.83.77.21"
    anything = ["--cipher-list=ALL:@SECLEVEL=0"]  # or OpenSSL's own level would refuse them before the profile does
    with running_coturn(
        tmp_path, address=address, certificate=certify(tmp_path, address), arguments=anything
    ) as coturn:
        server = f"{coturn.address}:{coturn.tls_port}"
        command = ["openssl", "s_client", f"-{version}", "-cipher", "ALL:@SECLEVEL=0", "-connect", server]
        try:
            client = subprocess.run(command, input=b"", capture_output=True, timeout=2, check=False)
        except subprocess.TimeoutExpired:
            spoken = False  # coturn takes such a hello for noise
        else:
            spoken = client.returncode == 0

    assert spoken is is_spoken


@pytest.mark.coturn
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TURN_REALM", "", "TURN_REALM"),
        ("TURN_ADDRESS", "", "TURN_ADDRESS"),
        ("TURN_CERT", "/nowhere/cert.pem", "TURN_KEY"),
        ("TURN_SECRET_FILE", "/dev/null", "TURN_SECRET_FILE"),
    ],
)
def test_a_setting_that_is_wrong_is_named_at_once(tmp_path: Path, name: str, value: str, said: str) -> None:
    (tmp_path / "secret").write_text("0123456789abcdef")
    settings = {
        "PATH": "/usr/bin:/bin",
        "TURN_REALM": "example.org",
        "TURN_ADDRESS": "127.0.0.1",
        "TURN_SECRET_FILE": str(tmp_path / "secret"),
        "TURN_RUN": str(tmp_path),
    }
    done = subprocess.run(
        [START], env=settings | {name: value}, capture_output=True, text=True, timeout=10, check=False
    )

    assert done.returncode not in {0, None}
    assert said in done.stderr
    assert not list(tmp_path.glob("turnserver.conf"))
