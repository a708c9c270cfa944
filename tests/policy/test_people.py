"""Komp and AV1 (P-11, P-16, P-18, P-21): whose face, what an app of a child tells, and which log data there may be."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from client_sim.descriptions import DescriptionError, read_description
from signalling.protocol.messages import CallQuality, DeviceReport
from signalling.protocol.proof import endpoint_id, from_base64url
from signalling.store.seed import SeedError, read_seed
from signalling.vocabulary import EndpointId
from tests.protocol.house import OTHER_KOMP, UNCLE, House, running
from tests.serving import Somebody
from tests.unit.client_sim.world import SDP

CALL = "C" * 22
QUALITY = {
    "round_trip_ms",
    "jitter_ms",
    "packets_lost_percent",
    "received_kbps",
    "sent_kbps",
    "frames_per_second",
    "freezes",
}
DEVICE = {"network", "signal_dbm", "mobile_network", "battery_percent"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path) as one:
        yield one


def admitted(key: str) -> tuple[EndpointId, bytes]:
    """An endpoint of that key."""
    raw = from_base64url(key)
    return endpoint_id(raw), raw


def invite(endpoint: str, party: str, **more: object) -> dict[str, object]:
    ring = {"endpoint": endpoint, "key": 1, "box": "cmluZw"}
    begins = {"t": "call.invite", "id": "1", "call": CALL, "to": party, "from_key": 1, "media": "video"}
    return {**begins, "rings": [ring], "lifetime_ms": 30_000, **more}


def test_p_01_a_description_with_keys_of_its_own_is_refused() -> None:
    """Only DTLS makes media keys: `a=crypto` would let whoever reads the description listen."""
    read_description(SDP)
    with pytest.raises(DescriptionError):
        read_description(SDP + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n")


async def test_p_11_the_komp_hears_the_name_of_the_authenticated_caller_whatever_the_client_claims(
    house: House,
) -> None:
    komp, uncle = await house.come_in(OTHER_KOMP), await house.come_in(UNCLE)
    uncle.say(invite(OTHER_KOMP.endpoint, OTHER_KOMP.party, profile={"name": "Grandchild"}))
    assert (await uncle.hear("error"))["code"] == "unsupported"
    uncle.say(invite(OTHER_KOMP.endpoint, OTHER_KOMP.party))
    ring = await komp.hear("call.ring")
    assert (ring["from"], ring["profile"]) == (UNCLE.endpoint, {"name": "Uncle"})


def test_p_18_log_data_are_closed_lists_without_a_word_of_free_text() -> None:
    assert set(CallQuality.__struct_fields__) == QUALITY | {"call", "id"}
    assert set(DeviceReport.__struct_fields__) == DEVICE | {"id"}


async def test_p_18_a_key_that_is_not_in_the_list_is_refused(house: House) -> None:
    komp = await house.come_in(OTHER_KOMP)
    komp.say({"t": "device.report", "id": "1", "network": "wifi", "ssid": "Grandmother's"})
    refused = await komp.hear("error")
    assert (refused["ref"], refused["code"]) == ("1", "unsupported")


async def test_p_16_a_token_request_that_tells_of_a_person_is_refused(house: House) -> None:
    status, given = await house.post("/v1/nonce")
    assert status == 200
    asked = {"endpoint": UNCLE.endpoint, "nonce": given["nonce"], "signature": "s" * 86, "email": "child@example.org"}
    status, refused = await house.post("/v1/token", asked)
    assert (status, refused["code"]) == (400, "bad_message")


def test_p_20_the_data_model_has_no_place_for_a_robots_user() -> None:
    party = Somebody("av1", "AV1").entry
    read_seed(json.dumps({"parties": [party], "links": []}).encode(), admitted)
    with pytest.raises(SeedError):
        read_seed(json.dumps({"parties": [{**party, "student": "Child"}], "links": []}).encode(), admitted)
