"""A Komp's album: what is on its screen, for how long, and what makes it go."""

from dataclasses import dataclass

import pytest

from client_sim.album import ENTRIES_AT_MOST, Album
from client_sim.letters import Letter
from client_sim.sealed.greetings import (
    SHOWN_AT_MOST_SECONDS,
    Greeting,
    Message,
    Picture,
    PictureHead,
    Removal,
    encode,
    purpose_of,
)
from client_sim.sealed.links import How, LinkRecord
from client_sim.sealed.post import PostPurpose
from tests.clock import ManualClock
from tests.golden.greetings.make import JPEG
from tests.unit.sealed.people import met

NOW = 1_798_000_000.0
DAY = 86_400


ANNA, BO = met("anna", How.QR), met("bo", How.QR)


@dataclass
class Komp:
    """What comes to its album, and what it shows."""

    clock: ManualClock
    album: Album
    _posts: int = 0

    def gets(self, said: Greeting, *, author: LinkRecord = ANNA, post: str = "", verified: bool = True) -> str:
        """A letter comes; its post."""
        self._posts += 1
        post = post or str(self._posts).rjust(22, "p")
        self.album.take(Letter(post, purpose_of(said), author, verified, encode(said)))
        return post

    @property
    def shows(self) -> list[str]:
        return [one.post for one in self.album.shown()]


@pytest.fixture
def komp() -> Komp:
    clock = ManualClock(NOW)
    return Komp(clock, Album(clock.now))


def words(text: str = "Kram", *, until: float = NOW + DAY) -> Message:
    return Message(10, int(until), text)


def test_pictures_and_words_are_shown_in_the_order_of_their_coming_with_their_author(komp: Komp) -> None:
    picture = Picture(PictureHead(20, int(NOW) + DAY, "image/jpeg", "Vid sjön"), JPEG)
    posts = [komp.gets(picture), komp.gets(words(), author=BO)]
    assert komp.shows == posts
    assert [(one.name, one.show_seconds) for one in komp.album.shown()] == [("Anna", 20), ("Bo", 10)]
    assert "Anna" not in repr(komp.album.shown()[0])


def test_one_goes_when_its_time_is_over_and_doesnt_come_back(komp: Komp) -> None:
    post = komp.gets(words())
    komp.clock.advance(DAY - 1)
    assert komp.shows == [post]
    komp.clock.advance(1)
    assert komp.shows == []
    assert komp.gets(words(until=NOW + 9 * DAY), post=post) == post
    assert komp.shows == []
    assert str(komp.album.figures) == "taken 1, over 1"


def test_nothing_is_shown_for_longer_than_four_weeks_whatever_it_says(komp: Komp) -> None:
    komp.gets(words(until=2**53 - 1))
    komp.clock.advance(SHOWN_AT_MOST_SECONDS - 1)
    assert len(komp.shows) == 1
    komp.clock.advance(1)
    assert komp.shows == []


def test_only_who_sent_it_takes_it_down(komp: Komp) -> None:
    post = komp.gets(words())
    komp.gets(Removal(post), author=BO)
    assert komp.shows == [post]
    komp.gets(Removal(post))
    assert komp.shows == []
    komp.gets(words(), post=post)
    assert komp.shows == []


def test_one_that_was_taken_down_before_it_came_never_comes(komp: Komp) -> None:
    komp.gets(Removal("late".rjust(22, "p")))
    komp.gets(words(), post="late".rjust(22, "p"))
    assert komp.shows == []
    komp.gets(Removal("bos".rjust(22, "p")))
    komp.gets(words(), author=BO, post="bos".rjust(22, "p"))
    assert len(komp.shows) == 1


def test_the_pictures_of_who_has_left_go_at_once(komp: Komp) -> None:
    komp.gets(words())
    bos = komp.gets(words(), author=BO)
    komp.album.keep_only({BO.party})
    assert komp.shows == [bos]
    assert str(komp.album.figures) == "taken 2, author left 1"


def test_a_reset_empties_it(komp: Komp) -> None:
    komp.gets(words())
    komp.album.clear()
    assert komp.shows == []


def test_nothing_comes_in_of_an_author_whose_keys_nobody_proved(komp: Komp) -> None:
    komp.gets(words(), verified=False)
    assert komp.shows == []


def test_what_is_for_no_screen_is_counted_and_forgotten(komp: Komp) -> None:
    komp.album.take(Letter("p" * 22, PostPurpose.MESSAGE, ANNA, True, b"{}"))
    assert komp.shows == []
    assert str(komp.album.figures) == "refused 1"


def test_a_full_album_lets_the_oldest_go(komp: Komp) -> None:
    posts = [komp.gets(words()) for _ in range(ENTRIES_AT_MOST + 2)]
    assert komp.shows == posts[2:]
    assert komp.album.figures.crowded_out == 2
