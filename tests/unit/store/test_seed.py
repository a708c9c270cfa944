"""The circle from a seed file: who may see and ring whom, and what a file may not say."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.access.identity import admit
from signalling.commands.settings_page import reference_markdown
from signalling.people.circle import Circle, Endpoint, Shown
from signalling.protocol.proof import base64url
from signalling.store.seed import SeedCircle, SeedError, read_seed
from signalling.vocabulary import EndpointId, PartyId, PartyKind


def key() -> str:
    return base64url(Ed25519PrivateKey.generate().public_key().public_bytes_raw())


def party(number: int, kind: str = "person", keys: int = 1) -> dict[str, Any]:
    return {
        "id": f"{number:022d}",
        "kind": kind,
        "name": f"Party {number}",
        "endpoints": [key() for _ in range(keys)],
    }


GRANDCHILD, UNCLE, STRANGER = party(1, keys=2), party(2), party(3)
KOMP, AV1 = party(10, "komp"), party(11, "av1")
FAMILY = {
    "parties": [GRANDCHILD, UNCLE, STRANGER, KOMP, AV1],
    "links": [
        {"parties": [GRANDCHILD["id"], KOMP["id"]]},
        {"parties": [KOMP["id"], UNCLE["id"]]},
        {"parties": [GRANDCHILD["id"], AV1["id"]]},
    ],
}


def admitted(text: str) -> tuple[EndpointId, bytes]:
    one = admit(text)
    return one.endpoint, one.identity_key


def seeded(document: object) -> SeedCircle:
    return read_seed(json.dumps(document).encode(), admitted)


def refusal(document: object) -> str:
    with pytest.raises(SeedError) as refused:
        seeded(document)
    return str(refused.value)


async def first(circle: Circle, one: dict[str, Any]) -> Endpoint:
    endpoint = await circle.endpoint((await circle.endpoints_of(one["id"]))[0])
    assert endpoint is not None
    return endpoint


async def test_an_endpoint_is_known_by_the_name_that_follows_from_its_key() -> None:
    circle = seeded(FAMILY)
    name, raw = admitted(KOMP["endpoints"][0])
    assert await circle.endpoint(name) == Endpoint(name, raw, PartyId(KOMP["id"]), PartyKind.KOMP)
    assert await circle.endpoint("A" * 22) is None
    assert len(await circle.endpoints_of(GRANDCHILD["id"])) == 2
    assert await circle.endpoints_of("A" * 22) == ()
    assert circle.endpoint_count == 6


async def test_people_ring_whom_they_are_linked_with_and_devices_ring_nobody() -> None:
    circle = seeded(FAMILY)
    grandchild, komp = await first(circle, GRANDCHILD), await first(circle, KOMP)
    assert await circle.may_ring(grandchild, KOMP["id"])
    assert await circle.may_ring(grandchild, AV1["id"])
    assert not await circle.may_ring(grandchild, UNCLE["id"])
    assert not await circle.may_ring(await first(circle, STRANGER), KOMP["id"])
    assert not await circle.may_ring(grandchild, "A" * 22)
    assert not await circle.may_ring(komp, GRANDCHILD["id"])


async def test_presence_is_for_the_linked_and_for_oneself() -> None:
    circle = seeded(FAMILY)
    grandchild, komp = await first(circle, GRANDCHILD), await first(circle, KOMP)
    other_phone = (await circle.endpoints_of(GRANDCHILD["id"]))[1]
    assert await circle.may_see(grandchild, komp.endpoint)
    assert await circle.may_see(komp, grandchild.endpoint)
    assert await circle.may_see(grandchild, other_phone)
    assert not await circle.may_see(grandchild, (await first(circle, UNCLE)).endpoint)
    assert not await circle.may_see(await first(circle, STRANGER), komp.endpoint)
    assert not await circle.may_see(grandchild, "A" * 22)


async def test_a_komp_shows_the_callers_name_and_an_av1_gets_none() -> None:
    circle = seeded(FAMILY)
    grandchild = await first(circle, GRANDCHILD)
    assert await circle.shown_to(grandchild, PartyId(KOMP["id"])) == Shown(GRANDCHILD["name"], None)
    assert await circle.shown_to(grandchild, PartyId(AV1["id"])) is None


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ({"parties": [GRANDCHILD, GRANDCHILD], "links": []}, "an id of its own"),
        ({"parties": [party(1, "komp", keys=2)], "links": []}, "exactly one endpoint"),
        ({"parties": [party(1, "av1", keys=0)], "links": []}, "exactly one endpoint"),
        ({"parties": [KOMP, {**party(4), "endpoints": KOMP["endpoints"]}], "links": []}, "one party, once"),
        ({"parties": [{**party(4), "endpoints": [base64url(bytes(32))]}], "links": []}, "small order"),
        ({"parties": [KOMP], "links": [{"parties": [KOMP["id"], "A" * 22]}]}, "two parties of this file"),
        ({"parties": [KOMP], "links": [{"parties": [KOMP["id"], KOMP["id"]]}]}, "two parties of this file"),
        ({"parties": [KOMP, AV1], "links": [{"parties": [KOMP["id"], AV1["id"]]}]}, "two devices"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_by_the_rule(document: object, rule: str) -> None:
    assert rule in refusal(document)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": "secret-words"}, "$.parties[0].id"),
        ({"kind": "secret-words"}, "$.parties[0].kind"),
        ({"name": ""}, "$.parties[0].name"),
        ({"endpoints": ["secret-words"]}, "$.parties[0].endpoints[0]"),
        ({"secret-words": 1}, "$.parties[0]"),
    ],
)
def test_a_misshapen_file_is_refused_by_its_place_and_never_quoted(change: dict[str, Any], place: str) -> None:
    told = refusal({"parties": [{**party(1), **change}], "links": []})
    assert place in told
    assert "secret-words" not in told


@pytest.mark.parametrize("document", [b"", b"{", b"\xff", b"NaN", b'{"parties": [], "links": []'])
def test_what_is_not_json_is_refused(document: bytes) -> None:
    with pytest.raises(SeedError, match="JSON"):
        read_seed(document, admitted)


def test_a_deeply_nested_file_is_refused() -> None:
    with pytest.raises(SeedError):
        read_seed(b'{"parties":' + b"[" * 100_000, admitted)


def test_the_example_in_the_reference_is_a_seed_file() -> None:
    example = reference_markdown().partition("```json\n")[2].partition("```")[0]
    assert read_seed(example.encode(), admitted).endpoint_count == 2
    written = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"
    assert example in written.read_text(encoding="utf-8")
