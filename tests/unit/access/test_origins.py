"""Origins: exact, as a browser writes them."""

import pytest

from signalling.access.origins import Origins, check_origin
from signalling.protocol.errors import ErrorCode, ProtocolError


@pytest.mark.parametrize(
    "origin",
    [
        "https://calls.example",
        "http://localhost:8080",
        "https://calls.example:8443",
        "http://[::1]:8080",
        "https://a.b-c.example",
        "http://127.0.0.1",
    ],
)
def test_an_origin_as_a_browser_writes_it_is_taken(origin: str) -> None:
    assert check_origin(origin) == origin


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "null",
        "calls.example",
        "https://",
        "https://calls.example/",
        "https://calls.example:443",
        "http://calls.example:80",
        "HTTPS://calls.example",
        "https://Calls.example",
        "https://user@calls.example",
        "https://calls.example?x",
        "wss://calls.example",
        "https://calls.example:0",
        "https://.example",
        "https://calls.example\n",
    ],
)
def test_anything_else_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        check_origin(origin)


@pytest.mark.parametrize("origin", [None, "https://calls.example", "https://family.example"])
def test_our_own_pages_allowed_ones_and_devices_come_in(origin: str | None) -> None:
    Origins("https://calls.example", ["https://family.example"]).check(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://calls.example",
        "https://calls.example.evil.example",
        "https://evilcalls.example",
        "https://calls.example:8443",
        "https://calls.example, https://calls.example",
        "https://localhost",
    ],
)
def test_pages_of_other_origins_stay_outside(origin: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        Origins("https://calls.example", ["https://family.example"]).check(origin)
    assert refused.value.code is ErrorCode.ORIGIN_REFUSED


def test_only_another_allowed_origin_needs_cors() -> None:
    origins = Origins("https://calls.example", ["https://family.example"])
    assert origins.is_foreign_friend("https://family.example")
    assert not origins.is_foreign_friend("https://calls.example")
    assert not origins.is_foreign_friend("https://evil.example")
    assert not origins.is_foreign_friend(None)


def test_a_public_origin_has_one_name_and_a_loopback_one_three() -> None:
    assert Origins("https://calls.example").own == ("https://calls.example",)
    assert Origins("http://localhost:8080").own == (
        "http://localhost:8080",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
    )
    assert Origins("http://[::1]").own == ("http://[::1]", "http://localhost", "http://127.0.0.1")
