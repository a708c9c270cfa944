"""What an endpoint knows of its network: found once, kept from call to call, found anew after a loss."""

import asyncio
from collections.abc import Sequence

from client_sim.paths import Paths
from relay.ice import IceServer, IceUrl
from signalling.protocol.messages import IceServer as Offered

A_UDP, A_TLS = "turn:a.example:3478?transport=udp", "turns:a.example:443?transport=tcp"
B_UDP = "turn:b.example:3478?transport=udp"
OFFERED = [
    Offered(["stun:a.example:3478"]),
    Offered([A_UDP, A_TLS], "name", "word"),
    Offered(["stun:b.example:3478"]),
    Offered([B_UDP], "name", "word"),
]


class Network:
    """What a look finds, and how often there was one."""

    def __init__(self, best: str | None, *, refuses: bool = False) -> None:
        self.best = best
        self.refuses = refuses
        self.looks = 0
        self.questions = 0

    async def find(self, _servers: Sequence[IceServer]) -> IceUrl | None:
        self.looks += 1
        await asyncio.sleep(0)
        return IceUrl.parse(self.best) if self.best is not None else None

    async def explain(self, _servers: Sequence[IceServer]) -> str | None:
        self.questions += 1
        await asyncio.sleep(0)
        if self.best is not None:
            return "turn_auth_failed" if self.refuses else None
        return "proxy_only"


def urls(servers: Sequence[IceServer]) -> list[str]:
    return [str(url) for server in servers for url in server.parsed()]


async def test_what_works_goes_first_with_stun_of_the_same_host_and_nothing_is_lost() -> None:
    found = await Paths(Network(B_UDP).find).ordered(OFFERED)

    assert urls(found)[:2] == ["stun:b.example:3478", B_UDP]
    assert set(urls(found)) == {url for one in OFFERED for url in one.urls}


async def test_a_transport_that_works_goes_first_of_its_server_and_where_udp_does_not_stun_is_left_out() -> None:
    found = await Paths(Network(A_TLS).find).ordered(OFFERED)

    assert urls(found) == [A_TLS, A_UDP, B_UDP]


async def test_a_network_is_looked_at_once_for_many_calls_that_come_together() -> None:
    network = Network(A_TLS)
    paths = Paths(network.find)

    together = await asyncio.gather(*(paths.ordered(OFFERED) for _ in range(20)))
    later = await paths.ordered(OFFERED)

    assert network.looks == 1
    assert all(urls(one) == urls(later) for one in together)


async def test_it_looks_while_the_call_still_shakes_hands_and_only_where_nothing_is_known() -> None:
    network = Network(A_UDP)
    paths = Paths(network.find)

    paths.prepare(OFFERED)
    await asyncio.sleep(0.01)
    await paths.ordered(OFFERED)
    paths.prepare(OFFERED)
    paths.prepare([])
    await asyncio.sleep(0)

    assert network.looks == 1


async def test_after_a_loss_it_looks_anew_while_the_rules_still_wait() -> None:
    network = Network(A_UDP)
    paths = Paths(network.find)
    await paths.ordered(OFFERED)

    network.best = B_UDP
    paths.lost(OFFERED)
    await asyncio.sleep(0.01)
    assert network.looks == 2
    found = await paths.ordered(OFFERED)

    assert network.looks == 2, "it was found before it was asked for"
    assert urls(found)[1] == B_UDP


async def test_where_nothing_works_and_where_there_is_no_choice_the_usual_order_holds() -> None:
    nothing = Network(None)
    assert urls(await Paths(nothing.find, explain=nothing.explain).ordered(OFFERED))[1] == A_UDP

    one_relay = Network(A_UDP)
    await Paths(one_relay.find).ordered(OFFERED[2:])
    await Paths(one_relay.find).ordered([])
    assert one_relay.looks == 0


async def test_a_call_is_not_kept_waiting_where_no_relay_answers() -> None:
    async def never(_servers: Sequence[IceServer]) -> IceUrl | None:
        await asyncio.Event().wait()
        return None

    paths = Paths(never, patience_seconds=0.01)

    async with asyncio.timeout(2):
        assert urls(await paths.ordered(OFFERED))[1] == A_UDP
    await paths.close()


async def test_a_look_ends_with_the_endpoint() -> None:
    async def never(_servers: Sequence[IceServer]) -> IceUrl | None:
        await asyncio.Event().wait()
        return None

    paths = Paths(never)
    paths.lost(OFFERED)
    await asyncio.sleep(0)

    await asyncio.wait_for(paths.close(), 1)


async def test_where_nothing_carries_it_is_found_out_why_once() -> None:
    network = Network(None)
    paths = Paths(network.find, explain=network.explain)

    paths.prepare(OFFERED)
    found = await asyncio.gather(*(paths.why_not(OFFERED) for _ in range(3)))
    later = await paths.why_not(OFFERED)

    assert (*found, later) == ("proxy_only",) * 4
    assert (network.looks, network.questions) == (1, 1)


async def test_the_only_relay_is_tried_too_when_it_is_asked_why_there_is_no_path() -> None:
    network = Network(None)

    assert await Paths(network.find, explain=network.explain).why_not(OFFERED[2:]) == "proxy_only"


async def test_nobody_is_asked_why_where_a_relay_carries_or_none_was_offered() -> None:
    network = Network(A_TLS)
    paths = Paths(network.find, explain=network.explain)
    await paths.ordered(OFFERED)

    assert await paths.why_not(OFFERED) is None
    assert await Paths(network.find, explain=network.explain).why_not(OFFERED[:1]) is None
    assert (network.looks, network.questions) == (1, 0)


async def test_a_relay_that_only_answered_is_asked_for_an_allocation_before_a_call_relies_on_it() -> None:
    network = Network(A_UDP, refuses=True)
    paths = Paths(network.find, explain=network.explain)
    assert not paths.expects_one(OFFERED)
    await paths.ordered(OFFERED)

    assert paths.expects_one(OFFERED)
    assert await paths.why_not(OFFERED) == "turn_auth_failed"
    network.refuses = False
    assert await paths.why_not(OFFERED) is None
    assert (network.looks, network.questions) == (1, 2)


async def test_the_only_relay_that_answers_is_asked_for_an_allocation_too() -> None:
    network = Network(B_UDP, refuses=True)

    assert await Paths(network.find, explain=network.explain).why_not(OFFERED[2:]) == "turn_auth_failed"


async def test_a_network_that_has_opened_since_is_looked_at_anew_by_the_next_call() -> None:
    network = Network(None)
    paths = Paths(network.find, explain=network.explain, fresh_seconds=0)
    assert await paths.why_not(OFFERED) == "proxy_only"
    assert await paths.why_not(OFFERED[2:]) == "proxy_only"
    assert network.questions == 2

    network.best = B_UDP
    paths.prepare(OFFERED)

    assert await paths.why_not(OFFERED) is None
