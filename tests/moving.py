"""A household put straight into a database: a Komp and a relative who are members and hold each other's keys."""

import time
from pathlib import Path

from client_sim.house import KOMP, TERMINAL
from client_sim.household import Household, Member, make_household
from client_sim.identity import Identity
from signalling.people.circle import Endpoint
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.master import FileMaster
from signalling.store.store import Store, open_store
from signalling.vocabulary import PartyKind

MEMBERS = (Member(KOMP, PartyKind.KOMP), Member(TERMINAL, PartyKind.PERSON, (KOMP,)))
PHONE = "+46701740605"


async def moved_in(url: str, master_key: Path) -> Household:
    """Both of them, in the database at that URL, which is made; and what their endpoints keep."""
    identities = {one.name: Identity() for one in MEMBERS}
    async with open_store(url, FileMaster(master_key), upgrade=True) as store:
        parties = await _registered(store, identities)
    return make_household(MEMBERS, identities=identities, parties=parties)


async def _registered(store: Store, identities: dict[str, Identity]) -> dict[str, str]:
    now = time.time()
    screen, relative = identities[KOMP], identities[TERMINAL]
    customer = await store.customers.add(CustomerData(CustomerKind.PRIVATE, "The household"), now=now)
    added = await store.devices.add(PartyKind.KOMP, customer, KOMP, now=now)
    assert added is not None
    komp = await store.devices.enrol(added[1], endpoint=screen.endpoint, identity=screen.public, now=now)
    assert komp is not None
    person = await store.profiles.create(TERMINAL, PHONE, endpoint=relative.endpoint, identity=relative.public, now=now)
    assert person is not None
    device = Endpoint(screen.endpoint, screen.public, komp, PartyKind.KOMP)
    assert await store.memberships.admit(device, relative.endpoint, now=now)
    return {KOMP: str(komp), TERMINAL: str(person)}
