"""What happens to people and devices in the store is felt on live sockets, within seconds, whoever made it happen."""

import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from signalling.people.circle import Endpoint
from signalling.people.device import DeviceMove
from signalling.people.membership import MemberRole
from signalling.protocol.proof import base64url, hello_bytes
from signalling.vocabulary import PartyId, PartyKind
from tests.protocol.raw import RawSocket
from tests.protocol.society import App, Society, living

pytestmark = pytest.mark.slow

SECONDS = 5.0
"""Within this a change must be felt."""


class Town:
    """A society with sockets."""

    def __init__(self, society: Society) -> None:
        self.society = society
        self._sockets: list[RawSocket] = []

    async def online(self, who: App) -> RawSocket:
        """A live session."""
        token = await self.society.token(who)
        raw = await RawSocket.open(self.society.coordinator.port)
        self._sockets.append(raw)
        nonce, client_nonce = (await raw.hear("welcome"))["nonce"], base64url(secrets.token_bytes(32))
        signed = hello_bytes(
            origin=self.society.origin,
            endpoint=who.endpoint,
            token_id=jwt.decode(token, options={"verify_signature": False})["jti"],
            nonce=nonce,
            client_nonce=client_nonce,
        )
        hello = {"t": "hello", "token": token, "proof": who.signs(signed), "client_nonce": client_nonce}
        raw.say(hello | {"features": [], "calls": []})
        await raw.hear("ready")
        return raw

    async def close(self) -> None:
        for raw in self._sockets:
            await raw.drop()


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with living() as society:
        one = Town(society)
        await society.coordinator.hub.tick()  # the first look only learns where to begin
        try:
            yield one
        finally:
            await one.close()


def invite(callee: App, call: str = "") -> dict[str, Any]:
    rings = [{"endpoint": callee.endpoint, "key": 1, "box": "cmluZw"}]
    call = call or base64url(secrets.token_bytes(16))
    return {"t": "call.invite", "id": "call", "call": call, "to": callee.party, "from_key": 1, "rings": rings} | {
        "media": "video",
        "lifetime_ms": 30_000,
    }


async def begun(here: RawSocket, there: RawSocket, callee: App) -> str:
    """A joined call."""
    said = invite(callee)
    here.say(said)
    await there.hear("call.ring")
    there.say({"t": "call.join", "call": said["call"], "box": "am9pbg"})
    await here.hear("call.joined")
    return str(said["call"])


async def test_a_member_rings_and_the_screen_shows_the_profile_of_the_store(town: Town) -> None:
    komp, _, uncle = await town.society.family("Uncle Ole")
    there, here = await town.online(komp), await town.online(uncle)
    here.say(invite(komp))
    ring = await there.hear("call.ring")
    assert ring["profile"] == {"name": "Uncle Ole"}
    assert uncle.phone not in json.dumps(ring)


async def test_who_is_removed_loses_the_call_the_ring_and_the_sight_of_the_komp(town: Town) -> None:
    komp, admin, uncle = await town.society.family("Uncle")
    there, here = await town.online(komp), await town.online(uncle)
    here.say({"t": "presence.watch", "endpoints": [komp.endpoint]})
    assert (await here.hear("presence"))["state"] == "online"
    await begun(here, there, komp)
    path = f"/v1/komps/{komp.party}/members/{uncle.party}"
    assert (await town.society.ask(admin, "DELETE", path)).status == 204
    assert (await here.hear("call.ended", seconds=SECONDS))["reason"] == "admin_forced"
    assert (await there.hear("call.ended", seconds=SECONDS))["reason"] == "admin_forced"
    assert (await here.hear("presence", seconds=SECONDS))["state"] == "disconnected"
    here.say(invite(komp))
    assert (await here.hear("error"))["code"] == "not_found"


async def test_a_lost_phone_is_cut_off_and_the_other_phone_stays(town: Town) -> None:
    _, admin = await town.society.family()
    second = await town.society.person(phone=admin.phone)
    lost, kept = await town.online(admin), await town.online(second)
    answer = await town.society.ask(second, "DELETE", f"/v1/me/endpoints/{admin.endpoint}")
    assert answer.status == 204
    assert await lost.closed_with(seconds=SECONDS) == 4004
    kept.say({"t": "call.sync", "id": "alive", "call": "c" * 22})
    assert (await kept.hear("error"))["ref"] == "alive"


async def test_a_reset_komp_is_told_so_and_cut_off_and_its_call_ends(town: Town) -> None:
    komp, admin, uncle = await town.society.family("Uncle")
    there, here = await town.online(komp), await town.online(uncle)
    await begun(here, there, komp)
    assert (await town.society.ask(admin, "POST", f"/v1/komps/{komp.party}/reset")).status in (200, 204)
    assert (await there.hear("call.ended", seconds=SECONDS))["reason"] == "reset"
    assert (await there.hear("device.command", seconds=SECONDS))["command"] == "reset"
    assert await there.closed_with(seconds=SECONDS) == 4004


async def test_who_closes_the_profile_is_gone_from_live_sockets_too(town: Town) -> None:
    komp, _, uncle = await town.society.family("Uncle")
    there, here = await town.online(komp), await town.online(uncle)
    await begun(here, there, komp)
    assert (await town.society.ask(uncle, "DELETE", "/v1/me")).status == 204
    assert (await there.hear("call.ended", seconds=SECONDS))["reason"] == "erased"
    assert await here.closed_with(seconds=SECONDS) == 4004


@pytest.mark.parametrize("move", [DeviceMove.SUSPEND, DeviceMove.BLOCK])
async def test_a_suspended_or_blocked_device_is_a_clear_error_and_ends_its_call(town: Town, move: DeviceMove) -> None:
    komp, _, uncle = await town.society.family("Uncle")
    there, here = await town.online(komp), await town.online(uncle)
    await begun(here, there, komp)
    assert await town.society.store.devices.move(PartyId(komp.party), move, now=town.society.clock.now())
    assert (await here.hear("call.ended", seconds=SECONDS))["reason"] == "suspended"
    here.say(invite(komp))
    assert (await here.hear("error"))["code"] == "device_suspended"


async def test_a_new_keyword_cuts_the_old_app_off_though_it_is_in_a_call(town: Town) -> None:
    robot = await town.society.device(PartyKind.AV1, "AV1")
    student = await town.society.student(robot)
    there, here = await town.online(robot), await town.online(student)
    await begun(here, there, robot)
    await town.society.store.keywords.create(PartyId(robot.party), now=town.society.clock.now())
    assert await here.closed_with(seconds=SECONDS) == 4004
    assert (await there.hear("call.ended", seconds=SECONDS))["reason"] in ("erased", "admin_forced")


async def test_a_komp_admits_whom_it_has_paired_with_and_both_hear_of_it(town: Town) -> None:
    komp, _ = await town.society.family()
    newcomer = await town.society.person("Newcomer")
    there, here = await town.online(komp), await town.online(newcomer)
    here.say(invite(komp))
    assert (await here.hear("error"))["code"] == "not_found"
    there.say({"t": "device.admit", "id": "1", "endpoint": newcomer.endpoint})
    await there.hear("ok")
    await here.hear("circle.changed", seconds=SECONDS)
    here.say(invite(komp))
    await there.hear("call.ring")


async def test_a_member_who_is_restricted_at_once_rings_no_other_members_app(town: Town) -> None:
    komp, admin, uncle, aunt = await town.society.family("Uncle", "Aunt")
    here, there = await town.online(uncle), await town.online(aunt)
    here.say(invite(aunt))
    await there.hear("call.ring")
    path = f"/v1/komps/{komp.party}/members/{uncle.party}"
    changed = await town.society.ask(admin, "PATCH", path, {"role": MemberRole.RESTRICTED})
    assert changed.status in (200, 204)
    assert (await there.hear("call.ended", seconds=SECONDS))["reason"] == "admin_forced"
    here.say(invite(aunt))
    await here.hear("call.ended")
    assert (await here.hear("error"))["code"] == "not_found"


async def test_readers_who_are_online_hear_of_a_post_at_once(town: Town) -> None:
    komp, _, uncle = await town.society.family("Uncle")
    there = await town.online(komp)
    post = base64url(secrets.token_bytes(16))
    head = {"post": post, "purpose": "picture", "author_key": 1}
    readers = [{"endpoint": komp.endpoint, "key": 1, "wrap": base64url(b"w" * 112)}]
    text = json.dumps({**head, "readers": readers}).encode()
    body = len(text).to_bytes(4, "big") + text + secrets.token_bytes(256)
    kept = await town.society.ask(uncle, "POST", "/v1/posts", data=body, content_type="application/octet-stream")
    assert kept.status == 200, kept.raw
    assert await there.hear("post.waiting") == {
        "t": "post.waiting",
        "post": post,
        "purpose": "picture",
        "author": uncle.endpoint,
    }


async def test_an_endpoint_of_the_circle_is_one_that_the_hub_knows(town: Town) -> None:
    komp, _ = await town.society.family()
    found = await town.society.coordinator.hub._circle.endpoint(komp.endpoint)
    assert found == Endpoint(komp.endpoint, komp.raw_key, PartyId(komp.party), PartyKind.KOMP)
