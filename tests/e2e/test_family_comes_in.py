"""A browser comes in by an SMS and a number, keeps its own key, shows itself, loses a phone, and goes."""

import time
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from signalling.privacy.requests import RequestKind
from tests.clock import ManualClock
from tests.e2e.relatives import (
    PHONE,
    asks_for_a_code,
    browser_of_their_own,
    comes_in,
    fragment_in,
    has_been_on,
    is_among_people,
    opens_oneself,
    pictured,
    types_the_code,
    types_the_name,
)
from tests.faces import SECRET, face
from tests.protocol.society import App, Society, living

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

KEPT = """async () => {
  const { keptSelf } = await import("/sdk/keeping.js");
  const { identity, name, party } = await keptSelf();
  const { extractable } = identity.privateKey;
  const exporting = crypto.subtle.exportKey("pkcs8", identity.privateKey);
  const exported = await exporting.then(() => "exported", (problem) => problem.name);
  return { endpoint: identity.endpoint, name, party, extractable, exported };
}"""


LEFT_BESIDE = """async ({ party }) => {
  const { Blocking } = await import("/family/blocking.js");
  new Blocking().block(party, true);
  localStorage.setItem("narvaro.devices", JSON.stringify({ camera: "one" }));
  const { SentList } = await import("/family/send/sent.js");
  await new SentList("me").put({ post: "p", komp: "k", words: "Hello", thumbnail: null, at: 0, until: 2e9 });
}"""
NOTED = """async () => [
  Object.keys(localStorage).filter((one) => one !== "narvaro.language").sort(),
  (await indexedDB.databases()).map(({ name }) => name).sort(),
]"""


@pytest_asyncio.fixture(loop_scope="session")
async def society(tmp_path: Path) -> AsyncIterator[Society]:
    async with living(database=f"sqlite+aiosqlite:///{tmp_path / 'people.db'}", clock=ManualClock(time.time())) as one:
        yield one


async def invited_by_sms(society: Society, admin: App, komp: App, number: str) -> str:
    """What the SMS says."""
    asked = {"role": "user", "side": "family", "phone": number}
    answer = await society.ask(admin, "POST", f"/v1/komps/{komp.party}/invitations", asked)
    assert answer.status == 200
    assert "code" not in answer.body
    await society.texts_sent()
    return society.mailman.texts[-1].body


async def test_p_43_a_relative_comes_in_by_the_link_of_an_sms_and_a_code(page: Page, society: Society) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    komp, admin = await society.family()
    await has_been_on(society, komp)
    number = society.fresh_phone()
    fragment = fragment_in(await invited_by_sms(society, admin, komp, number))

    await page.goto(f"{society.origin}/family{fragment}")
    assert page.url == f"{society.origin}/family"
    await expect(page.locator("#arrive-text")).to_contain_text("You have been invited")
    await page.set_viewport_size(PHONE)
    await pictured(page, "arrive")
    await page.locator("#arrive-phone").fill("0406")
    await page.get_by_role("button", name="Send me a code").click()
    await expect(page.locator("#arrive-problem")).to_contain_text("That doesn’t look like a mobile number")

    await asks_for_a_code(page, f"00{number[1:3]} {number[3:6]}-{number[6:]}")
    await expect(page.locator("#arrive-text")).to_contain_text(number)
    await society.texts_sent()
    code = society.mailman.texts[-1].body
    await types_the_code(page, "000001" if code == "000000" else "000000")
    await expect(page.locator("#arrive-problem")).to_contain_text("That code doesn’t hold")
    await types_the_code(page, f"{code[:3]} {code[3:]}")
    await types_the_name(page, "Onkel Åke")
    await expect(page.locator("#join-heading")).to_have_text("You are with Grandmother's Komp now")
    await page.get_by_role("button", name="Go on").click()
    await is_among_people(page)
    await expect(page.get_by_role("button", name="Call Grandmother's Komp")).to_be_visible()
    await expect(page.locator("#contacts .keys")).to_contain_text("Not confirmed yet")

    kept = await page.evaluate(KEPT)
    assert (kept["name"], kept["extractable"], kept["exported"]) == ("Onkel Åke", False, "InvalidAccessError")
    members = (await society.ask(admin, "GET", f"/v1/komps/{komp.party}/members")).body["members"]
    assert {
        "party": kept["party"],
        "name": "Onkel Åke",
        "role": "user",
        "side": "family",
        "video_only": False,
    } in members
    assert not any("invitation=" in url or number[1:] in url or code in url for url in asked)
    await page.reload()
    await is_among_people(page)


async def test_an_invitation_lets_a_member_into_one_more_circle_once(page: Page, society: Society) -> None:
    komp, admin = await society.family()
    second, other = await society.device(name="Grandfather's Komp"), await society.person("Berit")
    await society.knob_turned(second, other)
    for one in (komp, second):
        await has_been_on(society, one)
    await page.goto(f"{society.origin}/family#invitation={await society.invitation(admin, komp)}")
    await comes_in(page, society, society.fresh_phone(), "Anna")
    await page.get_by_role("button", name="Go on").click()
    await is_among_people(page)

    link = f"{society.origin}/family#invitation={await society.invitation(other, second)}"
    for heading in ("You are with Grandfather's Komp now", "That invitation doesn’t hold"):
        await page.goto("about:blank")
        await page.goto(link)
        await expect(page.locator("#join-heading")).to_have_text("You have got an invitation")
        await page.get_by_role("button", name="Yes, join").click()
        await expect(page.locator("#join-heading")).to_have_text(heading)
        await page.get_by_role("button", name="Go on").click()
        await is_among_people(page)
    await expect(page.locator(".contact h2")).to_have_count(2)


async def test_a_used_invitation_is_said_to_whoever_comes_in_with_it(page: Page, society: Society) -> None:
    komp, admin = await society.family()
    code = await society.invitation(admin, komp)
    await society.person("Bo", invitation=code)
    await page.goto(f"{society.origin}/family#invitation={code}")
    await comes_in(page, society, society.fresh_phone(), "Cleo")
    await expect(page.locator("#join-heading")).to_have_text("That invitation doesn’t hold")
    await expect(page.locator("#join-text")).to_contain_text("You are in, but the invitation was used already")


async def test_a_lost_phone_is_signed_out_and_says_so_itself(page: Page, society: Society, browser: Browser) -> None:
    number = society.fresh_phone()
    await page.goto(f"{society.origin}/family")
    await comes_in(page, society, number, "Anna")
    await is_among_people(page)
    lost = (await page.evaluate(KEPT))["endpoint"]

    async with browser_of_their_own(browser) as new:
        await new.goto(f"{society.origin}/family")
        society.clock.advance(30)
        await comes_in(new, society, number)
        await is_among_people(new)
        await opens_oneself(new)
        await expect(new.locator("#own-phone")).to_have_text(number)
        await expect(new.locator("#own-devices .row")).to_have_count(2)
        await expect(new.locator("#own-devices")).to_contain_text(lost[:6])
        await pictured(new, "oneself-on-a-phone")
        await new.get_by_role("button", name="Lost: sign it out").click()
        await new.get_by_role("button", name="Sign it out", exact=True).click()
        await expect(new.locator("#oneself-note")).to_have_text("It is signed out.")
        await expect(new.locator("#own-devices .row")).to_have_count(1)

    await expect(page.locator("#notice-heading")).to_have_text("This browser isn’t linked here any more")
    await page.get_by_role("button", name="Come in anew").click()
    await expect(page.locator("#arrive-heading")).to_be_visible()


async def test_p_10_p_14_a_picture_is_pixels_alone_and_a_closed_profile_is_gone(
    page: Page, society: Society, tmp_path: Path
) -> None:
    komp, admin = await society.family()
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(face("image/jpeg")[:2] + exif(SECRET) + face("image/jpeg")[2:])
    await page.goto(f"{society.origin}/family#invitation={await society.invitation(admin, komp)}")
    await comes_in(page, society, society.fresh_phone(), "Anna")
    await page.get_by_role("button", name="Go on").click()
    await opens_oneself(page)

    await page.locator("#own-file").set_input_files(photo)
    await page.locator("#crop-canvas").press("ArrowRight")
    await page.get_by_role("button", name="Use it").click()
    await expect(page.locator("#oneself-note")).to_contain_text("That is your picture")
    await page.locator("#own-name").fill("Anna Ny")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("#oneself-note")).to_contain_text("You are called that")
    await pictured(page, "oneself")
    (anna,) = [
        one for one in (await society.ask(admin, "GET", "/v1/circle")).body["contacts"] if one["kind"] == "person"
    ]
    assert anna["name"] == "Anna Ny"
    shown = await society.ask(admin, "GET", f"/v1/pictures/{anna['picture']}")
    assert shown.content_type == "image/jpeg"
    assert size_of_jpeg(shown.raw) == (512, 512)
    assert SECRET not in shown.raw
    own = await page.evaluate("async () => (await import('/sdk/keeping.js')).keptSelf()")
    assert (own["name"], own["picture"]) == ("Anna Ny", anna["picture"]), "rings name the profile that others see"

    await page.evaluate(LEFT_BESIDE, {"party": admin.party})
    assert await page.evaluate(NOTED) == [["narvaro.blocked", "narvaro.devices"], ["narvaro", "narvaro.sent"]]
    await page.get_by_role("button", name="Close my profile").click()
    await expect(page.locator("#sure-yes")).to_be_disabled()
    await page.locator("#sure-typed").fill("anna ny")
    await page.get_by_role("button", name="Erase me").click()
    await expect(page.locator("#arrive-heading")).to_be_visible()
    people = [
        one for one in (await society.ask(admin, "GET", "/v1/circle")).body["contacts"] if one["kind"] == "person"
    ]
    assert people == []
    assert (await society.ask(admin, "GET", f"/v1/pictures/{anna['picture']}")).code == "not_found"
    assert await page.evaluate("async () => (await import('/sdk/keeping.js')).keptSelf()") is None
    noted, databases = await page.evaluate(NOTED)
    assert noted == [], "whom this browser turned away goes too"
    assert databases == ["narvaro"], "a new and empty one, of the page that asks who comes in"


async def test_p_34_p_36_all_that_is_stored_is_saved_as_a_file_and_a_request_has_its_day(
    page: Page, society: Society, tmp_path: Path
) -> None:
    number = society.fresh_phone()
    await page.goto(f"{society.origin}/family")
    await comes_in(page, society, number, "Anna")
    await is_among_people(page)
    await opens_oneself(page)
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Save all that is stored about you").click()
    saved = tmp_path / "mine.zip"
    await (await saving.value).save_as(saved)
    with ZipFile(saved) as archive:
        told = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert number in told
    assert "Anna" in told

    await page.locator("#rights-kind").select_option("rectification")
    await page.locator("#rights-text").fill("My name is spelled with two n.")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.locator("#rights-text")).to_have_value("")
    (asked,) = await society.store.requests.all()
    assert (asked.kind, asked.text) == (RequestKind.RECTIFICATION, "My name is spelled with two n.")
    due = date(1970, 1, 1) + timedelta(days=asked.due_day)
    await expect(page.locator("#rights-asked")).to_contain_text(f"Answered by {due.day} {due:%B} {due.year}")


def exif(words: bytes) -> bytes:
    """A JPEG's segment with words beside the pixels, as cameras write them."""
    inside = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + words
    return b"\xff\xe1" + (len(inside) + 2).to_bytes(2, "big") + inside


def size_of_jpeg(picture: bytes) -> tuple[int, int]:
    """Width and height, from the frame's header (ITU-T T.81)."""
    at = 2
    while picture[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    height, width = (int.from_bytes(picture[at + n : at + n + 2], "big") for n in (5, 7))
    return width, height
