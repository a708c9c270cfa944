"""The album of a Komp's page keeps the rules that the headless one keeps, outlives a restart, and is one endpoint's."""

from typing import Any

import pytest
from playwright.async_api import Page

from client_sim.album import ENTRIES_AT_MOST
from client_sim.sealed.greetings import SHOWN_AT_MOST_SECONDS, Greeting, Message, Removal, encode, purpose_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

NOW = 1_798_000_000
DAY = 86_400
STORY = """async ([owner, letters, moves]) => {
  const { Album } = await import("/komp/album.js");
  let now = 1_798_000_000;
  const album = await Album.of(owner, () => now);
  for (const { post, purpose, party, isVerified, content } of letters) {
    const author = { party, endpoint: party };
    await album.take({ post, purpose, author, isVerified, content: new Uint8Array(content) });
  }
  const seen = [album.entries.map(({ post }) => post)];
  for (const [name, told] of moves) {
    if (name === "wait") now += told;
    else if (name === "only") await album.keepOnly(new Set(told));
    else await album[name]();
    if (name === "wait") await album.sweep();
    seen.push(album.entries.map(({ post }) => post));
  }
  return seen;
}"""
RIFLE = """async ([owner, post]) => {
  const { Shelf } = await import("/komp/shelf.js");
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("narvaro.album");
    request.onsuccess = () => resolve(request.result);
  });
  const read = (store) => new Promise((resolve) => {
    const request = database.transaction(store).objectStore(store).getAll();
    request.onsuccess = () => resolve(request.result);
  });
  const [self] = await read("self");
  const lies = await Promise.all([...database.objectStoreNames].map(read));
  const octets = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);
  const bare = (_name, value) => (octets(value) ? [...new Uint8Array(value.buffer ?? value)] : value);
  const text = JSON.stringify(lies, bare);
  database.close();
  const shelf = await Shelf.of(owner);
  return { text, extractable: self.key.extractable, content: [...(await shelf.content(post))] };
}"""


def letter(
    post: str, said: Greeting, *, party: str = "anna", verified: bool = True, content: bytes | None = None
) -> dict[str, Any]:
    """One that opened on the Komp."""
    purpose = purpose_of(said).value
    written = list(encode(said) if content is None else content)
    return {"post": post * 22, "purpose": purpose, "party": party, "isVerified": verified, "content": written}


def words(*, until: int = NOW + DAY, text: str = "Kram") -> Message:
    return Message(10, until, text)


async def shown(
    page: Page, origin: str, letters: list[dict[str, Any]], *moves: tuple[str, Any], owner: str = "K"
) -> Any:
    """What it shows after the letters, and after each move; posts by their letter."""
    await page.goto(f"{origin}/")
    seen = await page.evaluate(STORY, [owner * 22, letters, list(moves)])
    return ["".join(post[0] for post in posts) for posts in seen]


async def test_only_proven_authors_come_in_and_only_they_take_down_what_is_theirs(page: Page, origin: str) -> None:
    letters = [
        letter("a", words()),
        letter("b", words(), party="bo"),
        letter("c", words(), verified=False),
        letter("d", words(), content=b"{}"),
        letter("e", Removal("a" * 22), party="bo"),
        letter("f", Removal("g" * 22)),
        letter("g", words()),
        letter("h", Removal("i" * 22), party="bo"),
        letter("i", words()),
        letter("a", words(text="again")),
        letter("j", words(until=NOW)),
    ]
    assert await shown(page, origin, letters) == ["abi"]
    assert await shown(page, origin, [letter("k", Removal("a" * 22)), letter("a", words())]) == ["bi"]


async def test_each_goes_at_its_time_and_after_four_weeks_whatever_it_says(page: Page, origin: str) -> None:
    letters = [letter("a", words()), letter("b", words(until=2**53 - 1))]
    moves = (("wait", DAY - 1), ("wait", 1), ("wait", SHOWN_AT_MOST_SECONDS - DAY - 1), ("wait", 1))
    assert await shown(page, origin, letters, *moves) == ["ab", "ab", "b", "b", ""]
    again = [letter("a", words(until=NOW + 9 * DAY)), letter("b", words())]
    assert await shown(page, origin, again) == [""]


async def test_who_has_left_is_gone_and_a_reset_and_another_endpoint_find_nothing(page: Page, origin: str) -> None:
    letters = [letter("a", words()), letter("b", words(), party="bo")]
    assert await shown(page, origin, letters, ("only", ["bo"])) == ["ab", "b"]
    assert await shown(page, origin, [], ("clear", None)) == ["b", ""]
    assert await shown(page, origin, letters) == ["ab"]
    assert await shown(page, origin, [], owner="L") == [""]
    assert await shown(page, origin, [], owner="K") == [""]


async def test_a_full_album_lets_the_oldest_go(page: Page, origin: str) -> None:
    many = [
        letter(chr(ord("A") + number // 26) + chr(ord("a") + number % 26), words()) for number in range(ENTRIES_AT_MOST)
    ]
    (seen,) = await shown(page, origin, [letter("x", words()), letter("y", words()), *many])
    assert len(seen) == ENTRIES_AT_MOST
    assert seen[0] == "A"


async def test_what_lies_on_the_shelf_is_sealed_under_a_key_that_cannot_be_taken_out(page: Page, origin: str) -> None:
    said = words(text="Hemlig hälsning")
    assert await shown(page, origin, [letter("a", said)]) == ["a"]
    found = await page.evaluate(RIFLE, ["K" * 22, "a" * 22])
    assert found["content"] == list(encode(said))
    assert found["extractable"] is False
    assert "Hemlig" not in found["text"]
    assert ",".join(str(byte) for byte in b"Hemlig") not in found["text"]
