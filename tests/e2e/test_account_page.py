"""A browser comes in, becomes a member, keeps a profile and leaves a post: its own JavaScript, a real coordinator."""

import hashlib
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from client_sim.identity import Identity
from signalling.protocol.proof import Ticket, base64url, register_bytes, request_bytes
from signalling.vocabulary import PartyKind
from tests.clock import ManualClock
from tests.e2e.household import SEED
from tests.faces import bare_face
from tests.protocol.society import Society, living

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

BEGIN = """
  const [{ Asking, Refused }, { Account }, { PostBox }, { Identity }, encoding] = await Promise.all(
    ["asking", "account", "post-box", "identity", "encoding"].map((name) => import(`/sdk/${name}.js`)));
  const unpacked = async (seed) => {
    const identity = await Identity.fromSeed(seed ?? crypto.getRandomValues(new Uint8Array(32)));
    const asking = new Asking(identity);
    return { identity, asking, account: new Account(asking), posts: new PostBox(asking) };
  };
  const said = (problem) => (problem instanceof Refused ? problem.code : String(problem));
  const refusal = (promise) => promise.then(() => "done", said);
"""
PNG = bare_face()


@pytest_asyncio.fixture(loop_scope="session")
async def society() -> AsyncIterator[Society]:
    async with living(clock=ManualClock(time.time())) as one:
        yield one


async def run(page: Page, society: Society, script: str, told: Any = None) -> Any:
    """What the script gives, on a page that the coordinator itself served, under its own policy."""
    if not page.url.startswith(society.origin):
        await page.goto(f"{society.origin}/family")
    return await page.evaluate(f"async (told) => {{{BEGIN}{script}}}", told)


async def test_the_browser_signs_the_bytes_that_the_reference_says(page: Page, society: Society) -> None:
    request = {
        "origin": "https://närvaro.example",
        "method": "PATCH",
        "path": "/v1/me?a=b",
        "tokenId": "jti-1",
        "unixMs": 1_800_000_000_000,
        "nonce": "n" * 22,
    }
    newcomer = {"origin": "https://närvaro.example", "text": "lösenord", "identity": "i" * 43, "nonce": "n" * 51}
    told = await run(
        page,
        society,
        """
        const { base64url, requestBytes, registerBytes, utf8 } = encoding;
        const [request, newcomer] = told;
        const register = (ticket) => registerBytes({ ...newcomer, ticket });
        const tickets = await Promise.all(["code", "keyword", "enrol"].map(register));
        return [await requestBytes({ ...request, body: utf8("kropp") }), ...tickets].map(base64url);
        """,
        [request, newcomer],
    )
    covered = request_bytes(
        origin="https://närvaro.example",
        method="PATCH",
        path="/v1/me?a=b",
        token_id="jti-1",
        unix_ms=1_800_000_000_000,
        nonce="n" * 22,
        body=b"kropp",
    )
    tickets = [register_bytes(ticket=ticket, **newcomer) for ticket in (Ticket.CODE, Ticket.KEYWORD, Ticket.ENROL)]
    assert told == [base64url(one) for one in (covered, *tickets)]


async def test_a_browser_comes_in_by_a_code_and_an_invitation(page: Page, society: Society) -> None:
    komp, admin = await society.family()
    phone = society.fresh_phone()
    await run(page, society, "const { account } = await unpacked(); return account.askCode(told);", phone)
    await society.texts_sent()
    invitation = await society.invitation(admin, komp)
    told = await run(
        page,
        society,
        """
        const { identity, account } = await unpacked(encoding.fromBase64url(told.seed, 32));
        const code = told.code === "000000" ? "000001" : "000000";
        const wrong = await refusal(account.register({ ...told, code }));
        const came = await account.register(told);
        const [me, circle, members] = [await account.me(), await account.circle(), await account.members(came.komp)];
        return { wrong, came, me, circle, members, endpoint: identity.endpoint };
        """,
        {
            "seed": base64url(SEED),
            "phone": phone,
            "code": society.mailman.texts[-1].body,
            "name": "Onkel Åke",
            "invitation": invitation,
        },
    )
    me = Identity(SEED)
    assert told["wrong"] == "code_refused"
    assert told["came"] == {"party": told["me"]["party"], "endpoint": me.endpoint, "komp": komp.party}
    assert told["me"]["profile"] == {"name": "Onkel Åke", "phone": phone}
    assert {one["name"] for one in told["circle"]} == {"Admin", "Grandmother's Komp"}
    assert {one["name"] for one in told["members"]} == {"Admin", "Onkel Åke"}


async def admitted(page: Page, society: Society) -> tuple[Any, Any]:
    """A Komp, and a browser that administers it; the page keeps its key."""
    komp = await society.device()
    phone = society.fresh_phone()
    code = await society.code_for(phone)
    came = await run(
        page,
        society,
        "globalThis.kept = await unpacked(); return globalThis.kept.account.register(told);",
        {"phone": phone, "code": code, "name": "Astrid"},
    )
    await society.knob_turned_for(komp, came["endpoint"])
    return komp, came


async def test_an_administrators_browser_invites_changes_removes_and_resets(page: Page, society: Society) -> None:
    komp, _ = await admitted(page, society)
    invite = "return globalThis.kept.account.invite(told, { role: 'user', side: 'family' });"
    made = await run(page, society, invite, komp.party)
    uncle = await society.person("Uncle", invitation=made["code"])
    told = await run(
        page,
        society,
        """
        const { account } = globalThis.kept;
        const spare = await account.invite(told.komp, { role: "restricted", side: "family", video_only: true });
        const open = await account.openInvitations(told.komp);
        await account.withdraw(spare.invitation);
        const changed = await account.changeMember(told.komp, told.uncle, { role: "restricted" });
        await account.removeMember(told.komp, told.uncle);
        const left = await account.members(told.komp);
        const joined = await refusal(account.join(spare.code));
        const last = await refusal(account.changeMember(told.komp, left[0].party, { role: "user" }));
        await account.reset(told.komp);
        const after = await refusal(account.me());
        return { open: open.length, changed, left: left.map((one) => one.name), joined, last, after };
        """,
        {"komp": komp.party, "uncle": uncle.party},
    )
    assert told["changed"]["role"] == "restricted"
    del told["changed"]
    assert told == {
        "open": 1,
        "left": ["Astrid"],
        "joined": "code_refused",
        "last": "not_found",
        "after": "not_authenticated",
    }


async def test_a_browser_keeps_a_profile_and_erases_it(page: Page, society: Society) -> None:
    await admitted(page, society)
    told = await run(
        page,
        society,
        """
        const { account } = globalThis.kept;
        await account.rename("Astrid Ny");
        const picture = await account.setPicture(new Blob([encoding.fromBase64url(told)], { type: "image/png" }));
        const shown = await account.picture(picture);
        const me = await account.me();
        await account.dropPicture();
        const gone = await refusal(account.picture(picture));
        const foreign = await refusal(account.revoke("E".repeat(22)));
        await account.close();
        const bytes = encoding.base64url(new Uint8Array(await shown.arrayBuffer()));
        const after = await refusal(account.me());
        return { picture, bytes, type: shown.type, profile: me.profile, gone, foreign, after };
        """,
        base64url(PNG),
    )
    assert (told["picture"], told["bytes"], told["type"]) == (
        hashlib.sha256(PNG).hexdigest(),
        base64url(PNG),
        "image/png",
    )
    assert (told["profile"]["name"], told["profile"]["picture"]) == ("Astrid Ny", told["picture"])
    assert (told["gone"], told["foreign"], told["after"]) == ("not_found", "not_found", "not_authenticated")


async def test_a_browser_leaves_a_post_and_gets_one(page: Page, society: Society) -> None:
    komp, came = await admitted(page, society)
    box = bytes(range(256)) * 100
    head = {"post": "P" * 22, "purpose": "message", "author_key": 1}
    readers = [{"endpoint": komp.endpoint, "key": 2, "wrap": "d3JhcA"}]
    await run(
        page,
        society,
        "return globalThis.kept.posts.put(told.head, encoding.fromBase64url(told.box));",
        {"head": {**head, "readers": readers}, "box": base64url(box)},
    )
    (waiting,) = (await society.ask(komp, "GET", "/v1/posts")).body["posts"]
    assert (waiting["author"], waiting["wrap"], waiting["bytes"]) == (came["endpoint"], "d3JhcA", len(box))
    assert (await society.ask(komp, "GET", f"/v1/posts/{'P' * 22}")).raw == box

    back = {**head, "post": "Q" * 22, "purpose": "vouching"}
    answer = await society.leave_post(
        komp, {**back, "readers": [{"endpoint": came["endpoint"], "key": 3, "wrap": "YmFjaw"}]}, box
    )
    assert answer.status == 200
    told = await run(
        page,
        society,
        """
        const { posts } = globalThis.kept;
        const [one] = await posts.waiting();
        const box = await posts.box(one.post);
        await posts.taken(one.post);
        const again = await refusal(posts.box(one.post));
        return { one, box: encoding.base64url(box), left: await posts.waiting(), again };
        """,
    )
    assert (told["one"]["post"], told["one"]["wrap"], told["box"]) == ("Q" * 22, "YmFjaw", base64url(box))
    assert (told["left"], told["again"]) == ([], "not_found")


async def test_a_students_and_a_devices_page_come_in_too(page: Page, society: Society) -> None:
    av1 = await society.device(PartyKind.AV1, "Robot 7")
    now = society.clock.now()
    keyword = await society.store.keywords.create(av1.party, now=now)
    token = await society.store.devices.new_token((await society.store.devices.all())[0].party, now=now)
    told = await run(
        page,
        society,
        """
        const [student, device] = [await unpacked(), await unpacked()];
        const came = await student.account.useKeyword(told.keyword.toLowerCase());
        const again = await refusal((await unpacked()).account.useKeyword(told.keyword));
        const me = await student.account.me();
        const enrolled = await device.account.enrol(told.token);
        return { came, again, me, enrolled, kind: (await device.account.me()).kind };
        """,
        {"keyword": keyword, "token": token},
    )
    assert told["came"]["device"] == av1.party
    assert told["again"] == "code_refused"
    assert set(told["me"]) == {"party", "kind", "endpoints"}
    assert (told["enrolled"]["party"], told["kind"]) == (av1.party, "av1")
