"""ICE servers in W3C's words are checked when they are made, and never print what lets somebody relay."""

import json
from io import StringIO

import msgspec
import pytest
from aiortc.rtcicetransport import parse_stun_turn_uri
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.pretty import Pretty

from relay.errors import SENTENCES, Fault, RelayError
from relay.ice import IceServer, IceUrl, Transport

SECRET_NAME, SECRET_WORD = "1700000000:Zm9vYmFyYmF6", "c2VjcmV0LXdvcmQ="


@pytest.mark.parametrize(
    ("text", "host", "port", "transport"),
    [
        ("stun:turn.example.org", "turn.example.org", 3478, Transport.UDP),
        ("stun:turn.example.org:19302", "turn.example.org", 19302, Transport.UDP),
        ("turn:turn.example.org", "turn.example.org", 3478, Transport.UDP),
        ("turn:203.0.113.1:80?transport=udp", "203.0.113.1", 80, Transport.UDP),
        ("turn:TURN.Example.org:3478?transport=tcp", "turn.example.org", 3478, Transport.TCP),
        ("turns:turn.example.org", "turn.example.org", 5349, Transport.TLS),
        ("turns:turn.example.org:443?transport=tcp", "turn.example.org", 443, Transport.TLS),
        ("turn:[2001:db8::1]:3478", "2001:db8::1", 3478, Transport.UDP),
        ("turn:[2001:db8::1]", "2001:db8::1", 3478, Transport.UDP),
        ("turn:localhost", "localhost", 3478, Transport.UDP),
    ],
)
def test_a_url_is_taken_apart_by_rfc_7064_and_7065(text: str, host: str, port: int, transport: Transport) -> None:
    url = IceUrl.parse(text)

    assert (url.host, url.port, url.transport) == (host, port, transport)
    assert IceUrl.parse(str(url)) == url


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.ICE_URL_SCHEME),
        ("turn.example.org", Fault.ICE_URL_SCHEME),
        ("http:turn.example.org", Fault.ICE_URL_SCHEME),
        ("turn://turn.example.org", Fault.ICE_URL_SCHEME),
        ("TURN:turn.example.org", Fault.ICE_URL_SCHEME),
        ("stuns:turn.example.org", Fault.ICE_URL_SCHEME),
        ("turn:", Fault.ICE_URL_HOST),
        ("turn::3478", Fault.ICE_URL_HOST),
        ("turn:-a.example.org", Fault.ICE_URL_HOST),
        ("turn:a..example.org", Fault.ICE_URL_HOST),
        ("turn:user@turn.example.org", Fault.ICE_URL_HOST),
        ("turn:turn example.org", Fault.ICE_URL_HOST),
        ("turn:turn.example.org\n", Fault.ICE_URL_HOST),
        ("turn:256.0.0.1", Fault.ICE_URL_HOST),
        ("turn:10.1", Fault.ICE_URL_HOST),
        ("turn:2001:db8::1", Fault.ICE_URL_HOST),
        ("turn:[2001:db8::1", Fault.ICE_URL_HOST),
        ("turn:[fe80::1%eth0]", Fault.ICE_URL_HOST),
        ("turn:[203.0.113.1]", Fault.ICE_URL_HOST),
        ("turn:" + "a" * 64 + ".org", Fault.ICE_URL_HOST),
        ("turn:" + "a." * 200 + "org", Fault.ICE_URL_LENGTH),
        ("turn:turn.example.org:", Fault.ICE_URL_PORT),
        ("turn:turn.example.org:0", Fault.ICE_URL_PORT),
        ("turn:turn.example.org:65536", Fault.ICE_URL_PORT),
        ("turn:turn.example.org:٣٤٧٨", Fault.ICE_URL_PORT),
        ("turn:turn.example.org:3478/path", Fault.ICE_URL_PORT),
        ("turn:turn.example.org?transport=sctp", Fault.ICE_URL_TRANSPORT),
        ("turn:turn.example.org?transport=UDP", Fault.ICE_URL_TRANSPORT),
        ("turn:turn.example.org?", Fault.ICE_URL_TRANSPORT),
        ("turns:turn.example.org?transport=udp", Fault.ICE_URL_TRANSPORT),
        ("stun:turn.example.org?transport=udp", Fault.ICE_URL_TRANSPORT),
    ],
)
def test_a_url_that_no_endpoint_could_use_is_refused_by_rule(text: str, fault: Fault) -> None:
    with pytest.raises(RelayError) as refusal:
        IceUrl.parse(text)

    assert refusal.value.code is fault
    assert str(refusal.value) == SENTENCES[fault]


@given(st.text(max_size=40), st.sampled_from(["", "stun:", "turn:", "turns:", "turn:[", "turn:a:"]))
def test_whatever_is_given_is_either_a_url_or_refused_by_a_rule(text: str, start: str) -> None:
    said: str | None = None
    try:
        url = IceUrl.parse(start + text)
    except RelayError as refusal:
        said = str(refusal)
    else:
        assert IceUrl.parse(str(url)) == url

    assert said is None or said in SENTENCES.values()


@given(
    st.sampled_from(["stun", "turn", "turns"]),
    st.sampled_from(["turn.example.org", "203.0.113.1", "a-b.example.org"]),
    st.one_of(st.none(), st.integers(1, 65535)),
)
def test_aiortc_reads_every_url_as_this_does(scheme: str, host: str, port: int | None) -> None:
    url = IceUrl.parse(f"{scheme}:{host}" + ("" if port is None else f":{port}"))

    theirs = parse_stun_turn_uri(str(url))

    assert (theirs["scheme"], theirs["host"], theirs["port"]) == (url.scheme, url.host, url.port)


def test_every_fault_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Fault)


def test_a_relay_needs_a_username_and_a_credential() -> None:
    for username, credential in [(None, None), ("a", None), (None, "b"), ("", "b"), ("a", ""), ("a" * 509, "b")]:
        with pytest.raises(RelayError) as refusal:
            IceServer(("stun:turn.example.org", "turn:turn.example.org"), username, credential)
        assert refusal.value.code is Fault.ICE_SERVER_CREDENTIAL


def test_a_stun_server_has_no_credential_to_lose() -> None:
    with pytest.raises(RelayError) as refusal:
        IceServer(("stun:turn.example.org",), SECRET_NAME, SECRET_WORD)

    assert refusal.value.code is Fault.ICE_SERVER_CREDENTIAL


@pytest.mark.parametrize("count", [0, 17])
def test_a_server_has_a_bounded_number_of_urls(count: int) -> None:
    with pytest.raises(RelayError) as refusal:
        IceServer(("stun:turn.example.org",) * count)

    assert refusal.value.code is Fault.ICE_SERVER_URLS


def test_the_wire_form_is_w3cs_dictionary() -> None:
    turn = IceServer(("turn:turn.example.org",), SECRET_NAME, SECRET_WORD)
    stun = IceServer(("stun:turn.example.org",))

    assert turn.to_wire() == {"urls": ["turn:turn.example.org"], "username": SECRET_NAME, "credential": SECRET_WORD}
    assert stun.to_wire() == {"urls": ["stun:turn.example.org"]}
    assert msgspec.convert(json.loads(json.dumps(turn.to_wire())), IceServer) == turn


def test_a_server_never_prints_its_username_or_credential() -> None:
    server = IceServer(("turn:turn.example.org",), SECRET_NAME, SECRET_WORD)
    pretty = StringIO()
    Console(file=pretty).print(Pretty(server), server)

    for printed in (repr(server), str(server), f"{server}", repr((server,)), pretty.getvalue()):
        assert "turn.example.org" in printed
        assert SECRET_NAME not in printed
        assert SECRET_WORD not in printed
