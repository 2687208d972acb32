"""The requests of each workload, and the families that they are for."""

import asyncio
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.accounts import Accounts, Parent
from tests.conftest import free_port
from tests.load.requests import KINDS, MIX, Family, make_requests, read_families, read_sessions, write_requests
from tests.load.systems import serving

FAMILIES = [Family(f"token-{number}", number, number, number, number) for number in range(1, 1025)]
# Parts of answers that differ: the id of a new row, timestamps, and the end of a page.
CHANGING = re.compile(rb'(?<={)"id":\d+,(?=.*"priority":30,)|"\d{4}-\d\d-\d\dT[^"]*"|,"nextCursor":null')
SESSIONS = "token\t1\t2\t3\n"


async def family_of(parent: Parent) -> Family:
    child = (await parent.client.post("/api/child-profiles", json={"name": "Bram", "age": 3})).json()
    goal = (await parent.client.post("/api/parenting-goals", json={"title": "Voorlezen"})).json()
    return Family(parent.token, parent.user_id, parent.parent_profile_id, child["id"], goal["id"])


async def answer(address: str, request: bytes) -> bytes:
    """A service's answer to a request, as sent over the wire."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    body = await reader.readexactly(int(length))
    writer.close()
    await writer.wait_closed()
    return head.partition(b"\r\n")[0] + b"\n" + body


def session_line(family: Family) -> str:
    return "\t".join(map(str, family[:4])) + "\n"


def test_shares_of_the_mix() -> None:
    requests = make_requests("mix", FAMILIES)
    kinds = {request: kind for kind in MIX for request in make_requests(kind, FAMILIES)}
    counts = Counter(kinds[request] for request in requests)
    for kind, share in MIX.items():
        assert counts[kind] / len(requests) == pytest.approx(share / 100, abs=0.02)
    assert sum(MIX.values()) == 100
    assert requests == make_requests("mix", FAMILIES)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_service_does_what_a_request_asks(service: str, accounts: Accounts, kind: str) -> None:
    family = await family_of(await accounts.parent())
    (request,) = make_requests(kind, [family])
    assert (await answer(service, request)).startswith(b"HTTP/1.1 201 " if kind == "insert" else b"HTTP/1.1 200 ")


def test_requests_in_a_file(tmp_path: Path) -> None:
    requests = make_requests("mix", FAMILIES[:10])
    write_requests(tmp_path / "requests", requests)
    assert (tmp_path / "requests").read_bytes().split(b"\0") == requests


async def test_read_families(service: str, accounts: Accounts, tmp_path: Path) -> None:
    families = [await family_of(await accounts.parent()) for _ in range(3)]
    without_goal = await accounts.parent()
    sessions = tmp_path / "sessions.tsv"
    sessions.write_text(
        "".join(
            [
                f"{without_goal.token}\t{without_goal.user_id}\t{without_goal.parent_profile_id}\t1\n",
                "without-child\t1\t1\t\n",
                *map(session_line, families),
            ]
        )
    )
    assert await asyncio.to_thread(read_families, urlsplit(service), sessions, 10) == families
    assert await asyncio.to_thread(read_families, urlsplit(service), sessions, 2) == families[:2]


@pytest.mark.parametrize(
    "line", ["token", "token\t1\t2", "token\t1\t2\t3\t4", "token\t1\t2\tx", "token\tx\t2\t3", "", "<!doctype html>"]
)
def test_lines_of_another_kind(tmp_path: Path, line: str) -> None:
    sessions = tmp_path / "sessions.tsv"
    sessions.write_text(f"{SESSIONS}{line}\n")
    with pytest.raises(ValueError, match=r"sessions.tsv:2: not a token and three ids"):
        list(read_sessions(sessions))


async def test_sessions_of_another_database(service: str, tmp_path: Path) -> None:
    sessions = tmp_path / "sessions.tsv"
    sessions.write_text(SESSIONS)
    with pytest.raises(ValueError, match="expired or is another database's"):
        await asyncio.to_thread(read_families, urlsplit(service), sessions, 1)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(read_families, urlsplit(f"http://127.0.0.1:{free_port()}"), sessions, 1)


@pytest.mark.parametrize(
    "said", [b"220 mail.example.org\r\n", b"HTTP/1.0 200 OK\r\n\r\n<html>", b"HTTP/1.0 200 OK\r\n\r\n{}", b""]
)
async def test_another_service(tmp_path: Path, said: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    sessions = tmp_path / "sessions.tsv"
    sessions.write_text(SESSIONS)
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        address = urlsplit(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
        with pytest.raises((ValueError, ConnectionError), match=r"isn't this service|closed connection"):
            await asyncio.to_thread(read_families, address, sessions, 1)


async def test_the_bare_application_answers_as_the_service_does(dsn: str, service: str, accounts: Accounts) -> None:
    family = await family_of(await accounts.parent())
    with serving("bare", "tests.load.bare", dsn=dsn) as bare:
        for kind in KINDS:
            (request,) = make_requests(kind, [family])
            answers = [await answer(address, request) for address in (bare.address, service)]
            first, second = (CHANGING.sub(b"", answer) for answer in answers)
            assert first == second


def test_a_server_that_does_not_start() -> None:
    with pytest.raises(RuntimeError, match="doesn't start"), serving("none", "tests.load.none", dsn=""):
        pass
