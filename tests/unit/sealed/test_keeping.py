"""What a headless endpoint keeps is for its owner alone, whole or not there, and looked at anew when it is read."""

import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from client_sim.sealed.keeping import LINKS, Keeping, KeepingError, parse_keeping, read_keeping, write_keeping
from client_sim.sealed.keyring import new_ring, rotate
from client_sim.sealed.links import How, take_statement
from signalling.protocol.proof import base64url
from tests.unit.sealed.people import DAY, NOW, keys_of, met, person
from tests.unit.sealed.scene import seed

KEEPING = Keeping(
    key=base64url(seed("komp")),
    party=person("komp").party,
    name="Mormor's Komp",
    ring=rotate(new_ring(now=NOW - 40 * DAY), now=NOW),
    links=(met("sara", How.QR), met("anna", How.INTRODUCED)),
    picture="7f" * 32,
)


def shape(**fields: Any) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(KEEPING) | fields)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "komp.json"
    write_keeping(path, KEEPING)
    assert read_keeping(path) == KEEPING
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["komp.json"]


def test_writing_again_takes_the_place_of_a_file_that_others_could_read(tmp_path: Path) -> None:
    path = tmp_path / "komp.json"
    path.write_text("{}")
    path.chmod(0o644)
    (tmp_path / "komp.json.new").write_text("half of what a crash left")
    write_keeping(path, KEEPING)
    assert read_keeping(path) == KEEPING
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "komp.json"
    write_keeping(path, KEEPING)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="space"):
        write_keeping(path, msgspec.structs.replace(KEEPING, links=()))
    assert read_keeping(path) == KEEPING


def test_a_record_takes_the_place_of_its_endpoints_earlier_one() -> None:
    marked = take_statement(met("sara", How.QR), keys_of("mallory"))
    after = KEEPING.with_link(marked)
    assert after.link(marked.endpoint) == marked
    assert len(after.links) == 2
    assert after.link("A" * 22) is None
    assert KEEPING.link(marked.endpoint) == met("sara", How.QR)


def test_an_endpoint_knows_a_bounded_number_of_others() -> None:
    crowd = msgspec.structs.replace(KEEPING, links=(met("sara", How.QR),) * LINKS)
    with pytest.raises(KeepingError):
        crowd.with_link(met("anna", How.QR))


SARA = msgspec.to_builtins(met("sara", How.QR))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b" " * (1024 * 1024 + 1),
        shape(key="short"),
        shape(ring={}),
        shape(links=[SARA, SARA]),
        shape(links=[SARA | {"endpoint": "A" * 22}]),
        shape(links=[SARA | {"identity": "A" * 43}]),
        shape(links=[SARA | {"how": "guessed"}]),
        shape(ring=msgspec.to_builtins(KEEPING.ring) | {"previous": msgspec.to_builtins(KEEPING.ring.current)}),
    ],
    ids=range(11),
)
def test_a_file_that_does_not_hold_together_is_refused_without_a_word_of_it(text: bytes) -> None:
    with pytest.raises(KeepingError) as refused:
        parse_keeping(text)
    assert refused.value.__context__ is None


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(KeepingError, match="No such file"):
        read_keeping(tmp_path / "none.json")


def test_nothing_of_it_prints() -> None:
    assert repr(KEEPING) == "Keeping(…)"
