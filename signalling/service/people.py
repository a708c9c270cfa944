"""What the door asks of people, side by side: made by the assembly where there is a store."""

from dataclasses import dataclass

from signalling.service.accounts import Accounts
from signalling.service.komps import Komps
from signalling.service.lists import Lists
from signalling.service.posts import Posts
from signalling.service.rights import Rights
from signalling.service.support import Support


@dataclass(frozen=True, slots=True)
class People:
    """The hands for people."""

    accounts: Accounts
    komps: Komps
    posts: Posts
    rights: Rights
    lists: Lists
    support: Support
