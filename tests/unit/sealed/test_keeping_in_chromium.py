"""What a browser keeps: keys that can't be taken out, records that hold together, and nothing lost between two tabs."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from client_sim.sealed.links import How
from signalling.protocol.proof import endpoint_id
from tests.unit.sealed.people import DAY, NOW, keys_of, met, person
from tests.unit.sealed.scene import identity, public, seed

pytestmark = pytest.mark.browser

KOMP = public(identity("komp"))
CONTACT = {"kind": "komp", "party": person("komp").party, "endpoint": str(endpoint_id(KOMP)), "name": "Mormor"}
KEEP_SELF = """async ([seed, party]) => {
  const identity = await on.identities.Identity.fromSeed(on.unhex(seed));
  await on.keeping.keepSelf({ identity, party, name: "Sara", contacts: [] });
}"""


def shape(one: Any) -> Any:
    return json.loads(msgspec.json.encode(one))


@pytest.fixture(autouse=True)
def _nothing_kept(page: Page) -> Iterator[None]:
    yield
    deleted = """() => new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase("narvaro");
      request.onsuccess = () => resolve("deleted");
      request.onblocked = request.onerror = () => reject(new Error("somebody left the storage open"));
    })"""
    assert page.evaluate(deleted) == "deleted"


def test_a_new_browser_keeps_nothing(page: Page) -> None:
    told = page.evaluate("async () => [await on.keeping.keptSelf(), await on.keeping.keptLinks()]")
    assert told == [None, []]


def test_who_this_endpoint_is_comes_back_with_keys_that_work_and_cannot_be_taken_out(page: Page) -> None:
    page.evaluate(KEEP_SELF, [seed("sara").hex(), person("sara").party])
    told = page.evaluate(
        """async ([now, peer]) => {
          const { identity, party, name } = await on.keeping.keptSelf();
          const ring = await on.keeping.turnedRing(now);
          const { privateKey, publicKey } = (await on.keeping.turnedRing(now + 1)).current.pair;
          const statement = await on.keyring.stateKey(ring, identity);
          await on.statements.verifyStatement(statement, identity.publicKey);
          return {
            self: [identity.endpoint, party, name],
            taken: await on.outcomes([
              crypto.subtle.exportKey("pkcs8", identity.privateKey),
              crypto.subtle.exportKey("pkcs8", privateKey),
            ]),
            agreed: (await on.noise.agreed(privateKey, on.unhex(peer))).length,
            same: on.hex(publicKey) === on.hex(ring.current.pair.publicKey),
          };
        }""",
        [NOW, met("komp", How.QR).agreement_bytes.hex()],
    )
    assert told == {
        "self": [str(endpoint_id(public(identity("sara")))), person("sara").party, "Sara"],
        "taken": ["DOMException", "DOMException"],
        "agreed": 32,
        "same": True,
    }


def test_a_ring_turns_when_it_is_due_and_keeps_the_key_before(page: Page) -> None:
    told = page.evaluate(
        """async ([now, day]) => {
          const serials = [];
          for (const days of [0, 29, 30, 30, 59, 61]) {
            const { current, previous } = await on.keeping.turnedRing(now + days * day);
            serials.push([current.serial, previous?.serial ?? null]);
          }
          return serials;
        }""",
        [NOW, DAY],
    )
    assert told == [[1, None], [1, None], [2, 1], [2, 1], [2, 1], [3, 2]]


def test_two_tabs_that_turn_the_ring_at_once_have_one_ring(page: Page) -> None:
    """Otherwise one of them would state a key that nobody keeps."""
    told = page.evaluate(
        """async ([now, month]) => {
          const keys = async (when) => {
            const rings = await Promise.all(Array.from({ length: 5 }, () => on.keeping.turnedRing(when)));
            return [...new Set(rings.map((ring) => `${ring.current.serial} ${on.hex(ring.current.pair.publicKey)}`))];
          };
          const [first, second] = [await keys(now), await keys(now + month)];
          return [first.map((one) => one[0]), second.map((one) => one[0])];
        }""",
        [NOW, 30 * DAY],
    )
    assert told == [["1"], ["2"]]


def test_links_are_kept_changed_and_forgotten(page: Page) -> None:
    sara, anna = met("sara", How.QR), met("anna", How.INTRODUCED)
    told = page.evaluate(
        """async ([sara, anna, mallory]) => {
          const { changeLink, keptLink, keptLinks, forgetLink } = on.keeping;
          for (const one of [sara, anna]) await changeLink(one.endpoint, () => one);
          const marked = await changeLink(sara.endpoint, (known) => on.links.takeStatement(known, mallory));
          await forgetLink(anna.endpoint);
          return { marked, links: await keptLinks(), gone: await keptLink(anna.endpoint) };
        }""",
        [shape(sara), shape(anna), shape(keys_of("mallory"))],
    )
    marked = shape(msgspec.structs.replace(sara, changed=True))
    assert told == {"marked": marked, "links": [marked], "gone": None}


def test_changes_of_one_link_by_several_tabs_are_all_kept(page: Page) -> None:
    told = page.evaluate(
        """async ([record, now]) => {
          const { changeLink, keptLink } = on.keeping;
          await changeLink(record.endpoint, () => record);
          const count = (known) => ({ ...known, compared: on.safetyNumber.counted(known.compared, now) });
          const how = await on.outcomes(Array.from({ length: 4 }, () => changeLink(record.endpoint, count)));
          return { how: how.sort(), compared: (await keptLink(record.endpoint)).compared };
        }""",
        [shape(met("sara", How.INTRODUCED)), NOW],
    )
    assert told == {"how": ["SafetyNumberError", "fulfilled", "fulfilled", "fulfilled"], "compared": [NOW] * 3}


def test_a_browser_knows_a_bounded_number_of_others(page: Page) -> None:
    told = page.evaluate(
        """async ([crowd, last]) => {
          const { changeLink, keptLinks, forgetLink, LINKS } = on.keeping;
          await on.fill("links", crowd.map((one, at) => [`x${at}`, one]));
          const keep = () => changeLink(last.endpoint, () => last);
          const full = await on.refusal(keep);
          await forgetLink("x0");
          const after = await on.refusal(keep);
          return { most: LINKS, full, after, changed: await on.refusal(() =>
            changeLink(last.endpoint, (known) => ({ ...known, changed: true }))) };
        }""",
        [[shape(met("sara", How.QR))] * 256, shape(met("anna", How.QR))],
    )
    assert told == {"most": 256, "full": "KeepingError", "after": None, "changed": None}


def test_a_kept_record_that_does_not_hold_together_is_refused(page: Page) -> None:
    broken = shape(met("sara", How.QR)) | {"identity": keys_of("mallory").identity}
    told = page.evaluate(
        """async (broken) => {
          await on.fill("links", [[broken.endpoint, broken]]);
          const { keptLink, keptLinks } = on.keeping;
          return [await on.refusal(() => keptLinks()), await on.refusal(() => keptLink(broken.endpoint))];
        }""",
        broken,
    )
    assert told == ["StatementError", "StatementError"]


def test_a_record_in_another_spelling_is_kept_in_one_and_can_be_changed(page: Page) -> None:
    sara = shape(met("sara", How.QR))
    told = page.evaluate(
        """async ([record, kept]) => {
          await on.fill("links", [[record.endpoint, kept]]);
          return on.keeping.changeLink(record.endpoint, (known) => ({ ...kept, changed: !known.changed }));
        }""",
        [sara, {"later": 1, **dict(reversed(sara.items()))}],
    )
    assert told == sara | {"changed": True}
    assert list(told) == list(sara)


def test_what_does_not_prove_itself_is_not_kept(page: Page) -> None:
    broken = shape(met("sara", How.QR)) | {"identity": keys_of("mallory").identity}
    told = page.evaluate(
        "(broken) => on.refusal(() => on.keeping.changeLink(broken.endpoint, () => broken))",
        broken,
    )
    assert told == "StatementError"
    assert page.evaluate("() => on.keeping.keptLinks()") == []


def test_a_record_is_kept_under_its_own_endpoint_only(page: Page) -> None:
    told = page.evaluate(
        "(record) => on.refusal(() => on.keeping.changeLink('A'.repeat(22), () => record))",
        shape(met("sara", How.QR)),
    )
    assert told == "KeepingError"


def test_a_private_key_that_can_be_taken_out_is_not_kept(page: Page) -> None:
    told = page.evaluate(
        """async (seed) => {
          const loose = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
          const identity = new on.identities.Identity(loose.privateKey, new Uint8Array(32), "A".repeat(22));
          const kept = await on.refusal(() => on.keeping.keepSelf({ identity, party: null, name: "x", contacts: [] }));
          const { privateKey, publicKey } = identity;
          const current = { serial: 1, pair: await on.keyPair(seed, true), made_at: 1 };
          await on.fill("self", [
            ["self", { privateKey, publicKey, party: null, name: "x", contacts: [] }],
            ["ring", { current, previous: null }],
          ]);
          const { keptSelf, turnedRing } = on.keeping;
          return { kept, read: [await on.refusal(() => keptSelf()), await on.refusal(() => turnedRing(2))] };
        }""",
        seed("loose").hex(),
    )
    assert told == {"kept": "KeepingError", "read": ["KeyRefused", "KeyRingError"]}


def test_the_private_link_that_an_earlier_version_kept_is_taken_over(page: Page) -> None:
    told = page.evaluate(
        """async ([seed, contact]) => {
          await on.keptByAnEarlierVersion({ seed, name: "Sara", contacts: [contact] });
          const { identity, party, name, contacts } = await on.keeping.keptSelf();
          return {
            self: [identity.endpoint, party, name, identity.privateKey.extractable],
            contacts,
            signs: (await identity.sign(new Uint8Array(3))).length,
            links: await on.keeping.keptLinks(),
            ring: (await on.keeping.turnedRing(5)).current.serial,
            stores: await on.stores(),
          };
        }""",
        [seed("sara").hex(), CONTACT],
    )
    assert told == {
        "self": [str(endpoint_id(public(identity("sara")))), None, "Sara", False],
        "contacts": [CONTACT],
        "signs": 86,
        "links": [],
        "ring": 1,
        "stores": {"version": 2, "names": ["links", "self"]},
    }


def test_an_earlier_version_that_kept_nothing_leaves_nothing(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          await on.keptByAnEarlierVersion(null);
          return [await on.keeping.keptSelf(), (await on.stores()).names];
        }"""
    )
    assert told == [None, ["links", "self"]]


def test_a_tab_of_an_earlier_version_holds_the_upgrade_up_and_loses_nothing(page: Page) -> None:
    told = page.evaluate(
        """async ([seed, contact]) => {
          await on.keptByAnEarlierVersion({ seed, name: "Sara", contacts: [contact] });
          const older = await on.held(1);
          const blocked = await on.refusal(() => on.keeping.keptSelf());
          older.close();
          return { blocked, name: (await on.keeping.keptSelf()).name };
        }""",
        [seed("sara").hex(), CONTACT],
    )
    assert told == {"blocked": "KeepingError", "name": "Sara"}


def test_what_a_later_version_keeps_is_left_alone(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          (await on.held(9)).close();
          return [await on.refusal(() => on.keeping.keptSelf()), (await on.stores()).version];
        }"""
    )
    assert told == ["KeepingError", 9]


def test_how_its_owner_is_shown_is_kept_and_nothing_else_changes(page: Page) -> None:
    page.evaluate(KEEP_SELF, [seed("sara").hex(), person("sara").party])
    told = page.evaluate(
        """async (picture) => {
          const before = await on.keeping.keptSelf();
          await on.keeping.keepProfile({ name: "Sara Ada", picture });
          const after = await on.keeping.keptSelf();
          const same = before.identity.endpoint === after.identity.endpoint && before.party === after.party;
          await on.keeping.forgetSelf();
          await on.keeping.keepProfile({ name: "Nobody", picture });
          return [before.picture, after.name, after.picture, same, await on.keeping.keptSelf()];
        }""",
        "7f" * 32,
    )
    assert told == [None, "Sara Ada", "7f" * 32, True, None]


def test_another_self_forgets_everybody_that_the_earlier_one_knew(page: Page) -> None:
    page.evaluate(KEEP_SELF, [seed("sara").hex(), person("sara").party])
    told = page.evaluate(
        """async ([record, now]) => {
          const before = await on.keeping.turnedRing(now);
          await on.keeping.changeLink(record.endpoint, () => record);
          const identity = await on.identities.Identity.fromSeed(new Uint8Array(32).fill(9));
          await on.keeping.keepSelf({ identity, party: null, name: "Anna", contacts: [] });
          const after = await on.keeping.turnedRing(now);
          const ends = { name: (await on.keeping.keptSelf()).name, links: await on.keeping.keptLinks() };
          const same = on.hex(before.current.pair.publicKey) === on.hex(after.current.pair.publicKey);
          await on.keeping.forgetSelf();
          return { ...ends, same, gone: [await on.keeping.keptSelf(), await on.keeping.keptLinks()] };
        }""",
        [shape(met("komp", How.QR)), NOW],
    )
    assert told == {"name": "Anna", "links": [], "same": False, "gone": [None, []]}


def test_a_ring_and_links_that_came_with_this_endpoint_are_kept_with_it(page: Page) -> None:
    told = page.evaluate(
        """async ([sara, agreement, record]) => {
          const identity = await on.identities.Identity.fromSeed(on.unhex(sara));
          const ring = { current: { serial: 7, pair: await on.keyPair(agreement), made_at: 10 }, previous: null };
          const self = { identity, party: null, name: "Sara", contacts: [] };
          await on.keeping.keepSelf({ ...self, ring, links: [record] });
          const loose = { current: { ...ring.current, pair: await on.keyPair(agreement, true) }, previous: null };
          return {
            refused: await on.refusal(() => on.keeping.keepSelf({ ...self, name: "Anna", ring: loose })),
            serial: (await on.keeping.turnedRing(11)).current.serial,
            links: await on.keeping.keptLinks(),
            name: (await on.keeping.keptSelf()).name,
          };
        }""",
        [seed("sara").hex(), seed("agreement").hex(), shape(met("komp", How.QR))],
    )
    assert told == {"refused": "KeyRingError", "serial": 7, "links": [shape(met("komp", How.QR))], "name": "Sara"}
