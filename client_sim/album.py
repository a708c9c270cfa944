"""What a Komp shows while nothing happens: pictures and messages of its family, each for its time.

Only what a proven author sealed for this Komp comes in here. It goes when its time is over, when its author takes it
down, when its author no longer belongs to the Komp, and with a reset. Nothing of it prints, and nothing is written.
"""

from collections.abc import Callable, Container
from dataclasses import asdict, dataclass
from typing import Final

from client_sim.letters import Letter
from client_sim.sealed.greetings import (
    SHOWN_AT_MOST_SECONDS,
    GreetingError,
    Message,
    Picture,
    Removal,
    decode,
)

ENTRIES_AT_MOST: Final = 100
"""One more, and the oldest goes."""
NOTES_AT_MOST: Final = 1024


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One that is shown in its turn."""

    post: str
    party: str
    """Whose it is."""
    name: str
    """Who that is, by the Komp's own record."""
    greeting: Picture | Message
    until: float
    """Unix time, seconds."""

    @property
    def show_seconds(self) -> int:
        """How long it is on the screen each time."""
        said = self.greeting.head if isinstance(self.greeting, Picture) else self.greeting
        return said.show_seconds


@dataclass(slots=True)
class AlbumFigures:
    """How many came and went, and why: for a report. It names nobody."""

    taken: int = 0
    refused: int = 0
    """Posts that opened, and held nothing for a screen."""
    over: int = 0
    """Their time was over."""
    taken_down: int = 0
    """By their author."""
    author_left: int = 0
    crowded_out: int = 0
    """The album was full."""
    reset: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in asdict(self).items() if number)


class Album:
    """One Komp's. `wall` is Unix time in seconds."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._entries: dict[str, Entry] = {}
        self._gone: dict[tuple[str, str], None] = {}
        """Whose posts never come back, also where the removal came first."""
        self.figures: Final = AlbumFigures()

    def __repr__(self) -> str:
        return f"Album({len(self._entries)})"

    def shown(self) -> list[Entry]:
        """What is shown now, in its order."""
        now = self._wall()
        over = [one for one in self._entries.values() if one.until <= now]
        for one in over:
            self._drop(one)
        self.figures.over += len(over)
        return list(self._entries.values())

    def take(self, letter: Letter) -> None:
        """A picture, a message, or the word that takes one down. Nothing of an author whose keys nobody proved."""
        try:
            said = decode(letter.content, letter.purpose)
        except GreetingError:
            self.figures.refused += 1
            return
        party = letter.author.party
        if not letter.verified:
            self.figures.refused += 1
        elif isinstance(said, Removal):
            self._take_down(party, said.removes)
        elif (party, letter.post) not in self._gone and letter.post not in self._entries:
            self._put(letter, said)

    def keep_only(self, parties: Container[str]) -> None:
        """What is of somebody else than these goes at once: they no longer belong to this Komp."""
        left = [one for one in self._entries.values() if one.party not in parties]
        for one in left:
            self._drop(one)
        self.figures.author_left += len(left)

    def clear(self) -> None:
        """The Komp was reset."""
        self.figures.reset += len(self._entries)
        self._entries.clear()
        self._gone.clear()

    def _put(self, letter: Letter, said: Picture | Message) -> None:
        now = self._wall()
        told = said.head.until if isinstance(said, Picture) else said.until
        until = min(told, now + SHOWN_AT_MOST_SECONDS)
        if until <= now:
            self.figures.over += 1
            return
        entry = Entry(letter.post, letter.author.party, letter.author.name, said, until)
        self._entries[entry.post] = entry
        self.figures.taken += 1
        if len(self._entries) > ENTRIES_AT_MOST:
            self._drop(next(iter(self._entries.values())))
            self.figures.crowded_out += 1

    def _take_down(self, party: str, post: str) -> None:
        entry = self._entries.get(post)
        if entry is not None and entry.party == party:
            self._drop(entry)
            self.figures.taken_down += 1
        else:
            self._note(party, post)

    def _drop(self, entry: Entry) -> None:
        del self._entries[entry.post]
        self._note(entry.party, entry.post)

    def _note(self, party: str, post: str) -> None:
        self._gone[party, post] = None
        while len(self._gone) > NOTES_AT_MOST:
            del self._gone[next(iter(self._gone))]
