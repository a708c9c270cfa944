"""Order is policy, because aiortc takes the first STUN and the first TURN URL and forgets the rest."""

from collections import Counter
from collections.abc import Iterable

from aiortc import RTCIceServer
from aiortc.rtcicetransport import connection_kwargs
from hypothesis import given
from hypothesis import strategies as st

from relay.ice import IceServer, Transport, first_usable, ordered

STUN = IceServer(("stun:a.example.org",))
TLS_443 = IceServer(("turns:b.example.org:443",), "name", "word")
A = IceServer(("turns:a.example.org", "turn:a.example.org?transport=tcp", "turn:a.example.org"), "name", "word")
B = IceServer(("turn:b.example.org",), "name", "word")


def test_udp_goes_first_and_tls_last() -> None:
    (server,) = ordered([A])

    assert [url.transport for url in server.parsed()] == [Transport.UDP, Transport.TCP, Transport.TLS]


def test_a_server_that_can_do_better_goes_before_one_that_cannot() -> None:
    assert [server.parsed()[0].host for server in ordered([TLS_443, A])] == ["a.example.org", "b.example.org"]


def test_the_first_host_stays_first_among_equals() -> None:
    assert ordered([B, A])[0] == B
    assert ordered([A, B])[1] == B


def test_an_endpoint_that_knows_its_network_puts_what_passes_first() -> None:
    school = ordered([STUN, A, TLS_443], transports=(Transport.TLS, Transport.TCP))

    assert school[0].parsed()[0].transport is Transport.TLS
    assert school[0].parsed()[-1].transport is Transport.UDP


stun_urls = st.sampled_from(["stun:a.example.org", "stun:[2001:db8::1]"])
turn_urls = st.sampled_from(
    ["turn:a.example.org", "turn:a.example.org:80?transport=tcp", "turns:a.example.org:443", "turn:[2001:db8::1]"]
)
servers = st.lists(
    st.one_of(
        st.lists(stun_urls, min_size=1, max_size=8).map(lambda some: IceServer(tuple(some))),
        st.lists(st.one_of(stun_urls, turn_urls), max_size=8).map(
            lambda some: IceServer(("turn:b.example.org", *some), "name", "word")
        ),
    ),
    max_size=5,
)


@given(servers, st.permutations(list(Transport)))
def test_ordering_loses_and_invents_nothing(given_servers: list[IceServer], transports: list[Transport]) -> None:
    def everything(some: Iterable[IceServer]) -> Counter[tuple[str, str | None]]:
        return Counter((url, server.username) for server in some for url in server.urls)

    assert everything(ordered(given_servers, transports=transports)) == everything(given_servers)


@given(servers)
def test_aiortc_uses_just_what_is_called_first_usable(given_servers: list[IceServer]) -> None:
    usable = first_usable(given_servers)

    kwargs = connection_kwargs([RTCIceServer(list(one.urls), one.username, one.credential) for one in usable])

    addresses = {(url.scheme == "stun"): (url.host, url.port) for server in usable for url in server.parsed()}
    assert kwargs.get("stun_server") == addresses.get(True)
    assert kwargs.get("turn_server") == addresses.get(False)
    assert all(len(server.urls) == 1 for server in usable)


def test_no_servers_means_no_servers() -> None:
    assert ordered([]) == first_usable([]) == ()
