"""Every line that the coordinator can log, and the fields each may carry. Closed: nobody's name, address or content.

A line tells that something happened and how much of it, never to whom. An event that is not here cannot be logged,
nor a field that its event does not list.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Event(StrEnum):
    """What happened; the `event` of a log line."""

    SERVING = "serving"
    """It listens. `wiping`: freed memory is overwritten; `dumpable`: a crash could leave memory on disk; `locked`: no
    memory is swapped."""
    METRICS_SERVING = "metrics.serving"
    DRAINING = "draining"
    STOPPED = "stopped"
    SOCKET_OPENED = "socket.opened"
    SOCKET_CLOSED = "socket.closed"
    HELLO_REFUSED = "hello.refused"
    REQUEST_FAILED = "request.failed"
    """A fault of ours while answering HTTP."""
    SOCKET_FAILED = "socket.failed"
    """A fault of ours while serving a socket."""
    SMS_FAILED = "sms.failed"
    """A text didn't go out."""
    RECEIPTS_WAIT = "receipts.wait"
    """Leaves of receipts couldn't be put into their tree; they wait and are tried again."""
    TASK_FAILED = "task.failed"
    """A fault of ours in a task that nobody waits for."""
    RELAY_FELL = "relay.fell"
    """The alarm: a provider fails at `duty` for `cause`, and another one does its work. Once, until it rises."""
    RELAY_ROSE = "relay.rose"
    RELAY_NONE_LEFT = "relay.none_left"
    """The alarm: no provider gives a relay; calls that need one fail."""
    RELAY_BACK = "relay.back"
    RELAY_BUDGET_NEAR = "relay.budget_near"
    RELAY_BUDGET_SPENT = "relay.budget_spent"
    """The alarm: this month's relayed bytes are used up. Calls go on."""
    RELAY_NOT_ENDED = "relay.not_ended"
    """A call ended, and its relays could not be deleted: they live until their own end."""
    REQUESTS_OVERDUE = "requests.overdue"
    """The alarm: people wait longer than a month for an answer about their data. Each time there are more."""
    ROBOT_BLOCKED = "robot.blocked"
    """The alarm: somebody tried to record through a robot. It takes no calls until it is unblocked."""
    ROBOT_UNBLOCKED = "robot.unblocked"
    SWEPT = "swept"
    """The sweeper found what the first eraser missed."""
    FOREIGN = "foreign"
    """A library had something to say; its words are not repeated."""


FIELDS: Final[Mapping[Event, frozenset[str]]] = MappingProxyType(
    {
        Event.SERVING: frozenset({"port", "tls", "wiping", "dumpable", "locked"}),
        Event.METRICS_SERVING: frozenset({"port"}),
        Event.DRAINING: frozenset({"sockets"}),
        Event.STOPPED: frozenset({"seconds"}),
        Event.SOCKET_OPENED: frozenset({"socket"}),
        Event.SOCKET_CLOSED: frozenset({"socket", "code", "seconds"}),
        Event.HELLO_REFUSED: frozenset({"socket", "code"}),
        Event.REQUEST_FAILED: frozenset({"place"}),
        Event.SOCKET_FAILED: frozenset({"socket", "place"}),
        Event.SMS_FAILED: frozenset({"place"}),
        Event.RECEIPTS_WAIT: frozenset({"leaves", "place"}),
        Event.TASK_FAILED: frozenset({"place"}),
        Event.RELAY_FELL: frozenset({"provider", "duty", "cause"}),
        Event.RELAY_ROSE: frozenset({"provider", "duty"}),
        Event.RELAY_NONE_LEFT: frozenset(),
        Event.RELAY_BACK: frozenset(),
        Event.RELAY_BUDGET_NEAR: frozenset(),
        Event.RELAY_BUDGET_SPENT: frozenset(),
        Event.RELAY_NOT_ENDED: frozenset(),
        Event.REQUESTS_OVERDUE: frozenset({"requests"}),
        Event.ROBOT_BLOCKED: frozenset(),
        Event.ROBOT_UNBLOCKED: frozenset(),
        Event.SWEPT: frozenset({"calls"}),
        Event.FOREIGN: frozenset({"source", "severity", "place"}),
    }
)
"""The fields of each event. A field's value is a number, a boolean, an enum, a `Tag` or a `Place`."""
