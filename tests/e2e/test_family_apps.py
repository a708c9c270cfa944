"""One member's page calls another's, with the real coordinator between them, and what is left when nobody takes it."""

import asyncio
import re
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from client_sim import aiortc_settings
from client_sim.house import BROWSER, KOMP, TERMINAL, House, open_house
from client_sim.link import fragment
from client_sim.sealed.links import Who
from signalling.protocol import PartyKind
from tests.e2e.household import Device
from tests.e2e.relatives import browser_of_their_own

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PICTURE_MS = 15_000
WAITING = """async () => {
  const [{ LinkBook }, { Asking }, { PostBox }] = await Promise.all(
    ["linkbook", "asking", "post-box"].map((name) => import(`/sdk/${name}.js`)),
  );
  return (await new PostBox(new Asking((await LinkBook.kept()).identity)).waiting()).map(({ purpose }) => purpose);
}"""
"""What waits for this browser at the coordinator."""
ROLE = """async (role) => {
  const [{ LinkBook }, { Asking }, { Account }] = await Promise.all(
    ["linkbook", "asking", "account"].map((name) => import(`/sdk/${name}.js`)),
  );
  const account = new Account(new Asking((await LinkBook.kept()).identity));
  const contacts = await account.circle();
  const of = (kind) => contacts.find((one) => one.kind === kind).party;
  await account.changeMember(of("komp"), of("person"), { role });
}"""
"""The administrator changes what the other member may do."""
NOTES = """() => {
  window.notes = 0;
  const start = AudioScheduledSourceNode.prototype.start;
  AudioScheduledSourceNode.prototype.start = function (at) {
    notes += 1;
    start.call(this, at);
  };
}"""
"""Counts the notes that the page plays."""
STANDS_STILL = "document.getElementById('own').srcObject.getVideoTracks()[0].stop()"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house() -> AsyncIterator[House]:
    """A household whose grandchild and cousin share a Komp."""
    aiortc_settings.apply(loopback_only=True)
    try:
        async with open_house() as house:
            yield house
    finally:
        aiortc_settings.apply()


@pytest_asyncio.fixture(loop_scope="session")
async def cousin(browser: Browser, house: House) -> AsyncIterator[Page]:
    """The cousin's page, on a phone."""
    async with browser_of_their_own(browser) as page:
        await opens(page, house, TERMINAL)
        yield page


async def opens(page: Page, house: House, name: str) -> None:
    await page.goto(f"{house.coordinator.origin}/family#link={fragment(house.household.links[name])}")
    await expect(page.locator("#relatives .contact")).to_be_visible(timeout=10_000)


async def calls(page: Page, name: str) -> None:
    """That person is there, and is called."""
    await expect(page.locator("#relatives .presence")).to_have_text("Can be reached now", timeout=10_000)
    await page.get_by_role("button", name=f"Call {name}", exact=True).click()


async def sees(page: Page) -> None:
    await expect(page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PICTURE_MS)


async def test_a_member_calls_anothers_page_and_both_see_each_other(page: Page, cousin: Page, house: House) -> None:
    await opens(page, house, BROWSER)
    await calls(page, TERMINAL)
    await expect(page.locator("#call-state")).to_have_text("It rings. They must press Answer.")
    await expect(cousin.get_by_role("heading", name=f"{BROWSER} is calling")).to_be_visible()
    await expect(cousin.locator("#ring-sure")).to_contain_text("Not checked")
    await cousin.get_by_role("button", name="Answer").click()
    await sees(page)
    await sees(cousin)

    await cousin.keyboard.press("v")
    await expect(page.locator("#theirs")).to_have_text(f"{TERMINAL}’s camera is off.", timeout=1_000)
    await expect(page.locator("#remote")).to_be_hidden()
    await cousin.keyboard.press("v")
    await expect(page.locator("#theirs")).to_be_empty(timeout=10_000)
    await expect(page.locator("#remote")).to_be_visible(timeout=10_000)

    await cousin.evaluate(STANDS_STILL)  # and says nothing of it
    await expect(page.locator("#banner")).to_contain_text("No new picture comes from there.", timeout=10_000)
    await expect(page.locator("#theirs")).to_be_empty()
    await cousin.keyboard.press("v")
    await expect(cousin.locator("#camera-off")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#banner")).to_be_hidden()
    await cousin.keyboard.press("v")
    await expect(page.locator("#theirs")).to_be_empty(timeout=10_000)
    await expect(page.locator("#remote")).to_be_visible(timeout=10_000)
    await expect(page.locator("#banner")).to_be_hidden()

    await cousin.get_by_role("button", name="Hang up").click()
    for one in (page, cousin):
        await expect(one.get_by_role("heading", name="The call is over.")).to_be_visible()
        await expect(one.get_by_text("The coordinator has erased the call.")).to_be_visible()
    await cousin.locator("#after summary").click()
    await expect(cousin.locator("#after-marks")).to_contain_text("You answered: sound and picture start")


async def test_a_declined_call_is_told_to_its_caller_and_no_letter_is_left(
    page: Page, cousin: Page, house: House
) -> None:
    await opens(page, house, BROWSER)
    await calls(page, TERMINAL)
    await cousin.get_by_role("button", name="Decline").click()
    await expect(page.locator("#after-heading")).to_have_text("They can’t take a call now.")
    assert await cousin.evaluate(WAITING) == []


async def test_who_is_named_by_other_keys_alone_than_were_proven_is_said_to_have_others(
    page: Page, house: House
) -> None:
    keeping = house.household.links[BROWSER]
    gone = Device(5, Who(house.household.links[TERMINAL].party, TERMINAL, PartyKind.PERSON))
    known = msgspec.structs.replace(keeping, links=(*keeping.links, gone.record()))
    await page.goto(f"{house.coordinator.origin}/family#link={fragment(known)}")
    keys = page.locator("#relatives .keys")
    await expect(keys).to_have_text("Other keys were shown for this app. Ask them about it before you trust it.")


async def test_who_was_away_finds_the_missed_call_and_calls_back(page: Page, browser: Browser, house: House) -> None:
    await opens(page, house, BROWSER)
    async with browser_of_their_own(browser) as away:
        await opens(away, house, TERMINAL)
        await away.goto("about:blank")
        await expect(page.locator("#relatives .presence")).to_have_text("The page isn’t open there now")
        await page.get_by_role("button", name=f"Try to call {TERMINAL}").click()
        await expect(page.locator("#after-heading")).to_contain_text("can’t be reached", timeout=15_000)
        await expect(page.locator("#after-todo")).to_contain_text("They see that you called when they open it.")

        await away.goto(f"{house.coordinator.origin}/family")
        missed = away.locator("#missed li")
        await expect(missed).to_have_text(re.compile(rf"{BROWSER} called at \d\d:\d\d"), timeout=10_000)
        assert await away.evaluate(WAITING) == []  # it is on the screen, and nowhere else
        await page.get_by_role("button", name="Back").click()
        await missed.get_by_role("button", name=f"Call {BROWSER} back").click()
        await expect(page.get_by_role("heading", name=f"{TERMINAL} is calling")).to_be_visible()
        await page.get_by_role("button", name="Decline").click()
        await away.get_by_role("button", name="Back").click()
        await expect(away.get_by_role("heading", name="Whom do you want to see?")).to_be_visible()
        await expect(away.locator("#missed")).to_be_hidden()


async def test_who_is_in_another_call_finds_the_missed_one_afterwards(page: Page, cousin: Page, house: House) -> None:
    await opens(page, house, BROWSER)
    await cousin.get_by_role("button", name=f"Call {KOMP}").click()
    await expect(cousin.locator("#call-state")).to_contain_text("It rings", timeout=10_000)
    await calls(page, TERMINAL)
    await expect(page.locator("#after-heading")).to_contain_text("They are in another call.")
    await expect(page.locator("#after-todo")).to_contain_text("They see in their app that you called.")
    await cousin.get_by_role("button", name="Stop ringing").click()
    await cousin.get_by_role("button", name="Back").click()
    await expect(cousin.locator("#missed li")).to_contain_text(f"{BROWSER} called at")


async def test_a_second_tab_stays_away_takes_over_and_never_from_a_call(page: Page, cousin: Page, house: House) -> None:
    await opens(page, house, BROWSER)
    second = await page.context.new_page()
    await second.goto(f"{house.coordinator.origin}/family")
    await expect(second.get_by_role("heading", name="Närvaro is open in another tab")).to_be_visible()
    await expect(page.locator("#connection")).to_have_text("Connected")

    await second.get_by_role("button", name="Use it here").click()
    await expect(second.locator("#connection")).to_have_text("Connected")
    await expect(page.get_by_role("heading", name="Närvaro goes on in another tab")).to_be_visible()

    await calls(second, TERMINAL)
    await expect(cousin.get_by_role("heading", name=f"{BROWSER} is calling")).to_be_visible()
    await page.get_by_role("button", name="Use it here").click()
    await page.get_by_role("button", name="Use it here").click()
    await expect(page.locator("#notice-text")).to_contain_text("A call is on in the other tab.")
    await cousin.get_by_role("button", name="Decline").click()
    await expect(second.locator("#after-heading")).to_have_text("They can’t take a call now.")
    await second.close()


async def test_a_restricted_member_is_told_whom_to_call(page: Page, cousin: Page, house: House) -> None:
    await opens(page, house, BROWSER)
    await page.evaluate(ROLE, "restricted")
    try:
        await cousin.reload()
        await expect(cousin.locator("#relatives-note")).to_contain_text("You may call the Komp.", timeout=10_000)
        await expect(cousin.locator("#relatives .contact")).to_have_count(0)
    finally:
        await page.evaluate(ROLE, "user")


async def test_camera_and_microphone_are_tried_and_let_go(page: Page, house: House) -> None:
    await page.add_init_script(f"({NOTES})()")
    await opens(page, house, BROWSER)
    await page.get_by_role("button", name="Try camera and microphone").click()
    await expect(page.locator("#check-picture")).to_be_visible()
    await expect(page.locator("#check-hears")).to_have_text("Your microphone hears you.")
    await page.evaluate("window.tracks = document.getElementById('check-picture').srcObject.getTracks()")
    await page.get_by_label("Microphone", exact=True).select_option(label="Fake Audio Input 2")
    await page.get_by_role("button", name="Play a tone").click()
    async with asyncio.timeout(5):
        while await page.evaluate("notes") < 2:
            await page.wait_for_timeout(50)
    await page.get_by_role("button", name="Done").click()
    assert await page.evaluate("Object.keys(JSON.parse(localStorage.getItem('narvaro.devices')))") == ["microphone"]
    await expect(page.get_by_role("heading", name="Whom do you want to see?")).to_be_focused()
    assert await page.evaluate("tracks.map((track) => track.readyState)") == ["ended", "ended"]
    await expect(page.locator("#check-offer")).to_be_hidden()


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("NotAllowedError", "The page may not use your camera and microphone."),
        ("NotReadableError", "Another program uses your camera and microphone."),
        ("NotFoundError", "No camera and no microphone were found."),
    ],
)
async def test_what_is_wrong_with_them_is_said_with_what_to_do(
    page: Page, house: House, problem: str, words: str
) -> None:
    refuse = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', '%s'))"
    await page.add_init_script(refuse % problem)
    await opens(page, house, BROWSER)
    await page.get_by_role("button", name="Try camera and microphone").click()
    await expect(page.locator("#check-trouble")).to_contain_text(words)
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
