"""A browser takes people's own lists of devices, signs its owner's and hands it on: whom it trusts and rings then."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from client_sim.sealed.device_list import LIFETIME_SECONDS, DeviceList, verify_list
from client_sim.sealed.links import How, LinkRecord, introduce, verify_by_pairing
from tests.unit.sealed.people import DAY, NOW, keys_of, person
from tests.unit.sealed.scene import seed
from tests.unit.sealed.test_device_list import KNOWN, listed, name

pytestmark = pytest.mark.browser

SARA, BO = person("sara"), person("bo")


def shape(one: Any) -> Any:
    return json.loads(msgspec.json.encode(one))


def of_sara(whose: str, how: How = How.INTRODUCED) -> LinkRecord:
    """How that device of Sara's stands in another's book."""
    if how is How.INTRODUCED:
        return introduce(SARA, keys_of(whose))
    return verify_by_pairing(SARA, keys_of(whose), how)


PHONE, TABLET, GHOST = of_sara("phone", How.QR), of_sara("tablet"), of_sara("ghost")
BEGIN = """async ([records, self]) => {
  globalThis.it = await on.bookOf(records, self);
  globalThis.sure = (...names) => names.map((one) => it.book.isVerified(one));
  globalThis.rung = (party) => {
    const there = on.rung.thereOf(it.book, party, null);
    return on.rung.rungOf(it.book, there).map(({ endpoint }) => endpoint);
  };
}"""


@pytest.fixture(autouse=True)
def _nothing_kept(page: Page) -> Iterator[None]:
    yield
    deleted = """() => new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase("narvaro");
      request.onsuccess = () => resolve("deleted");
      request.onblocked = request.onerror = () => reject(new Error("somebody left the storage open"));
    })"""
    assert page.evaluate(deleted) == "deleted"


def begins(page: Page, *records: LinkRecord, who: str = "bo") -> None:
    own = {"seed": seed(f"{who}'s own").hex(), "party": person(who).party, "now": NOW}
    page.evaluate(BEGIN, [shape(records), own])


def brings(page: Page, by: LinkRecord, one: DeviceList) -> None:
    page.evaluate("([endpoint, list]) => it.brings(endpoint, list)", [by.endpoint, shape(one)])


def sure(page: Page, *records: LinkRecord) -> list[bool]:
    told: list[bool] = page.evaluate("(names) => sure(...names)", [one.endpoint for one in records])
    return told


def rung(page: Page) -> list[str]:
    told: list[str] = page.evaluate("(party) => rung(party)", SARA.party)
    return told


def test_a_listed_device_is_trusted_and_rung_as_the_proven_one_is(page: Page) -> None:
    begins(page, PHONE, TABLET, GHOST)
    assert (sure(page, PHONE, TABLET, GHOST), rung(page)) == ([True, False, False], [PHONE.endpoint])
    brings(page, PHONE, listed("phone", "tablet"))
    assert sorted(rung(page)) == sorted([PHONE.endpoint, TABLET.endpoint])
    told = page.evaluate(
        "(names) => [sure(...names), names.map((one) => it.book.link(one)?.how ?? null)]",
        [one.endpoint for one in (PHONE, TABLET, GHOST)],
    )
    assert told == [[True, True, False], ["qr", "introduced", None]]


def test_what_a_list_says_outlives_the_page_that_took_it(page: Page) -> None:
    begins(page, PHONE, TABLET)
    brings(page, PHONE, listed("phone", "tablet"))
    again = "async (name) => (await on.linkbook.LinkBook.kept(() => it.wall.now)).isVerified(name)"
    assert page.evaluate(again, TABLET.endpoint)


def test_a_device_that_was_taken_off_is_trusted_and_rung_no_more_also_where_it_was_proven_itself(page: Page) -> None:
    tablet = of_sara("tablet", How.QR)
    begins(page, PHONE, tablet)
    brings(page, PHONE, listed("phone", "tablet"))
    brings(page, PHONE, listed("phone", version=2))
    assert (sure(page, PHONE, tablet), rung(page)) == ([True, False], [PHONE.endpoint])
    brings(page, PHONE, listed("phone", "tablet"))
    assert page.evaluate("it.persons.refused") == 1, "an older list brings nobody back"
    assert sure(page, tablet) == [False]


def test_a_list_that_ran_out_vouches_for_nobody_and_a_renewed_one_does_again(page: Page) -> None:
    begins(page, PHONE, TABLET)
    brings(page, PHONE, listed("phone", "tablet"))
    page.evaluate("(now) => { it.wall.now = now; }", NOW + LIFETIME_SECONDS + 1)
    assert (sure(page, PHONE, TABLET), rung(page)) == ([True, False], [PHONE.endpoint])
    brings(page, PHONE, listed("phone", "tablet", version=2, not_after=NOW + 60 * DAY))
    assert sure(page, TABLET) == [True]


def test_a_list_under_another_key_stops_the_list_until_the_person_was_met_anew(page: Page) -> None:
    begins(page, PHONE, TABLET)
    brings(page, PHONE, listed("phone", "tablet"))
    brings(page, TABLET, listed("tablet", version=9, by="mallory"))
    told = page.evaluate("(party) => [it.book.persons.of(party).changed, it.persons.refused]", SARA.party)
    assert (told, sure(page, PHONE, TABLET)) == ([True, 1], [True, False])
    meet = "([who, keys]) => it.book.pair(who, keys, 'qr')"
    page.evaluate(meet, [shape(SARA), shape(keys_of("new phone"))])
    assert sure(page, TABLET) == [True], "she was met: the list that she had told counts again"
    brings(page, of_sara("new phone"), listed("new phone", by="sara's next"))
    assert sure(page, of_sara("new phone"), PHONE, TABLET) == [True, False, False]


def test_a_list_vouches_for_no_key_that_is_out_of_date_or_was_shown_to_be_another(page: Page) -> None:
    laptop = of_sara("laptop")
    begins(page, PHONE, TABLET, laptop)
    brings(page, PHONE, listed("phone", "tablet", "laptop", not_after=NOW + 200 * DAY))
    page.evaluate("(tablet) => it.book.doubt(tablet)", TABLET.endpoint)
    assert sure(page, PHONE, TABLET, laptop) == [True, False, True]
    page.evaluate("(now) => { it.wall.now = now; }", NOW + 91 * DAY)
    assert sure(page, laptop) == [False]


def test_where_nobody_is_proven_any_more_those_on_the_list_are_rung_alone(page: Page) -> None:
    begins(page, PHONE, TABLET)
    brings(page, PHONE, listed("phone", "tablet"))
    take = "async ([endpoint, party, keys, who]) => void await it.book.take({ endpoint, party, ...keys }, who)"
    page.evaluate(take, [GHOST.endpoint, SARA.party, shape(keys_of("ghost")), shape(SARA)])
    page.evaluate("(phone) => it.book.forget(phone)", PHONE.endpoint)
    page.evaluate("(now) => { it.wall.now = now; }", NOW + LIFETIME_SECONDS + 1)
    told = "(names) => on.rung.rungOf(it.book, names.map((one) => it.book.link(one))).map(({ endpoint }) => endpoint)"
    assert sure(page, TABLET, GHOST) == [False, False]
    assert page.evaluate(told, [GHOST.endpoint, TABLET.endpoint]) == [TABLET.endpoint]


def test_the_chance_of_another_key_ends_with_the_next_list(page: Page) -> None:
    begins(page, PHONE, TABLET)
    brings(page, PHONE, listed("phone", "tablet"))
    page.evaluate("([who, keys]) => it.book.pair(who, keys, 'qr')", [shape(SARA), shape(keys_of("phone"))])
    brings(page, PHONE, listed("phone", "tablet", version=2))
    brings(page, TABLET, listed("tablet", version=9, by="mallory"))
    assert page.evaluate("(party) => it.book.persons.of(party).changed", SARA.party)


@pytest.mark.parametrize(
    ("by", "one"),
    [
        (TABLET, listed("phone", "tablet")),
        (PHONE, listed("tablet", "laptop")),
        (verify_by_pairing(BO, keys_of("bo's phone"), How.QR), listed("phone", "tablet")),
    ],
    ids=["by an unproven device", "that doesn't name who brings it", "of another person"],
)
def test_a_list_that_pins_nobody(page: Page, by: LinkRecord, one: DeviceList) -> None:
    begins(page, PHONE, TABLET, *([] if by.party == SARA.party else [by]), who="cleo")
    brings(page, by, one)
    assert page.evaluate("(party) => it.book.persons.of(party)", by.party) is None
    assert sure(page, PHONE, TABLET) == [True, False]


def test_where_a_person_told_their_devices_no_other_is_rung_however_few_are_named(page: Page) -> None:
    begins(page, PHONE, GHOST)
    told = """([party, ghost]) => {
      const there = on.rung.thereOf(it.book, party, [{ endpoint: ghost }]);
      return on.rung.rungOf(it.book, there).map(({ endpoint }) => endpoint);
    }"""
    asked = [SARA.party, GHOST.endpoint]
    assert page.evaluate(told, asked) == [GHOST.endpoint], "who hides the proven one has the other rung"
    brings(page, PHONE, listed("phone"))
    page.evaluate(
        "async ([endpoint, party, keys, who]) => void await it.book.take({ endpoint, party, ...keys }, who)",
        [GHOST.endpoint, SARA.party, shape(keys_of("ghost")), shape(SARA)],
    )
    assert page.evaluate(told, asked) == [PHONE.endpoint]


def test_the_endpoints_that_a_list_names_are_asked_for_under_the_name_that_is_known(page: Page) -> None:
    begins(page, PHONE)
    brings(page, PHONE, listed("phone", "tablet"))
    assert page.evaluate("it.learnt") == [[TABLET.endpoint, "Sara"]]


def test_ones_own_list_is_signed_handed_on_once_and_renewed_before_it_runs_out(page: Page) -> None:
    tablet, komp = of_sara("tablet", How.QR), introduce(person("komp"), keys_of("komp"))
    doubted = msgspec.structs.replace(introduce(BO, keys_of("bo's phone")), changed=True)
    begins(page, tablet, komp, doubted, of_sara("not on it"), who="sara")
    told = page.evaluate(
        """async ([tablet, day]) => {
          await it.persons.handOn();
          const before = it.sent.length;
          await it.persons.put(it.book.link(tablet));
          await it.persons.put(it.book.link(tablet));
          await it.persons.began();
          const first = it.sent.splice(0);
          it.wall.now += 21 * day;
          await it.persons.began();
          const renewed = it.sent.splice(0);
          await it.persons.takeOff(tablet);
          const { extractable } = (await on.keeping.keptUnder("own-list")).privateKey;
          return { before, first, renewed, last: it.sent, known: it.book.link(tablet), extractable };
        }""",
        [tablet.endpoint, DAY],
    )
    own = name("sara's own")
    lists = [msgspec.convert(list_, DeviceList) for _, _, list_ in (*told["first"], *told["renewed"], *told["last"])]
    for one in lists:
        verify_list(one)
    assert [one.version for one in lists] == [1, 2, 3]
    assert {one.person for one in lists} == {lists[0].person}
    assert [sorted(it.endpoint for it in one.endpoints) for one in lists] == [sorted([own, tablet.endpoint])] * 2 + [
        [own]
    ]
    assert [one.not_after - NOW for one in lists] == [LIFETIME_SECONDS] + [LIFETIME_SECONDS + 21 * DAY] * 2
    ((_, to, _),) = told["first"]
    assert sorted(to) == sorted([tablet.endpoint, komp.endpoint]), "to nobody whose keys are in doubt"
    assert (told["before"], len(told["last"]), told["known"], told["extractable"]) == (0, 1, None, False)


def test_a_device_that_nobody_proved_is_put_on_no_list(page: Page) -> None:
    begins(page, TABLET, who="sara")
    told = page.evaluate("(tablet) => on.refusal(() => it.persons.put(it.book.link(tablet)))", TABLET.endpoint)
    assert (told, page.evaluate("it.persons.own")) == ("DeviceListError", None)


def test_one_who_may_not_be_written_to_any_more_keeps_the_list_from_nobody(page: Page) -> None:
    tablet, komp, gone = (
        of_sara("tablet", How.QR),
        introduce(person("komp"), keys_of("komp")),
        introduce(BO, keys_of("bo")),
    )
    begins(page, tablet, komp, gone, who="sara")
    told = page.evaluate(
        """async ([tablet, gone]) => {
          const { Refused } = await import("/sdk/asking.js");
          const [sent, tried] = [[], []];
          it.letters.send = async (_, content, to) => {
            const endpoints = to.map(({ endpoint }) => endpoint);
            tried.push(endpoints.length);
            if (endpoints.includes(gone)) throw new Refused("not_found");
            sent.push(...endpoints);
          };
          await it.persons.put(it.book.link(tablet));
          await it.persons.handOn();
          const first = tried.splice(0);
          await it.persons.began();
          return { sent, first, again: tried };
        }""",
        [tablet.endpoint, gone.endpoint],
    )
    assert sorted(told["sent"]) == sorted([tablet.endpoint, komp.endpoint])
    assert (told["first"], told["again"]) == ([3, 1, 1, 1], [1]), "the one that is left is tried in the next session"


def test_who_is_paired_with_anew_is_told_again(page: Page) -> None:
    tablet, komp = of_sara("tablet", How.QR), introduce(person("komp"), keys_of("komp"))
    begins(page, tablet, komp, who="sara")
    told = page.evaluate(
        """async ([tablet, who, keys]) => {
          await it.persons.put(it.book.link(tablet));
          it.sent.splice(0);
          await it.book.pair(who, keys, "qr");
          await it.persons.handOn();
          return it.sent.map(([, to]) => to);
        }""",
        [tablet.endpoint, shape(person("komp")), shape(keys_of("komp"))],
    )
    assert told == [[komp.endpoint]]


def test_who_lost_the_device_with_their_list_begins_another_under_another_key(page: Page) -> None:
    begins(page, of_sara("phone", How.QR), who="sara")
    brings(page, PHONE, listed("phone", "sara's own"))
    told = page.evaluate(
        """async (party) => {
          const before = it.persons.own;
          await it.persons.begin();
          const { person, changed } = it.book.persons.of(party);
          return { before, own: it.persons.own, person, changed };
        }""",
        SARA.party,
    )
    verify_list(msgspec.convert(told["own"], DeviceList))
    assert [one["endpoint"] for one in told["own"]["endpoints"]] == [name("sara's own")]
    assert (told["before"], told["changed"]) == (None, False)
    assert told["person"] == told["own"]["person"] != KNOWN.person
