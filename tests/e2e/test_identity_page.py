"""The browser signs what the headless endpoints sign, and keeps its key where nothing can take it out."""

import hashlib
import json

import msgspec
import pytest
from playwright.async_api import Page, expect

from client_sim.identity import Identity
from client_sim.sealed.keyring import rotate, state_key
from signalling.protocol.proof import base64url, from_base64url, hello_bytes, token_request_bytes
from tests.e2e import household
from tests.e2e.household import MONTH_SECONDS, SEED

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def small_order_encodings() -> set[bytes]:
    """Every 32-byte text that decodes to a point of order 1, 2, 4 or 8 on edwards25519 (RFC 8032 §5.1.3)."""
    # Order 1 and 2: (0, ±1). Order 4: y = 0. Order 8: the double has y = 0, so x² = −y², and the curve's equation
    # gives d·y⁴ + 2y² − 1 = 0.
    root = square_root((1 + D) % P)
    assert root is not None
    squares = [(sign - 1) * pow(D, -1, P) % P for sign in (root, P - root)]
    order_8 = next(y for square in squares if (y := square_root(square)) is not None)
    ordinates = {0, 1, P - 1, order_8, P - order_8}
    texts = {y + wrap for y in ordinates for wrap in (0, P) if y + wrap < 2**255}
    return {(y | sign << 255).to_bytes(32, "little") for y in texts for sign in (0, 1)}


def square_root(value: int) -> int | None:
    root = pow(value, (P + 3) // 8, P)
    for candidate in (root, root * pow(2, (P - 1) // 4, P) % P):
        if candidate * candidate % P == value % P:
            return candidate
    return None


async def test_the_browser_signs_the_bytes_that_the_headless_endpoint_signs(page: Page, origin: str) -> None:
    identity = Identity(SEED)
    await page.goto(origin)
    told = await page.evaluate(
        """async ([seed, fields]) => {
          const [{ Identity }, encoding] = await Promise.all([import("/sdk/identity.js"), import("/sdk/encoding.js")]);
          const identity = await Identity.fromSeed(encoding.fromBase64url(seed, 32));
          const [origin, tokenId, nonce, clientNonce] = fields;
          const { endpoint } = identity;
          const hello = encoding.helloBytes({ origin, endpoint, tokenId, nonce, clientNonce });
          const request = encoding.tokenRequestBytes({ origin, endpoint, nonce });
          return {
            endpoint,
            key: encoding.base64url(identity.publicKey),
            hello: encoding.base64url(hello),
            request: encoding.base64url(request),
            signature: await identity.sign(hello),
          };
        }""",
        [base64url(SEED), ["https://närvaro.example", "jti-1", "n" * 43, "c" * 43]],
    )
    fields = {"origin": "https://närvaro.example", "endpoint": str(identity.endpoint), "nonce": "n" * 43}
    assert told == {
        "endpoint": identity.endpoint,
        "key": identity.public_text,
        "hello": base64url(hello_bytes(**fields, token_id="jti-1", client_nonce="c" * 43)),
        "request": base64url(token_request_bytes(**fields)),
        "signature": identity.sign_hello(
            origin=fields["origin"], token_id="jti-1", nonce="n" * 43, client_nonce="c" * 43
        ),
    }


async def test_base64url_of_every_length_is_the_same_in_both_languages(page: Page, origin: str) -> None:
    await page.goto(origin)
    wholes = [hashlib.sha512(bytes([n])).digest()[:n] for n in range(64)]
    texts = [base64url(octets) for octets in wholes]
    told = await page.evaluate(
        """async (texts) => {
          const { base64url, fromBase64url } = await import("/sdk/encoding.js");
          return texts.map((text) => [base64url(fromBase64url(text)), [...fromBase64url(text)]]);
        }""",
        texts,
    )
    assert told == [[text, list(octets)] for text, octets in zip(texts, wholes, strict=True)]


async def test_text_that_is_not_base64url_is_refused_without_repeating_it(page: Page, origin: str) -> None:
    await page.goto(origin)
    texts = ["z", "ab=", "a+b/", "åäöå", "abcde"]
    said = await page.evaluate(
        """async (texts) => {
          const { fromBase64url } = await import("/sdk/encoding.js");
          return texts.map((text) => {
            try {
              return fromBase64url(text) && "taken";
            } catch (problem) {
              return `${problem.constructor.name}: ${problem.message}`;
            }
          });
        }""",
        texts,
    )
    for text, words in zip(texts, said, strict=True):
        assert words.startswith("EncodingError: ")
        assert text not in words


async def test_the_private_key_cant_be_taken_out_of_the_browser(page: Page, origin: str) -> None:
    await page.goto(origin)
    said = await page.evaluate(
        """async (seed) => {
          const { Identity } = await import("/sdk/identity.js");
          const { fromBase64url } = await import("/sdk/encoding.js");
          const bytes = fromBase64url(seed, 32);
          const { privateKey } = await Identity.fromSeed(bytes);
          const export_ = crypto.subtle.exportKey("pkcs8", privateKey);
          const exported = await export_.then(() => "exported", (problem) => problem.name);
          return { exported, extractable: privateKey.extractable, seedLeft: bytes.some((byte) => byte !== 0) };
        }""",
        base64url(SEED),
    )
    assert said == {"exported": "InvalidAccessError", "extractable": False, "seedLeft": False}


async def test_keys_of_small_order_are_nobodys(page: Page, origin: str) -> None:
    await page.goto(origin)
    taken = await page.evaluate(
        """async (keys) => {
          const { identityKey } = await import("/sdk/identity.js");
          return keys.filter((key) => { try { identityKey(key); return true; } catch { return false; } });
        }""",
        [*(base64url(key) for key in sorted(small_order_encodings())), Identity(SEED).public_text],
    )
    assert taken == [Identity(SEED).public_text]


async def test_a_private_link_becomes_the_identity_the_keys_and_the_contacts_that_it_holds(
    page: Page, origin: str
) -> None:
    grandchild, komp = household.Grandchild(), household.komp()
    grandchild.ring = rotate(grandchild.ring, now=grandchild.ring.current.made_at + MONTH_SECONDS)
    await page.goto(origin)
    told = await page.evaluate(
        """async ([fragment, now]) => {
          const { base64url } = await import("/sdk/encoding.js");
          const { linkFrom } = await import("/sdk/link.js");
          const { keepSelf, keptSelf, keptLinks, forgetSelf, turnedRing } = await import("/sdk/keeping.js");
          const { LinkBook } = await import("/sdk/linkbook.js");
          const { verifyStatement } = await import("/sdk/statements.js");
          const before = await keptSelf();
          await keepSelf({ ...(await linkFrom(fragment)), contacts: [] });
          const book = await LinkBook.kept();
          const statement = await book.statement();
          await verifyStatement(statement, book.identity.publicKey);
          const { party } = await keptSelf();
          const links = await keptLinks();
          const { current, previous } = await turnedRing(now);
          const toldOf = ({ serial, made_at, pair }) => [serial, made_at, base64url(pair.publicKey)];
          const keys = [current, previous].map((key) => key && toldOf(key));
          await forgetSelf();
          const { name, identity: { endpoint } } = book;
          const after = [await keptSelf(), await keptLinks()];
          return { before, endpoint, party, name, links, keys, statement, after };
        }""",
        [grandchild.link(komp.record()), grandchild.ring.current.made_at],
    )
    kept = grandchild.keeping(komp.record())
    assert told["before"] is None
    assert told["after"] == [None, []]
    assert (told["endpoint"], told["party"], told["name"]) == (grandchild.identity.endpoint, kept.party, kept.name)
    assert told["links"] == json.loads(msgspec.json.encode(kept.links))
    ring = [grandchild.ring.current, grandchild.ring.previous]
    assert told["keys"] == [[key.serial, key.made_at, base64url(key.public)] for key in ring if key]
    assert told["statement"] == json.loads(msgspec.json.encode(state_key(kept.ring, grandchild.identity.key)))


async def test_no_private_key_can_be_taken_out_and_no_text_of_one_is_kept(page: Page, origin: str) -> None:
    grandchild = household.Grandchild()
    first = grandchild.ring.current.private
    grandchild.ring = rotate(grandchild.ring, now=grandchild.ring.current.made_at + MONTH_SECONDS)
    fragment = grandchild.link(household.komp().record())
    await page.goto(f"{origin}/family{fragment}")
    await expect(page.get_by_role("heading", name="Grandma’s Komp")).to_be_visible()
    told = await page.evaluate(
        """async () => {
          const database = await new Promise((resolve) => {
            const request = indexedDB.open("narvaro");
            request.onsuccess = () => resolve(request.result);
          });
          const keys = [];
          const texts = [location.href, document.cookie, document.documentElement.outerHTML];
          for (const one of [localStorage, sessionStorage, history.state]) texts.push(JSON.stringify(one));
          const look = (value) => {
            if (value instanceof CryptoKey) keys.push([value.algorithm.name, value.type, value.extractable]);
            else if (value instanceof Uint8Array) texts.push(Array.from(value).join());
            else if (value !== null && typeof value === "object") Object.values(value).forEach(look);
            else texts.push(String(value));
          };
          for (const store of database.objectStoreNames) {
            const all = database.transaction(store).objectStore(store).getAll();
            await new Promise((resolve) => (all.onsuccess = resolve));
            look(all.result);
          }
          database.close();
          return { keys: keys.sort(), texts: texts.join(" "), databases: (await indexedDB.databases()).length };
        }""",
    )
    assert told["keys"] == [["Ed25519", "private", False], *[["X25519", "private", False]] * 2]
    assert told["databases"] == 1
    assert fragment.removeprefix("#link=") not in told["texts"]
    for secret in (base64url(SEED), first, grandchild.ring.current.private):
        assert secret not in told["texts"]
        assert ",".join(map(str, from_base64url(secret))) not in told["texts"]
    assert page.url == f"{origin}/family"


async def test_a_damaged_private_link_is_refused(page: Page, origin: str) -> None:
    komp = household.komp()
    text = household.Grandchild().link(komp.record()).removeprefix("#link=")
    link = json.loads(from_base64url(text))
    (whole,) = link["links"]
    current = link["ring"]["current"]
    links = [
        link,
        link | {"key": "AAAA"},
        link | {"name": ""},
        link | {"party": "A"},
        link | {"picture": "AAAA"},
        link | {"ring": {"current": current | {"private": "AAAA"}, "previous": None}},
        link | {"ring": {"current": current | {"serial": -1}, "previous": None}},
        link | {"ring": {"current": current, "previous": current}},
        link | {"ring": None},
        link | {"links": [whole | {"endpoint": "e" * 22}]},
        link | {"links": [whole | {"kind": "stranger"}]},
        link | {"links": [whole | {"identity": base64url(bytes(32))}]},
        link | {"links": [whole | {"statement": whole["statement"] | {"serial": 9}}]},
        link | {"links": [whole, whole]},
        link | {"links": "nobody"},
    ]
    await page.goto(origin)
    said = await page.evaluate(
        """async (fragments) => {
          const { linkFrom } = await import("/sdk/link.js");
          const refusal = (problem) => problem.constructor.name;
          return Promise.all(fragments.map((one) => linkFrom(one).then(() => "taken", refusal)));
        }""",
        [f"#link={base64url(json.dumps(one).encode())}" for one in links],
    )
    assert said == ["taken", *["LinkRefused"] * (len(links) - 1)]
