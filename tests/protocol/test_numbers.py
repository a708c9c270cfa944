"""The numbers that the reference tells a stranger are those that the ends here go by."""

import re
from pathlib import Path

import pytest

from client_sim import answering, call, mailbox, negotiation, socket
from client_sim.control import hand, robot, words
from client_sim.sealed import contents, safety_number, statements, vouching
from signalling.service import budgets

REFERENCE = Path(__file__).parents[2] / "docs"
PROTOCOL = (REFERENCE / "reference" / "protocol.md").read_text(encoding="utf-8")
CONTROL = (REFERENCE / "reference" / "control.md").read_text(encoding="utf-8")
SEALING = (REFERENCE / "design" / "sealing.md").read_text(encoding="utf-8")


def whole(number: float) -> str:
    assert number == int(number)
    return f"{int(number):,}"


first, second, third = map(whole, mailbox.RESEND_AFTER_SECONDS)
TOLD = [
    (PROTOCOL, f"alone after {whole(mailbox.ACK_WITHIN_SECONDS * 1000)} ms"),
    (PROTOCOL, f"each box {first} s after it first went, {second} s after that and {third} s after that"),
    (PROTOCOL, f"It keeps at most {mailbox.WINDOW}; more wait"),
    (PROTOCOL, f"Up to {mailbox.WINDOW} higher ones it holds"),
    (PROTOCOL, f"If none opens within {whole(answering.HERE_SECONDS)} s it declines with `unreachable`"),
    (PROTOCOL, f"more than {whole(answering.FRESH_MS / 1000)} s away from one's own clock"),
    (PROTOCOL, f"at most {call.EARLY_AT_MOST} contents, unapplied"),
    (PROTOCOL, f"by itself after {whole(call.PENDING_SECONDS)} s without media"),
    (PROTOCOL, f"The server waits {whole(negotiation.CONNECT_SECONDS)} s for it"),
    (PROTOCOL, f"then every {whole(negotiation.REPAIR_EVERY_SECONDS)} s, and at once"),
    (PROTOCOL, f"after {whole(negotiation.REPAIR_AFTER_SECONDS)} s where it was direct"),
    (PROTOCOL, f"After {whole(negotiation.LOST_SECONDS)} s without media an end says"),
    (PROTOCOL, f"`sdp` 1 to {whole(contents.SDP_CHARACTERS)} characters"),
    (PROTOCOL, f"More than {contents.CANDIDATES_A_GENERATION} of one generation"),
    (PROTOCOL, f"Whoever hears nothing for {whole(socket.SILENT_SECONDS)} s"),
    (PROTOCOL, f"({whole(socket.LONGEST_PAUSE_SECONDS / 2)} s at the least)"),
    (PROTOCOL, f'"until": Unix seconds}}`, {vouching.VOUCHING_BYTES // 1024} KiB'),
    (CONTROL, f"at most {whole(words.MESSAGE_BYTES)} bytes; `t` is its type"),
    (CONTROL, f"`pan` −{whole(robot.PAN_DEGREES)} to {whole(robot.PAN_DEGREES)}"),
    (CONTROL, f"`tilt` −{whole(robot.TILT_DEGREES)} to {whole(robot.TILT_DEGREES)}"),
    (CONTROL, f"Speeds are degrees a second, {whole(robot.SPEED_DEGREES)} at the most"),
    (CONTROL, f"under way for more than {whole(robot.GLANCE_SECONDS * 1000)} ms"),
    (CONTROL, f"said again each {whole(hand.REPEAT_SECONDS * 1000)} ms"),
    (CONTROL, f"stops {whole(robot.STEERED_SECONDS * 1000)} ms after the last word"),
    (SEALING, f"`not_after` is {whole(statements.LIFETIME_SECONDS)} seconds"),
    (SEALING, "three in 24 hours" if safety_number.ATTEMPTS_A_DAY == 3 else "as many as there are"),
]


@pytest.mark.parametrize(("page", "words"), TOLD, ids=lambda one: one[:50].splitlines()[0])
def test_the_reference_tells_the_number_that_is_gone_by(page: str, words: str) -> None:
    assert words in re.sub(r"\s+", " ", page)


def test_the_budgets_of_a_session_are_the_ones_that_are_told() -> None:
    told = re.sub(r"\s+", " ", PROTOCOL)
    at_once, rate = zip(*(budgets._ROOM[lane] for lane in budgets.Lane), strict=True)
    assert at_once == (60, 60, 20, 400, 60)
    assert rate == (10, 10, 2, 100, 10)
    assert (
        "stopping 60 at once and 10/s, answering the same, beginning 20 and 2/s, boxes 400 and 100/s, the rest 60"
        in told
    )
