"""Receipts over the wire: both ends are given one when the call is gone, and anybody can follow it into the tree."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signalling.access.tokens import SigningKey
from signalling.cli import main
from signalling.privacy import verifying
from signalling.privacy.receipts import Outcome, Relay, Statement, from_text, issue, read_receipt, to_text
from signalling.privacy.tree import leaf_hash
from tests.protocol.house import OTHER_KOMP, UNCLE, House, running, until
from tests.protocol.raw import RawSocket

CALL = "Y2FsbC0wMDAwMDAwMDAwMQ"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path) as one:
        yield one


async def call_and_end(house: House, call: str = CALL) -> tuple[RawSocket, dict[str, Any], dict[str, Any]]:
    """Uncle rings, nothing more, and gives up: his socket, and what he and the Komp are told when all is gone."""
    komp, uncle = await house.come_in(OTHER_KOMP), await house.come_in(UNCLE)
    uncle.say(
        {"t": "call.invite", "id": "1", "call": call, "to": OTHER_KOMP.party, "from_key": 1, "media": "video"}
        | {"rings": [{"endpoint": OTHER_KOMP.endpoint, "key": 1, "box": "cmluZw"}], "lifetime_ms": 30_000}
    )
    await komp.hear("call.ring")
    uncle.say({"t": "call.cancel", "id": "2", "call": call})
    await komp.hear("call.ended")
    house.clock.advance(1)
    await house.coordinator.hub.tick()
    return uncle, await uncle.hear("call.erased"), await komp.hear("call.erased")


async def get(house: House, path: str) -> tuple[int, Any]:
    async with house.http.get(f"{house.url}{path}") as answer:
        return answer.status, await answer.json()


async def shown(house: House) -> None:
    """Time enough for the next head."""
    house.clock.advance(house.coordinator.receipts.head_seconds)
    await house.coordinator.receipts.tick()


async def test_both_ends_are_given_one_receipt_of_their_call(house: House) -> None:
    _, uncles, komps = await call_and_end(house)
    assert uncles["receipt"] == komps["receipt"]
    receipt = read_receipt(uncles["receipt"])
    assert receipt.is_about(CALL)
    said = receipt.statement
    assert (said.outcome, said.node, said.relay) == (Outcome.NOT_TAKEN, "node-1", Relay.NONE)
    assert said.minute == int(house.clock.now() // 60)
    _, head = await get(house, "/v1/receipts/head")
    assert head["lasts"] is False, "a seed file's circle has no store"
    assert receipt.is_signed_by(Ed25519PublicKey.from_public_bytes(from_text(head["key"])))


async def test_who_was_away_has_the_same_receipt_by_asking_and_for_ten_minutes_only(house: House) -> None:
    uncle, erased, _ = await call_and_end(house)
    uncle.say({"t": "call.sync", "id": "3", "call": CALL})
    told = await uncle.hear("ok")
    while told["ref"] != "3":
        told = await uncle.hear("ok")
    assert (told["reason"], told["receipt"]) == ("cancelled", erased["receipt"])
    house.clock.advance(600)
    uncle.say({"t": "call.sync", "id": "4", "call": CALL})
    assert (await uncle.hear("error"))["code"] == "unknown_call"


async def test_a_receipt_is_signed_when_nothing_of_the_call_is_left_and_not_before(house: House) -> None:
    left: list[int] = []
    receipts, calls = house.coordinator.receipts, house.coordinator.hub._calls

    def watched(call: Any, reason: Any) -> str:
        left.append(calls.deadlines.live)
        state = calls._state.calls
        left.append(len(state._records))  # type: ignore[attr-defined]
        return receipts.issue(call, reason)

    calls._receipt = watched
    await call_and_end(house)
    assert left == [0, 0]


async def test_a_receipt_is_found_in_the_tree_once_a_head_covers_it(house: House) -> None:
    _, erased, _ = await call_and_end(house)
    receipt = read_receipt(erased["receipt"])
    path = f"/v1/receipts/leaves/{to_text(leaf_hash(receipt.leaf))}"
    await house.coordinator.receipts.tick()
    status, refused = await get(house, path)
    assert (status, refused["code"]) == (404, "not_found")
    await shown(house)
    status, told = await get(house, path)
    assert status == 200
    keys = [Ed25519PublicKey.from_public_bytes(from_text(told["head"]["key"]))]
    assert all(one.holds for one in verifying.check_place(receipt, keys, verifying.read_placed(told)))
    _, proof = await get(house, f"/v1/receipts/inclusion/{told['index']}/{told['head']['size']}")
    assert proof["path"] == told["path"]


async def test_the_tree_tells_nobody_when_calls_end(house: House) -> None:
    """Between two heads its size doesn't move, whoever asks."""
    heads = []
    for number in range(3):
        await call_and_end(house, f"Y2FsbC0wMDAwMDAwMDAwM{'ABC'[number]}"[:22])
        await house.coordinator.receipts.tick()
        heads.append((await get(house, "/v1/receipts/head"))[1])
    assert [head["size"] for head in heads] == [0, 0, 0]
    for path in ("inclusion/0/1", "growth/1/2"):
        assert (await get(house, f"/v1/receipts/{path}"))[0] == 404
    await shown(house)
    assert (await get(house, "/v1/receipts/head"))[1]["size"] == 3


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("leaves/x", 400), ("leaves/" + "A" * 42, 400), ("leaves/" + "A" * 43, 404), ("inclusion/-1/1", 400),
        ("inclusion/0/0", 404), ("inclusion/5/4", 404), ("growth/0/0", 404), ("growth/2/1", 404),
        ("growth/" + "9" * 99 + "/1", 400), ("growth/²/3", 400),
    ],
)  # fmt: skip
async def test_a_proof_of_nonsense_is_refused(house: House, path: str, status: int) -> None:
    answered, refused = await get(house, f"/v1/receipts/{path}")
    assert (answered, set(refused)) == (status, {"code", "message"})


async def test_a_stopped_server_has_put_every_leaf_into_the_tree(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        await call_and_end(house)
        receipts = house.coordinator.receipts
        assert receipts.waiting == 1
    assert receipts.waiting == 0


async def test_leaves_wait_while_the_store_fails_and_hang_ups_do_not(house: House) -> None:
    class Broken:
        async def append(self, leaves: object) -> int:
            raise OSError

    receipts = house.coordinator.receipts
    ledger, receipts._ledger = receipts._ledger, Broken()  # type: ignore[assignment]
    _, erased, _ = await call_and_end(house)
    assert read_receipt(erased["receipt"]).is_about(CALL)
    await receipts.tick()
    assert receipts.waiting == 1
    assert '"event": "receipts.wait", "leaves": 1' in house.log.getvalue()
    receipts._ledger = ledger
    await receipts.tick()
    assert receipts.waiting == 0


# ------------------------------------------------------------- the command


async def verify(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, ["receipts", "verify", *words])


async def test_a_receipt_that_begins_with_a_hyphen_is_no_option() -> None:
    """Its salt is random: one in 64 does. Read as `-h` somewhere in it, a false receipt would exit with 0."""
    key, other = SigningKey.fresh(), SigningKey.fresh()
    said = Statement(Outcome.FINISHED, 29_000_000, "one", Relay.NONE, 0)
    for start in ("-", "-h", "-Ah", "--", "--h"):
        salt = from_text(f"{start}{'A' * (43 - len(start))}")
        receipt = issue(key.private, CALL, said, salt).text()
        assert receipt.startswith(start)
        for signer, exit_code in ((key, 0), (other, 1)):
            told = await verify(receipt, "--key", to_text(signer.public.public_bytes_raw()), "--call", CALL)
            assert (told.exit_code, "Usage" in told.output) == (exit_code, False), told.output


async def test_the_command_follows_a_receipt_into_the_tree_and_the_tree_onwards(house: House, tmp_path: Path) -> None:
    _, erased, _ = await call_and_end(house)
    _, head = await get(house, "/v1/receipts/head")
    kept = tmp_path / "head.json"
    words = (erased["receipt"], "--key", head["key"], "--call", CALL, "--at", house.url, "--head", str(kept))
    early = await verify(*words)
    assert (early.exit_code, "not in the tree yet" in early.output) == (1, True)
    await shown(house)
    done = await verify(*words)
    assert done.exit_code == 0, done.output
    verdicts = [line.partition("  ")[0] for line in done.output.splitlines()]
    assert verdicts == ["says", "pass", "pass", "pass", "pass", "note"]
    assert "does not show that nothing is left" in done.output
    await call_and_end(house, "Y2FsbC0wMDAwMDAwMDAwMg")
    await shown(house)
    later = await verify(*words)
    assert "the tree of 2 begins with that of 1" in later.output
    assert later.exit_code == 0
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "root": "A" * 43}))
    rewritten = await verify(*words)
    assert (rewritten.exit_code, "does NOT begin with" in rewritten.output) == (1, True)


async def test_the_command_fails_for_another_call_or_key(house: House, tmp_path: Path) -> None:
    _, erased, _ = await call_and_end(house)
    file = tmp_path / "other.pem"
    SigningKey.fresh().write(file)
    printed = CliRunner().invoke(main, ["receipts", "key", "--file", str(file)])
    done = await verify(erased["receipt"], "--key", printed.output.strip(), "--call", "x" * 22)
    assert done.exit_code == 1
    assert [line for line in done.output.splitlines() if line.startswith("fail")] == [
        "fail  not signed with this key",
        "fail  about another call",
    ]
    nonsense = await verify("a.b", "--key", printed.output.strip())
    assert (nonsense.exit_code, "a.b" in nonsense.output) == (1, False)


async def test_a_receipt_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        async with running(tmp_path, receipt_key_file=tmp_path / "receipt-key.pem") as house:
            keys.append((await get(house, "/v1/receipts/head"))[1]["key"])
            await until(lambda: house.coordinator.receipts._head_due > 0)
    assert keys[0] == keys[1]
    assert (tmp_path / "receipt-key.pem").stat().st_mode & 0o077 == 0


async def test_with_a_relay_the_receipt_says_what_may_outlive_the_call(tmp_path: Path) -> None:
    secret = tmp_path / "turn-secret"
    secret.write_text("s" * 32)
    turn = {"turn_urls": "turn:turn.example.eu:3478", "turn_secret_file": secret, "turn_lifetime_seconds": 90}
    async with running(tmp_path, **turn) as house:
        _, erased, _ = await call_and_end(house)
    said = read_receipt(erased["receipt"]).statement
    assert (said.relay, said.relay_seconds) == (Relay.EXPIRING, 90)
