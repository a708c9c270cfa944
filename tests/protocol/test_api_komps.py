"""Circles, invitations and members over HTTP. Unknown, forbidden and not linked are one and the same 404."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from signalling.people.invitation import LIFETIME_SECONDS
from signalling.vocabulary import PartyKind
from tests.protocol.society import App, Society, living
from tests.protocol.test_api_accounts import BRITAIN, PNG

pytestmark = pytest.mark.slow


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


async def names(society: Society, who: App) -> set[str]:
    """Whom somebody sees."""
    circle = (await society.ask(who, "GET", "/v1/circle")).body["contacts"]
    return {one.get("name", "") for one in circle}


async def test_members_of_one_side_see_each_other_and_the_komp(society: Society) -> None:
    komp, admin, uncle = await society.family("Uncle")
    stranger = await society.person("Stranger")
    assert await names(society, uncle) == {"Admin", "Grandmother's Komp"}
    assert await names(society, komp) == {"Admin", "Uncle"}
    assert await names(society, stranger) == set()
    circle = (await society.ask(uncle, "GET", "/v1/circle")).raw
    assert admin.phone.encode() not in circle, "a number is shown to nobody else"


async def test_a_circle_holds_the_keys_of_its_endpoints(society: Society) -> None:
    komp, _, uncle = await society.family("Uncle")
    contacts = {one["party"]: one for one in (await society.ask(uncle, "GET", "/v1/circle")).body["contacts"]}
    assert contacts[komp.party]["endpoints"] == [{"endpoint": komp.endpoint, "identity": komp.identity}]
    assert (contacts[komp.party]["role"], contacts[komp.party]["status"]) == ("user", "active")


async def test_an_invitation_is_used_once(society: Society) -> None:
    komp, admin = await society.family()
    code = await society.invitation(admin, komp)
    first, second = await society.person("First"), await society.person("Second")
    assert (await society.ask(first, "POST", "/v1/invitations", {"code": code.lower()})).body == {"komp": komp.party}
    again = await society.ask(second, "POST", "/v1/invitations", {"code": code})
    assert (again.status, again.code) == (403, "code_refused")


async def test_wrong_used_withdrawn_and_expired_invitations_are_one_answer(society: Society) -> None:
    komp, admin = await society.family()
    who = await society.person()
    asked = {"role": "user", "side": "family"}
    path = f"/v1/komps/{komp.party}/invitations"
    withdrawn = (await society.ask(admin, "POST", path, asked)).body
    late = await society.invitation(admin, komp)
    assert len((await society.ask(admin, "GET", path)).body["invitations"]) == 2
    assert (await society.ask(admin, "DELETE", f"/v1/invitations/{withdrawn['invitation']}")).status == 204
    assert len((await society.ask(admin, "GET", path)).body["invitations"]) == 1
    answers = [
        await society.ask(who, "POST", "/v1/invitations", {"code": code})
        for code in ("ABCD-EFGH-JKMN-PQRS", withdrawn["code"])
    ]
    society.clock.advance(LIFETIME_SECONDS)
    answers.append(await society.ask(who, "POST", "/v1/invitations", {"code": late}))
    assert {(one.status, one.raw) for one in answers} == {(403, answers[0].raw)}


async def test_an_invitation_by_sms_is_a_link_and_its_code_is_not_told(society: Society) -> None:
    komp, admin = await society.family()
    phone = society.fresh_phone()
    asked = {"role": "user", "side": "family", "phone": phone}
    made = await society.ask(admin, "POST", f"/v1/komps/{komp.party}/invitations", asked)
    assert set(made.body) == {"invitation", "expires_at"}
    await society.texts_sent()
    text = society.mailman.texts[-1]
    assert text.number == phone
    link, _, code = text.body.partition("#invitation=")
    assert link == f"{society.origin}/family"
    uncle = await society.person("Uncle", phone=phone, invitation=code)
    assert "Grandmother's Komp" in await names(society, uncle)


async def test_numbers_elsewhere_and_more_than_a_days_sms_are_said_to_the_inviter_alone() -> None:
    async with living(sms_per_day=2) as society:
        komp, admin = await society.family()
        path = f"/v1/komps/{komp.party}/invitations"
        asked = {"role": "user", "side": "family"}
        assert (await society.ask(admin, "POST", path, {**asked, "phone": BRITAIN})).code == "number_refused"
        assert (await society.ask(admin, "POST", path, {**asked, "phone": society.fresh_phone()})).status == 200
        refused = await society.ask(admin, "POST", path, {**asked, "phone": society.fresh_phone()})
        assert (refused.status, refused.code) == (429, "too_many")
        assert refused.body["retry_after_ms"] > 0
        waiting = (await society.ask(admin, "GET", path)).body["invitations"]
        assert len(waiting) == 1, "the one that could not be sent is gone"


async def test_roles_are_changed_and_members_removed_by_administrators_alone(society: Society) -> None:
    komp, admin, uncle, aunt = await society.family("Uncle", "Aunt")
    of_uncle, of_aunt = (f"/v1/komps/{komp.party}/members/{one.party}" for one in (uncle, aunt))
    for method, path, body in (
        ("PATCH", of_aunt, {"role": "restricted"}),
        ("DELETE", of_aunt, None),
        ("POST", f"/v1/komps/{komp.party}/invitations", {"role": "user", "side": "family"}),
        ("GET", f"/v1/komps/{komp.party}/invitations", None),
        ("POST", f"/v1/komps/{komp.party}/reset", None),
    ):
        assert (await society.ask(uncle, method, path, body)).code == "not_found"
    changed = await society.ask(admin, "PATCH", of_uncle, {"role": "restricted", "video_only": True})
    assert changed.body == {
        "party": uncle.party, "name": "Uncle", "role": "restricted", "side": "family", "video_only": True
    }  # fmt: skip
    assert (await society.ask(aunt, "GET", of_uncle)).body == changed.body
    assert (await society.ask(admin, "DELETE", of_uncle)).status == 204
    assert (await society.ask(aunt, "GET", of_uncle)).code == "not_found"
    assert (await society.ask(uncle, "GET", f"/v1/komps/{komp.party}/members")).code == "not_found"
    assert (await society.ask(aunt, "DELETE", of_aunt)).status == 204, "anybody may leave"


async def test_the_last_administrator_stays_one(society: Society) -> None:
    komp, admin = await society.family()
    answer = await society.ask(admin, "PATCH", f"/v1/komps/{komp.party}/members/{admin.party}", {"role": "user"})
    assert answer.code == "not_found"


async def test_staff_and_family_of_one_komp_do_not_see_each_other(society: Society) -> None:
    komp, admin, uncle = await society.family("Uncle")
    nurse = await society.person("Nurse", invitation=await society.invitation(admin, komp, side="staff", role="admin"))
    assert await names(society, nurse) == {"Grandmother's Komp"}
    assert "Nurse" not in await names(society, uncle)
    assert await names(society, komp) == {"Admin", "Uncle", "Nurse"}
    members = f"/v1/komps/{komp.party}/members"
    assert [one["name"] for one in (await society.ask(nurse, "GET", members)).body["members"]] == ["Nurse"]
    assert (await society.ask(nurse, "GET", f"{members}/{uncle.party}")).code == "not_found"


async def test_a_picture_is_seen_by_those_who_share_a_komp_now(society: Society) -> None:
    komp, _, uncle, aunt = await society.family("Uncle", "Aunt")
    stranger = await society.person("Stranger")
    picture = (await society.ask(uncle, "PUT", "/v1/me/picture", data=PNG, content_type="image/png")).body["picture"]
    path = f"/v1/pictures/{picture}"
    assert (await society.ask(aunt, "GET", path)).raw == PNG
    assert (await society.ask(komp, "GET", path)).raw == PNG
    assert (await society.ask(stranger, "GET", path)).code == "not_found"
    await society.ask(aunt, "DELETE", f"/v1/komps/{komp.party}/members/{aunt.party}")
    assert (await society.ask(aunt, "GET", path)).code == "not_found"


async def test_a_reset_komp_forgets_everybody_and_its_key_is_dead(society: Society) -> None:
    komp, admin, uncle = await society.family("Uncle")
    code = await society.invitation(admin, komp)
    assert (await society.ask(komp, "GET", "/v1/circle")).status == 200
    assert (await society.ask(admin, "POST", f"/v1/komps/{komp.party}/reset")).status == 204
    assert (await society.ask(komp, "GET", "/v1/circle")).code == "not_authenticated"
    assert (await society.ask_token(komp)).code == "not_authenticated"
    for who in (admin, uncle):
        assert (await society.ask_token(who)).code == "not_authenticated", "a profile with no Komp left goes too"
    late = await society.person("Late")
    assert (await society.ask(late, "POST", "/v1/invitations", {"code": code})).code == "code_refused"


async def test_every_way_of_not_seeing_is_one_and_the_same_404(society: Society) -> None:
    """P-12: somebody else's, another side's, a device's, and nobody's look alike to the byte."""
    komp, admin, uncle = await society.family("Uncle")
    other, *_ = await society.family()
    nurse = await society.person("Nurse", invitation=await society.invitation(admin, komp, side="staff", role="admin"))
    robot = await society.device(PartyKind.AV1, "Robot")
    stranger = await society.person("Stranger")
    picture = (await society.ask(uncle, "PUT", "/v1/me/picture", data=PNG, content_type="image/png")).body["picture"]
    asked: list[tuple[App, str, str, Any]] = [
        (who, method, path, body)
        for who in (stranger, nurse, robot)
        for method, path, body in (
            ("GET", f"/v1/pictures/{picture}", None),
            ("GET", f"/v1/pictures/{'0' * 64}", None),
            ("GET", f"/v1/komps/{komp.party}/members/{uncle.party}", None),
            ("GET", f"/v1/komps/{'K' * 22}/members/{uncle.party}", None),
            ("GET", f"/v1/komps/{other.party}/members", None),
            ("GET", f"/v1/komps/{robot.party}/members", None),
            ("GET", f"/v1/komps/{uncle.party}/members", None),
            ("PATCH", f"/v1/komps/{komp.party}/members/{uncle.party}", {"role": "admin"}),
            ("DELETE", f"/v1/komps/{komp.party}/members/{'P' * 22}", None),
            ("DELETE", f"/v1/me/endpoints/{uncle.endpoint}", None),
            ("DELETE", f"/v1/invitations/{'I' * 22}", None),
            ("POST", f"/v1/komps/{other.party}/reset", None),
            ("GET", f"/v1/posts/{'P' * 22}", None),
            ("DELETE", f"/v1/posts/{'P' * 22}", None),
        )
    ]
    answers = [await society.ask(who, method, path, body) for who, method, path, body in asked]
    assert [one.status for one in answers] == [404] * len(answers)
    assert len({one.raw for one in answers}) == 1
    assert len({tuple(sorted(one.headers.keys())) for one in answers}) == 1
