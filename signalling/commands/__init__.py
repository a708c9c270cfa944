"""What an operator does to the store from a terminal, whether the server runs or not.

Tables and ids are printed on stdout; nothing of it is logged. Until there is an Admin tool this is how customers and
devices come in.
"""

from typing import Final

import click

from signalling.commands.customers import customers
from signalling.commands.database import new_master, rotate_master, store
from signalling.commands.devices import devices
from signalling.commands.export import export
from signalling.commands.holds import holds
from signalling.commands.invitations import invitations
from signalling.commands.keywords import keywords
from signalling.commands.lists import lists
from signalling.commands.reads import reads
from signalling.commands.requests import requests
from signalling.commands.robot_log import av1_log
from signalling.commands.support import support

GROUPS: Final[tuple[click.Group, ...]] = (
    store, customers, devices, keywords, invitations, holds, requests, lists, support, av1_log, reads, export,
)  # fmt: skip

__all__ = ["GROUPS", "new_master", "rotate_master"]
