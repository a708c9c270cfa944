"""The browser makes, takes and refuses device lists as the headless endpoint does."""

import json
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from client_sim.sealed.device_list import LIFETIME_SECONDS, DeviceList, DeviceListError, verify_list
from signalling.protocol.proof import base64url
from tests.unit.sealed.golden import DEVICE_LIST
from tests.unit.sealed.people import NOW
from tests.unit.sealed.scene import identity, public, seed, small_order_identities
from tests.unit.sealed.test_device_list import FORGED, KNOWN, listed, name

pytestmark = pytest.mark.browser

REFUSE = "(list) => on.refusal(() => on.deviceList.listFrom(list))"


def shape(one: Any) -> Any:
    return json.loads(msgspec.json.encode(one))


def test_the_browser_lives_the_written_story_of_a_person(page: Page) -> None:
    told = page.evaluate("(story) => on.livePerson(story)", DEVICE_LIST)
    kept = ("refused", "known", "additions", "signed")
    assert told == [{one: step[one] for one in kept} for step in DEVICE_LIST["steps"]]


def test_a_list_that_the_browser_makes_is_the_headless_one(page: Page) -> None:
    told = page.evaluate(
        """async ([person, identities, notAfter]) => {
          const own = await on.identities.Identity.fromSeed(on.unhex(person));
          const made = await on.deviceList.makeList(own, identities.map(on.unhex), { version: 3, notAfter });
          return { made, lifetime: on.deviceList.LIST_LIFETIME_SECONDS };
        }""",
        [seed("sara").hex(), [public(identity(one)).hex() for one in ("phone", "tablet")], NOW],
    )
    assert told == {"made": shape(listed("phone", "tablet", version=3, not_after=NOW)), "lifetime": LIFETIME_SECONDS}
    verify_list(msgspec.convert(told["made"], DeviceList))


@pytest.mark.parametrize("how", FORGED)
def test_a_list_that_does_not_hold_together_is_refused_by_the_browser(page: Page, how: str) -> None:
    told = page.evaluate(
        "([known, list]) => on.refusal(() => on.deviceList.takeList(known, list))",
        [shape(KNOWN), shape(FORGED[how]())],
    )
    assert told == "DeviceListError"


def test_a_person_of_small_order_signs_nothing_in_the_browser(page: Page) -> None:
    """Under the first of them this signature, which nobody made, holds for every list."""
    signature = base64url((1).to_bytes(32, "little") + bytes(32))
    for point in sorted(small_order_identities()):
        forged = shape(listed("phone")) | {"person": base64url(point), "signature": signature}
        assert page.evaluate(REFUSE, forged) == "DeviceListError"


BROKEN: list[Any] = [None, 1, "", [], {}]
BROKEN += [{**shape(listed("phone")), field: None} for field in shape(listed("phone"))]
BROKEN += [
    shape(listed("phone")) | changed
    for changed in (
        {"version": 0},
        {"version": 1.5},
        {"version": 2**31},
        {"not_after": -1},
        {"endpoints": [None]},
        {"endpoints": [{"endpoint": name("phone")}]},
        {"endpoints": shape(listed(*(f"phone {n}" for n in range(17))))["endpoints"]},
    )
]


def test_what_is_no_list_is_refused_by_both(page: Page) -> None:
    assert {page.evaluate(REFUSE, one) for one in BROKEN} == {"DeviceListError"}
    for one in BROKEN:
        with pytest.raises((msgspec.ValidationError, DeviceListError)):
            verify_list(msgspec.convert(one, DeviceList))


def test_fields_of_a_later_version_are_ignored_and_not_kept(page: Page) -> None:
    later = shape(listed("phone")) | {"later": 1}
    later["endpoints"] = [one | {"later": 1} for one in later["endpoints"]]
    assert page.evaluate("(list) => on.deviceList.listFrom(list)", later) == shape(listed("phone"))


def test_a_taken_list_that_changes_nothing_is_the_same_object_and_says_who_is_listed(page: Page) -> None:
    told = page.evaluate(
        """async ([person, list, phone, others]) => {
          const { knownPerson, takeList, isListed } = on.deviceList;
          const known = await takeList(knownPerson(person), list);
          return [(await takeList(known, list)) === known, isListed(known, phone), isListed(known, others)];
        }""",
        [KNOWN.person, shape(listed("phone")), name("phone"), name("mallory's")],
    )
    assert told == [True, True, False]


def test_a_person_key_that_can_be_taken_out_signs_no_list(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          const loose = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
          const person = new on.identities.Identity(loose.privateKey, new Uint8Array(32), "");
          return on.refusal(() => on.deviceList.makeList(person, [], { version: 1, notAfter: 1 }));
        }"""
    )
    assert told == "TypeError"
