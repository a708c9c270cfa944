"""Keys and pairing at the door: statements are handed on as they were signed, and two endpoints meet once."""

import secrets
from typing import Any

import pytest

from signalling.protocol.proof import agreement_key_bytes, base64url
from tests.protocol.house import GRANDCHILD, KOMP, OTHER_KOMP, UNCLE, House, Somebody
from tests.protocol.raw import RawSocket

NAME = base64url(secrets.token_bytes(16))


def statement(who: Somebody, *, serial: int = 1, signer: Somebody | None = None) -> dict[str, Any]:
    fields: dict[str, Any] = {"endpoint": who.endpoint, "key": base64url(secrets.token_bytes(32)), "serial": serial}
    fields["not_after"] = 2_000_000_000
    signature = (signer or who).signs(agreement_key_bytes(**fields))
    return {**fields, "signature": signature}


async def asks(raw: RawSocket, kind: str, **fields: Any) -> dict[str, Any]:
    """The answer to a request; what comes before it is passed over."""
    ref = base64url(secrets.token_bytes(6))
    raw.say({"t": kind, "id": ref, **fields})
    while True:
        heard = await raw.hear()
        if heard.get("ref") == ref:
            return heard


async def test_a_statement_is_handed_on_as_it_was_signed_to_those_who_may_see_its_endpoint(house: House) -> None:
    komp, app = await house.come_in(KOMP), await house.come_in(GRANDCHILD)
    said = statement(KOMP)
    assert (await asks(komp, "keys.publish", statement=said))["t"] == "ok"
    answer = await asks(app, "keys.get", endpoints=[KOMP.endpoint, OTHER_KOMP.endpoint, "x" * 22])
    assert answer["keys"] == [
        {"endpoint": KOMP.endpoint, "party": KOMP.party, "identity": base64url(KOMP.raw_key), "statement": said},
    ]


async def test_an_endpoint_without_a_statement_still_has_an_identity(house: House) -> None:
    app = await house.come_in(GRANDCHILD)
    answer = await asks(app, "keys.get", endpoints=[KOMP.endpoint])
    assert answer["keys"] == [
        {"endpoint": KOMP.endpoint, "party": KOMP.party, "identity": base64url(KOMP.raw_key)},
    ]


async def test_a_higher_serial_takes_the_place_and_the_same_again_does_no_harm(house: House) -> None:
    komp = await house.come_in(KOMP)
    for said in (first := statement(KOMP), first, later := statement(KOMP, serial=5), later):
        assert (await asks(komp, "keys.publish", statement=said))["t"] == "ok"
    answer = await asks(komp, "keys.get", endpoints=[KOMP.endpoint])
    assert answer["keys"][0]["statement"] == later


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(lambda: statement(KOMP, serial=4), id="an older serial"),
        pytest.param(lambda: statement(KOMP, serial=5), id="another key under the same serial"),
        pytest.param(lambda: statement(KOMP, serial=6, signer=GRANDCHILD), id="signed by another identity"),
        pytest.param(lambda: statement(GRANDCHILD, serial=6), id="somebody else's"),
        pytest.param(lambda: {**statement(KOMP, serial=6), "not_after": 1}, id="altered after it was signed"),
    ],
)
async def test_no_other_statement_takes_its_place(house: House, said: Any) -> None:
    komp = await house.come_in(KOMP)
    kept = statement(KOMP, serial=5)
    await asks(komp, "keys.publish", statement=kept)
    assert (await asks(komp, "keys.publish", statement=said()))["code"] == "stale_key"
    answer = await asks(komp, "keys.get", endpoints=[KOMP.endpoint])
    assert answer["keys"][0]["statement"] == kept


async def test_two_endpoints_meet_and_their_boxes_are_carried(house: House) -> None:
    shows, reads = await house.come_in(KOMP), await house.come_in(UNCLE)
    await asks(shows, "pair.open", name=NAME)
    assert (await asks(shows, "pair.box", name=NAME, box="Zmlyc3Q"))["code"] == "not_found"
    reads.say({"t": "pair.open", "name": NAME})
    assert await shows.hear("pair.met") == {"t": "pair.met", "name": NAME}
    assert await reads.hear("pair.met") == {"t": "pair.met", "name": NAME}
    reads.say({"t": "pair.box", "name": NAME, "box": "Zmlyc3Q"})
    assert await shows.hear("pair.box") == {"t": "pair.box", "name": NAME, "box": "Zmlyc3Q"}
    shows.say({"t": "pair.box", "name": NAME, "box": "c2Vjb25k"})
    assert (await reads.hear("pair.box"))["box"] == "c2Vjb25k"


async def test_a_third_at_a_rendezvous_is_refused_and_hears_nothing(house: House) -> None:
    ends = [await house.come_in(one) for one in (KOMP, UNCLE)]
    for end in ends:
        await asks(end, "pair.open", name=NAME)
    third = await house.come_in(GRANDCHILD)
    assert (await asks(third, "pair.open", name=NAME))["code"] == "taken"
    assert (await asks(third, "pair.box", name=NAME, box="Zm9yZ2Vk"))["code"] == "not_found"


async def test_a_rendezvous_is_over_after_five_minutes(house: House) -> None:
    shows, reads = await house.come_in(KOMP), await house.come_in(UNCLE)
    for end in (shows, reads):
        await asks(end, "pair.open", name=NAME)
    house.clock.advance(301)
    assert (await asks(reads, "pair.box", name=NAME, box="bGF0ZQ"))["code"] == "not_found"


async def test_only_a_komp_admits_somebody_to_its_circle(house: House) -> None:
    komp, app = await house.come_in(KOMP), await house.come_in(GRANDCHILD)
    assert (await asks(app, "device.admit", endpoint=UNCLE.endpoint))["code"] == "not_allowed"
    assert (await asks(komp, "device.admit", endpoint="x" * 22))["code"] == "not_found"
    assert (await asks(komp, "device.admit", endpoint=GRANDCHILD.endpoint))["t"] == "ok"
