"""A real server on a database: what the operator does beside it counts at once, and a restart loses nothing."""

import asyncio
import os
import re
import shutil
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import aiohttp

from signalling.people.lists import Entry, ListKind
from signalling.privacy.consent import WORDINGS, ConsentKind, consent_to
from signalling.privacy.requests import Refusal, RequestKind
from signalling.store.master import FileMaster, add_master
from signalling.store.store import Store, open_store
from tests.serving import PROGRAM, Somebody, fetch_token, served
from tests.town import key_of, town


async def operator(environment: dict[str, str], *arguments: str) -> str:
    """What a command of the operator's prints."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *arguments, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return printed.decode()


async def has_token(origin: str, who: Somebody) -> bool:
    """Whether the server knows this endpoint."""
    async with aiohttp.ClientSession() as http:
        try:
            return bool(await fetch_token(http, origin, who))
        except (AssertionError, KeyError):
            return False


async def test_devices_come_and_go_beside_a_running_server_and_last(tmp_path: Path) -> None:
    lasting = {
        "database_url": f"sqlite+aiosqlite:///{tmp_path}/narvaro.db",
        "master_key_file": f"{tmp_path}/master.key",
    }
    environment = {f"NARVARO_{name.upper()}": value for name, value in lasting.items()}
    komp = Somebody("komp", "Komp")
    async with served(tmp_path, None, **lasting) as server:
        customer = (await operator(environment, "customers", "add", "--name", "Grandmother")).strip()
        added = await operator(environment, "devices", "add", "--kind=komp", f"--customer={customer}", "--name=Komp")
        found = re.search(r"device (\S+)\nprovisioning token (\S+)", added)
        assert found is not None
        assert not await has_token(server.origin, komp)
        async with open_store(lasting["database_url"], FileMaster(tmp_path / "master.key")) as store:
            raw = komp.key.public_key().public_bytes_raw()
            assert await store.devices.enrol(found[2], endpoint=komp.endpoint, identity=raw, now=0) == found[1]
        assert await has_token(server.origin, komp)
    async with served(tmp_path, None, **lasting) as server:
        assert await has_token(server.origin, komp)
        await operator(environment, "keys", "new-master")
        await operator(environment, "keys", "rotate-master", "--forget")
        assert await has_token(server.origin, komp)
        await operator(environment, "devices", "reset", found[1], "--yes")
        assert not await has_token(server.origin, komp)
        assert "Grandmother" not in server.log.read_text()
        assert customer not in server.log.read_text()


async def test_two_nodes_on_one_file_hear_of_each_others_changes(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/narvaro.db"
    async with town(url) as first:
        komp, anna = await first.komp(), await first.person("Anna")
        master = first.store.keys._master
        async with open_store(url, master) as second:
            before = (await second.history.after(0)).last
            assert await second.endpoints.get(anna.endpoint) == anna
            writes = [first.member(f"Member {number}", komp) for number in range(8)]
            await asyncio.gather(*writes, second.endpoints.revoke(anna.party, anna.endpoint, now=first.now))
            heard = await first.circle.changes(before)
            assert anna.party in heard.parties
            assert len(heard.parties) == 9
            assert heard.last == before + 9
            assert await first.circle.endpoint(anna.endpoint) is None
            assert key_of(anna)["endpoint"] not in await first.circle.endpoints_of(anna.party)


async def test_p_38_a_restored_backup_is_erased_again_before_the_first_request_is_served(tmp_path: Path) -> None:
    """A person, an entry of a list, a thread and a request that was over: erased by a running server, then restored."""
    home, apart = tmp_path / "home", tmp_path / "apart"
    home.mkdir()
    apart.mkdir()
    lasting = {
        "database_url": f"sqlite+aiosqlite:///{home}/narvaro.db",
        "master_key_file": f"{apart}/master.key",
        "erasure_log_file": f"{apart}/erasures.log",
    }
    environment = {f"NARVARO_{name.upper()}": value for name, value in lasting.items()}
    email, who = "marker@example.org", Somebody("person", "Astrid")
    add_master(apart / "master.key")
    master, now = FileMaster(apart / "master.key"), time.time()

    def opened() -> AbstractAsyncContextManager[Store]:
        return open_store(lasting["database_url"], master, upgrade=True, erasure_log=apart / "erasures.log")

    async with opened() as store:
        raw = who.key.public_key().public_bytes_raw()
        person = await store.profiles.create("Astrid", "+4740612345", endpoint=who.endpoint, identity=raw, now=now)
        ground = consent_to(ConsentKind.NEWSLETTER, WORDINGS[ConsentKind.NEWSLETTER].version, policy_version="1", day=1)
        assert person is not None
        assert ground is not None
        await store.lists.add(Entry(ListKind.NEWSLETTER, email), ground)
        thread = await store.support.open("Why?", address=(email, ground), now=now)
        over = await store.requests.ask_by_form(email, RequestKind.ACCESS, None, now=now)
        assert over is not None
        await store.requests.refuse(over, Refusal.EXCESSIVE, "No.", now=now)
        await store.requests.told(over.request, now=now)
        asked = await store.requests.ask_by_form(email, RequestKind.ERASURE, None, now=now)
        assert asked is not None
    shutil.copytree(home, tmp_path / "backup")
    async with served(home, None, **lasting) as server:
        assert await has_token(server.origin, who)
        assert "erased" in await operator(environment, "requests", "grant", asked.request)
    async with opened() as store:
        assert await store.profiles.close(person, now=now)
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "backup", home)
    async with served(home, None, **lasting) as server, aiohttp.ClientSession() as http:
        async with http.post(f"{server.origin}/v1/support/threads/read", json={"reference": thread}) as answer:
            assert answer.status == 404, "the very first request"
        assert not await has_token(server.origin, who)
    async with opened() as store:
        assert await store.profiles.get(person) is None
        assert await store.lists.names(ListKind.NEWSLETTER) == []
        assert [one.request for one in await store.requests.all()] == [asked.request], "decided anew, and told"
