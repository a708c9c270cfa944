"""Somebody with keys of their own, whom the hostile coordinator lets in and passes off as one of the family."""

import msgspec

from client_sim.family import FamilyApp
from client_sim.household import FAMILY, Household, Member, make_household
from client_sim.sealed.links import LinkRecord
from signalling.protocol import PartyKind
from signalling.protocol import messages as wire
from tests.hostile.middle import Tamper
from tests.hostile.stage import APP, AV1, COUSIN, KOMP, Stage
from tests.hostile.tampers import alter, in_turn, replaced

ATTACKER = "Attacker"


def with_an_attacker() -> Household:
    """The coordinator lets one more in, whom nobody else knows."""
    calls = (KOMP, AV1, APP, COUSIN)
    household = make_household((*FAMILY, Member(ATTACKER, PartyKind.PERSON, calls)))
    stranger = household.links[ATTACKER].party
    links = {
        name: kept
        if name == ATTACKER
        else msgspec.structs.replace(kept, links=tuple(one for one in kept.links if one.party != stranger))
        for name, kept in household.links.items()
    }
    return Household(links, household.seed)


def pose_as(stage: Stage, name: str) -> Tamper:
    """Rings of the attacker come as that person's, and so do the attacker's keys."""
    attacker, party = stage.household.links[ATTACKER].party, stage.party_of(name)

    def theirs(ok: wire.Message) -> wire.Message | None:
        assert isinstance(ok, wire.Ok)
        if not any(one.party == attacker for one in ok.keys or []):
            return None
        return replaced(ok, keys=[msgspec.structs.replace(one, party=party) for one in ok.keys or []])

    return in_turn(change_profile(name), alter(wire.Ok, theirs))


def change_profile(name: str) -> Tamper:
    def change(ring: wire.Message) -> wire.Message | None:
        assert isinstance(ring, wire.CallRing)
        shown = ring.profile
        return replaced(ring, profile=wire.Profile(name)) if shown is not None and shown.name == ATTACKER else None

    return alter(wire.CallRing, change)


async def the_attacker(stage: Stage, name: str) -> FamilyApp:
    """Somebody with keys of their own, whom the coordinator lets pass as `name`."""
    keeping = msgspec.structs.replace(stage.household.links[ATTACKER], name=name)
    app = await stage.family(ATTACKER, keeping)
    stage.strangers.add(app.endpoint.identity.endpoint)
    stage.middle.tamper = pose_as(stage, name)
    return app


def link_to(app: FamilyApp, name: str) -> LinkRecord:
    return next(one for one in app.endpoint.book.links if one.name == name)
