"""The HTTP API says the same over SQLite and over PostgreSQL: one story of a family, from the first code to the end."""

import asyncio

from tests.faces import bare_face
from tests.protocol.society import living

FACE = bare_face()


async def test_a_family_comes_in_writes_and_leaves(database_url: str) -> None:
    async with living(database=database_url) as society:
        komp, admin, uncle = await society.family("Uncle Åke")
        stranger = await society.person("Stranger")
        put = await society.ask(uncle, "PUT", "/v1/me/picture", data=FACE, content_type="image/png")
        picture = f"/v1/pictures/{put.body['picture']}"
        assert (await society.ask(komp, "GET", picture)).raw == FACE
        assert (await society.ask(stranger, "GET", picture)).code == "not_found"

        head = {"post": "P" * 22, "purpose": "picture", "author_key": 1}
        readers = [{"endpoint": komp.endpoint, "key": 2, "wrap": "d3JhcA"}]
        box = bytes(range(256)) * 4096
        assert (await society.leave_post(uncle, {**head, "readers": readers}, box)).status == 200
        assert (await society.leave_post(stranger, {**head, "post": "Q" * 22, "readers": readers}, box)).status == 404
        assert [one["bytes"] for one in (await society.ask(komp, "GET", "/v1/posts")).body["posts"]] == [len(box)]
        assert (await society.ask(komp, "GET", f"/v1/posts/{'P' * 22}")).raw == box

        member = f"/v1/komps/{komp.party}/members/{uncle.party}"
        assert (await society.ask(admin, "PATCH", member, {"role": "restricted"})).body["role"] == "restricted"
        assert (await society.ask(uncle, "PATCH", member, {"role": "admin"})).code == "not_found"
        assert (await society.ask(uncle, "DELETE", "/v1/me")).status == 204
        for path in (picture, member):
            assert (await society.ask(admin, "GET", path)).code == "not_found"
        assert (await society.ask(komp, "GET", "/v1/posts")).body == {"posts": []}
        assert (await society.ask(uncle, "GET", "/v1/me")).code == "not_authenticated"
        assert (await society.ask(admin, "POST", f"/v1/komps/{komp.party}/reset")).status == 204
        assert (await society.ask(admin, "GET", "/v1/me")).code == "not_authenticated"
        assert "request.failed" not in society.log.getvalue()


async def test_of_many_at_once_with_one_code_or_invitation_one_wins(database_url: str) -> None:
    async with living(database=database_url) as society:
        komp, admin = await society.family()
        code = await society.invitation(admin, komp)
        people = [await society.person(f"P{number}") for number in range(4)]
        for one in people:
            await society.token(one)
        asked = [society.ask(one, "POST", "/v1/invitations", {"code": code}) for one in people]
        assert sorted(one.status for one in await asyncio.gather(*asked)) == [200, 403, 403, 403]
        members = (await society.ask(admin, "GET", f"/v1/komps/{komp.party}/members")).body["members"]
        assert len(members) == 2


async def test_a_restart_keeps_people_and_forgets_no_revocation(database_url: str) -> None:
    """The master key stays; every token dies with the process that signed it."""
    async with living(database=database_url) as society:
        master = society.master
        komp, admin, uncle = await society.family("Uncle")
        await society.ask(admin, "DELETE", f"/v1/komps/{komp.party}/members/{uncle.party}")
    async with living(database=database_url, master=master, clock=society.clock) as again:
        for one in (komp, admin, uncle):
            one.token = ""
        assert {one["name"] for one in (await again.ask(komp, "GET", "/v1/circle")).body["contacts"]} == {"Admin"}
        assert (await again.ask(uncle, "GET", "/v1/circle")).body == {"contacts": []}
        assert (await again.ask(admin, "GET", "/v1/me")).body["profile"]["name"] == "Admin"
