"""What an endpoint makes of keys: those it gives, those it is handed, and those a ring was sealed with."""

import msgspec
import pytest

from client_sim.household import Household, Member, make_household
from client_sim.identity import Identity
from client_sim.linkbook import LinkBook, Unready
from client_sim.sealed.contents import Ring, encode
from client_sim.sealed.keeping import LINKS, Keeping
from client_sim.sealed.keyring import ROTATION_SECONDS
from client_sim.sealed.links import How, Who
from client_sim.sealed.statements import LIFETIME_SECONDS, KeyStatement
from signalling.protocol import CallId, Media, PartyKind
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url

KOMP, APP = "Grandmother's Komp", "Grandchild"
CALL = CallId("c" * 22)


class Wall:
    """Unix time, turned by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def household() -> Household:
    return make_household()


@pytest.fixture
def wall(household: Household) -> Wall:
    return Wall(float(household.links[KOMP].ring.current.made_at))


def book(household: Household, name: str, wall: Wall, kept: list[Keeping] | None = None) -> LinkBook:
    return LinkBook(household.links[name], wall=wall, kept=(kept.append if kept is not None else lambda _: None))


def handed_over(whose: LinkBook) -> wire.EndpointKeys:
    statement = wire.KeyStatement(**msgspec.structs.asdict(whose.statement()))
    return wire.EndpointKeys(whose.identity.endpoint, whose.keeping.party, base64url(whose.identity.public), statement)


def ring(caller: LinkBook, callee: LinkBook) -> wire.CallRing:
    to = caller.addressee(CALL, callee.identity.endpoint)
    assert to is not None
    box = to.seal.write_first(encode(Ring(sent_at=0, media=Media.VIDEO, rung=1)))
    return wire.CallRing(
        call=CALL,
        from_=caller.identity.endpoint,
        from_key=caller.serial,
        key=to.key,
        box=box,
        media=Media.VIDEO,
        remaining_ms=1000,
        ice_servers=[],
    )


def test_a_ring_opens_at_the_one_it_was_sealed_for_and_nowhere_else(household: Household, wall: Wall) -> None:
    app, komp, cousin = (book(household, name, wall) for name in (APP, KOMP, "Cousin"))
    rung = ring(app, komp)
    opened = komp.opens(rung)
    assert not isinstance(opened, Unready)
    assert b"ring" in opened.read_first(rung.box)
    elsewhere = cousin.opens(rung)
    assert not isinstance(elsewhere, Unready)
    with pytest.raises(ValueError, match="doesn't open"):
        elsewhere.read_first(rung.box)


def test_a_new_key_is_made_after_thirty_days_and_kept_before_anybody_hears_of_it(
    household: Household, wall: Wall
) -> None:
    kept: list[Keeping] = []
    komp = book(household, KOMP, wall, kept)
    first = komp.statement()
    assert kept == []
    wall.now += ROTATION_SECONDS
    second = komp.statement()
    assert second.serial == first.serial + 1
    assert [one.ring.current.serial for one in kept] == [second.serial]
    assert komp.statement() == second


def test_a_ring_sealed_to_the_key_before_opens_for_thirty_days_more(household: Household, wall: Wall) -> None:
    app, komp = book(household, APP, wall), book(household, KOMP, wall)
    wall.now += ROTATION_SECONDS
    komp.statement()
    assert not isinstance(komp.opens(ring(app, komp)), Unready)
    wall.now += ROTATION_SECONDS + 1
    assert komp.opens(ring(app, komp)) is Unready.OWN_KEY_GONE


def test_a_ring_by_a_key_that_isnt_known_yet_asks_for_it_and_then_opens(household: Household, wall: Wall) -> None:
    app, komp = book(household, APP, wall), book(household, KOMP, wall)
    wall.now += ROTATION_SECONDS
    app.statement()
    rung = ring(app, komp)
    assert komp.opens(rung) is Unready.THEIR_KEY_UNKNOWN
    assert komp.take(handed_over(app))
    assert not isinstance(komp.opens(rung), Unready)


def test_an_older_statement_and_the_same_again_change_nothing(household: Household, wall: Wall) -> None:
    app, komp = book(household, APP, wall), book(household, KOMP, wall)
    old = handed_over(app)
    assert not komp.take(old)
    wall.now += ROTATION_SECONDS
    assert komp.take(handed_over(app))
    assert not komp.take(old)


def test_a_frozen_statement_stops_answering_by_itself_after_ninety_days(household: Household, wall: Wall) -> None:
    komp, app = book(household, KOMP, wall), book(household, APP, wall)
    assert komp.is_verified(app.identity.endpoint)
    wall.now += LIFETIME_SECONDS + 1
    assert not komp.is_verified(app.identity.endpoint)


def test_a_stranger_is_introduced_only_where_it_is_said_whose_it_is(household: Household, wall: Wall) -> None:
    komp, stranger = book(household, KOMP, wall), book(make_household(), APP, wall)
    keys = handed_over(stranger)
    assert not komp.take(keys)
    assert komp.take(keys, Who(keys.party, "Somebody", PartyKind.PERSON))
    record = komp.link(stranger.identity.endpoint)
    assert record is not None
    assert record.how is How.INTRODUCED
    assert not komp.is_verified(stranger.identity.endpoint)


def test_another_endpoint_under_a_devices_name_is_another_identity_and_never_silent(
    household: Household, wall: Wall
) -> None:
    app, komp = book(household, APP, wall), book(household, KOMP, wall)
    (record,) = [one for one in app.links if one.name == KOMP]
    ghost = book(make_household(), KOMP, wall)
    assert app.is_verified(record.endpoint)
    assert app.take(handed_over(ghost), record.who)
    assert app.link(ghost.identity.endpoint) is None
    assert not app.is_verified(komp.identity.endpoint)


@pytest.mark.parametrize("field", ["endpoint", "key", "serial", "not_after", "signature"])
def test_a_statement_that_was_altered_on_the_way_is_passed_over(household: Household, wall: Wall, field: str) -> None:
    komp, app = book(household, KOMP, wall), book(household, APP, wall)
    wall.now += ROTATION_SECONDS
    keys = handed_over(app)
    assert keys.statement is not None
    value = getattr(keys.statement, field)
    altered = value + 1 if isinstance(value, int) else ("B" if value[0] == "A" else "A") + value[1:]
    statement = msgspec.structs.replace(keys.statement, **{field: altered})
    assert not komp.take(msgspec.structs.replace(keys, statement=statement))


def test_introduced_links_give_way_and_proven_ones_never_do(household: Household, wall: Wall) -> None:
    komp = book(household, KOMP, wall)
    proven = komp.links
    strangers = [book(make_household((Member("Stranger", PartyKind.PERSON),)), "Stranger", wall) for _ in range(LINKS)]
    for one in strangers:
        assert komp.take(handed_over(one), Who(one.keeping.party, "Stranger", PartyKind.PERSON))
    assert len(komp.links) == LINKS
    assert komp.links[: len(proven)] == proven
    assert komp.link(strangers[0].identity.endpoint) is None
    assert komp.link(strangers[-1].identity.endpoint) is not None


def test_a_book_full_of_proven_links_is_introduced_to_nobody_more(household: Household, wall: Wall) -> None:
    (proven, _) = household.links[KOMP].links
    others = [Identity().endpoint for _ in range(LINKS)]
    full = tuple(msgspec.structs.replace(proven, endpoint=one) for one in others)
    komp = LinkBook(msgspec.structs.replace(household.links[KOMP], links=full), wall=wall)
    app = book(household, APP, wall)
    assert not komp.take(handed_over(app), Who(app.keeping.party, "Somebody", PartyKind.PERSON))
    assert komp.links == full


def test_nothing_of_it_prints(household: Household, wall: Wall) -> None:
    komp = book(household, KOMP, wall)
    assert repr(komp) == "LinkBook(…)"
    assert isinstance(komp.statement(), KeyStatement)
