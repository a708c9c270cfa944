"""What the store promises of posts that wait, on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace

from signalling.people.circle import Endpoint
from signalling.people.membership import MemberRole, Side
from signalling.people.post import WAITING_AT_MOST, WAITS_SECONDS, WaitingPost
from signalling.vocabulary import EndpointId
from tests.town import Town, post_to


async def test_a_post_waits_for_each_reader_and_is_gone_when_the_last_has_taken_it(people: Town) -> None:
    komp = await people.komp()
    anna, bo = await people.member("Anna", komp), await people.member("Bo", komp)
    posts, post = people.store.posts, post_to(komp, bo, box=b"sealed box")
    assert await posts.put(anna, post, now=people.now)
    assert await posts.put(anna, post, now=people.now)
    day = int(people.now // 86_400)
    told = WaitingPost(post.post, "message", anna.endpoint, 1, 1, "wrap for 0", len(post.box), day)
    assert await posts.waiting(komp, now=people.now) == [told]
    assert await posts.waiting(bo, now=people.now) == [replace(told, wrap="wrap for 1")]
    assert await posts.waiting(anna, now=people.now) == []
    assert await posts.box(komp, post.post, now=people.now) == b"sealed box"
    assert await posts.box(anna, post.post, now=people.now) is None
    assert await posts.taken(komp.endpoint, post.post)
    assert not await posts.taken(komp.endpoint, post.post)
    assert not await posts.taken(anna.endpoint, post.post)
    assert await posts.box(komp, post.post, now=people.now) is None
    assert await posts.box(bo, post.post, now=people.now) == b"sealed box"
    assert await posts.taken(bo.endpoint, post.post)
    assert await posts.box(bo, post.post, now=people.now) is None
    assert await posts.sweep(now=people.now) == 0


async def test_of_two_readers_at_once_the_last_takes_the_post_with_them(people: Town) -> None:
    komp = await people.komp()
    anna, bo = await people.member("Anna", komp), await people.member("Bo", komp)
    post = post_to(komp, bo)
    assert await people.store.posts.put(anna, post, now=people.now)
    taken = people.store.posts.taken
    assert all(await asyncio.gather(taken(komp.endpoint, post.post), taken(bo.endpoint, post.post)))
    assert await people.store.posts.sweep(now=people.now) == 0


async def test_a_post_is_gone_after_a_week(people: Town) -> None:
    komp = await people.komp()
    anna = await people.member("Anna", komp)
    post = post_to(komp)
    assert await people.store.posts.put(anna, post, now=people.now)
    people.clock.advance(WAITS_SECONDS - 1)
    assert len(await people.store.posts.waiting(komp, now=people.now)) == 1
    people.clock.advance(1)
    assert await people.store.posts.waiting(komp, now=people.now) == []
    assert await people.store.posts.box(komp, post.post, now=people.now) is None
    assert await people.store.posts.sweep(now=people.now) == 1
    assert not await people.store.posts.taken(komp.endpoint, post.post)


async def test_pictures_and_messages_need_the_right_to_post_and_the_rest_a_link(people: Town) -> None:
    komp = await people.komp()
    anna = await people.member("Anna", komp, MemberRole.ADMIN)
    quiet = await people.member("Quiet", komp, video_only=True)
    restricted = await people.member("Restricted", komp, MemberRole.RESTRICTED)
    nurse = await people.member("Nurse", komp, side=Side.STAFF)
    stranger = await people.person("Stranger")

    async def may(author: Endpoint, reader: Endpoint, purpose: str) -> bool:
        return await people.store.posts.put(author, post_to(reader, purpose=purpose), now=people.now)

    for purpose in ("picture", "message"):
        assert await may(anna, komp, purpose)
        assert await may(anna, restricted, purpose)
        assert await may(restricted, komp, purpose)
        assert not await may(restricted, anna, purpose)
        assert not await may(quiet, komp, purpose)
        assert not await may(quiet, anna, purpose)
        assert not await may(komp, anna, purpose)
        assert not await may(anna, nurse, purpose)
        assert not await may(stranger, komp, purpose)
    for author, reader in ((quiet, komp), (restricted, anna), (komp, anna)):
        assert await may(author, reader, "vouching")
    assert not await may(anna, nurse, "vouching")
    assert not await may(stranger, komp, "vouching")


async def test_a_student_and_the_robot_write_to_each_other_but_no_pictures(people: Town) -> None:
    av1 = await people.av1()
    student = await people.student(av1)
    assert await people.store.posts.put(student, post_to(av1, purpose="wifi"), now=people.now)
    assert await people.store.posts.put(av1, post_to(student, purpose="wifi"), now=people.now)
    assert not await people.store.posts.put(student, post_to(av1, purpose="picture"), now=people.now)


async def test_a_persons_own_phones_may_be_readers(people: Town) -> None:
    anna = await people.person("Anna")
    phone = await people.phone(anna)
    assert await people.store.posts.put(anna, post_to(phone, purpose="device-list"), now=people.now)
    assert len(await people.store.posts.waiting(phone, now=people.now)) == 1


async def test_all_readers_are_the_authors_to_write_to_or_nothing_is_kept(people: Town) -> None:
    komp = await people.komp()
    anna, stranger = await people.member("Anna", komp), await people.person("Stranger")
    put, now = people.store.posts.put, people.now
    nobody = replace(komp, endpoint=EndpointId("A" * 22))
    for post in (post_to(komp, stranger), post_to(komp, nobody), post_to(komp, komp), post_to()):
        assert not await put(anna, post, now=now)
    assert not await put(anna, post_to(komp, box=b""), now=now)
    assert await people.store.posts.waiting(komp, now=now) == []


async def test_a_post_of_somebody_no_longer_linked_is_not_delivered(people: Town) -> None:
    komp = await people.komp()
    anna = await people.member("Anna", komp)
    post = post_to(komp)
    assert await people.store.posts.put(anna, post, now=people.now)
    assert await people.store.memberships.remove(komp.party, anna.party, now=people.now)
    assert await people.store.posts.waiting(komp, now=people.now) == []
    assert await people.store.posts.box(komp, post.post, now=people.now) is None


async def test_a_post_of_a_lost_phone_is_not_delivered(people: Town) -> None:
    komp = await people.komp()
    anna = await people.member("Anna", komp)
    phone = await people.phone(anna)
    assert await people.store.posts.put(phone, post_to(komp), now=people.now)
    assert await people.store.endpoints.revoke(anna.party, phone.endpoint, now=people.now)
    assert await people.store.posts.waiting(komp, now=people.now) == []
    assert not await people.store.posts.put(phone, post_to(komp), now=people.now)


async def test_an_id_is_one_posts_and_an_author_keeps_so_many_waiting(people: Town) -> None:
    komp = await people.komp()
    anna, bo = await people.member("Anna", komp), await people.member("Bo", komp)
    first = post_to(komp)
    assert await people.store.posts.put(anna, first, now=people.now)
    assert not await people.store.posts.put(bo, first, now=people.now)
    assert not await people.store.posts.put(anna, replace(first, box=b"other"), now=people.now)
    for _ in range(WAITING_AT_MOST - 1):
        assert await people.store.posts.put(anna, post_to(komp), now=people.now)
    assert not await people.store.posts.put(anna, post_to(komp), now=people.now)
    assert await people.store.posts.put(bo, post_to(komp), now=people.now)
