"""What a route for endpoints is given: names that can be somebody's, and bodies in their shape."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from signalling.protocol.api import NameChange
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.web.signed import Signed


def asked(body: bytes = b"", **parts: str) -> Signed:
    nothing = cast("Any", None)
    return Signed(cast("Any", SimpleNamespace(match_info=parts)), nothing, body, 0.0, nothing)


@pytest.mark.parametrize("name", ["K" * 22, "_-" * 11, "0" * 64])
def test_a_name_that_may_be_somebodys_is_given(name: str) -> None:
    assert asked(komp=name).named("komp") == name


@pytest.mark.parametrize(
    "name", ["", "\0", "K" * 21, "K" * 23, "\u0661" * 22, "K" * 22 + "\n", "F" * 64, "\udcff" * 22]
)
def test_one_that_can_be_nobodys_is_not_there_and_reaches_no_database(name: str) -> None:
    """PostgreSQL has words of its own for a zero byte; the answer must be the one that everything unknown gets."""
    with pytest.raises(ProtocolError) as refused:
        asked(komp=name).named("komp")
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_a_body_is_given_in_its_shape_or_not_at_all() -> None:
    assert asked(b'{"name":"Astrid"}').json(NameChange).name == "Astrid"
    for body in (b"", b"{}", b'{"name":"Astrid","more":1}', b"\xff", b"[" * 5000):
        with pytest.raises(ProtocolError) as refused:
            asked(body).json(NameChange)
        assert refused.value.code is ErrorCode.BAD_MESSAGE
        assert refused.value.__context__ is None, "a cause would quote the body"


def test_a_request_does_not_print_itself() -> None:
    assert "Astrid" not in repr(asked(b'{"name":"Astrid"}'))
