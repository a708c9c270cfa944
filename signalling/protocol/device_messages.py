"""Messages of a device: whether it takes calls, and its operator's commands."""

from typing import Annotated

from msgspec import Meta

from signalling.protocol.fields import Message, Percent, Ref, Request


class DeviceState(Request, frozen=True, tag="device.state"):
    """A device: whether it takes calls."""

    state: Annotated[str, Meta(pattern=r"^(available|off|blocked)$")]
    id: Ref | None = None


class DeviceReport(Request, frozen=True, tag="device.report"):
    """A device's own network, for its operator. A closed list; nothing of whoever calls it."""

    network: Annotated[str, Meta(pattern=r"^(wifi|ethernet|mobile)$")] | None = None
    signal_dbm: Annotated[int, Meta(ge=-140, le=0)] | None = None
    mobile_network: Annotated[str, Meta(pattern=r"^(2g|3g|4g|5g)$")] | None = None
    battery_percent: Percent | None = None
    id: Ref | None = None


class DeviceCommand(Message, frozen=True, tag="device.command"):
    """Server to a device, on an authorised person's word."""

    command: Annotated[str, Meta(pattern=r"^(restart|reset|block|unblock)$")]
