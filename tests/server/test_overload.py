"""More requests than the service can answer, and clients that don't wait for their answers."""

import asyncio
import resource
import socket
import struct
import time
from contextlib import ExitStack
from itertools import cycle
from typing import Final
from urllib.parse import urlsplit

from api.database.aliases import Connection
from api.database.single import SINGLE_CONNECTIONS
from tests.accounts import Accounts, Parent
from tests.backends import BACKENDS, BUSY, WORKERS, wait_for_workers
from tests.waiting import LONGEST

CANCELLED: Final = 10_000
# Clients at a time.
LEAVING: Final = 400
# So few that all come before the first statement has waited for its lock as long as it may, also where that is slow.
REFUSED: Final = 60
NOBODYS: Final = 10**9
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


def request(parent: Parent, line: str, body: str = "") -> bytes:
    head = f"{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {parent.token}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def ask_and_leave(address: str, requests: list[bytes]) -> None:
    """Send requests, each over another connection, and close the connections before the responses."""
    place = urlsplit(address)
    connections = [socket.create_connection((place.hostname or "", place.port or 80)) for _ in requests]
    for connection, sent in zip(connections, requests, strict=True):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        connection.sendall(sent)
    # Long enough to be read, too short to be answered.
    time.sleep(0.01)
    for connection in connections:
        connection.close()


async def test_ten_thousand_clients_that_disconnect(
    dsn: str, service: str, accounts: Accounts, database: Connection
) -> None:
    # Each has less under way than an account may have.
    parents = [await accounts.parent() for _ in range(LEAVING // 20)]
    # Merged statements, reading and writing, and one on a connection of the pool.
    kinds = [
        request(parent, *line)
        for parent in parents
        for line in (
            ("GET /api/child-profiles",),
            ("POST /api/parenting-goals", '{"title":"Voorlezen"}'),
            ("GET /api/child-profiles",),
            (f"DELETE /api/child-profiles/{NOBODYS}",),
        )
    ]
    await asyncio.to_thread(wait_for_workers, dsn)
    before = await database.fetch(BACKENDS)
    for _ in range(CANCELLED // LEAVING):
        await asyncio.to_thread(ask_and_leave, service, kinds * (LEAVING // len(kinds)))
    async with asyncio.timeout(LONGEST):
        while await database.fetchval(BUSY):
            await asyncio.sleep(0.01)
    assert await database.fetch(BACKENDS) == before
    # Some had begun.
    assert await database.fetchval(
        "select count(*) from parenting_goals where parent_profile_id = any($1)",
        [parent.parent_profile_id for parent in parents],
    )
    # What has come faster than it was answered is refused for some moments more.
    parent = await accounts.parent()
    for sent, status in (("GET /api/child-profiles", 200), (f"DELETE /api/child-profiles/{NOBODYS}", 404)):
        statuses = {503}
        async with asyncio.timeout(LONGEST):
            while 503 in statuses:
                answers = await asyncio.gather(*[parent.client.request(*sent.split(" ")) for _ in range(32)])
                statuses = {answer.status_code for answer in answers}
        assert statuses == {status}


def ask_together(address: str, requests: list[bytes], number: int) -> list[bytes]:
    """First bytes of the responses to requests, whose connections all stay open until the last response."""
    place = urlsplit(address)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        connections = [
            stack.enter_context(socket.create_connection((place.hostname or "", place.port or 80), timeout=LONGEST))
            for _ in range(number)
        ]
        answers = []
        pairs = list(zip(connections, cycle(requests), strict=False))
        # So few at a time are no overload, however busy the machine is.
        for start in range(0, number, 50):
            together = pairs[start : start + 50]
            for connection, sent in together:
                connection.sendall(sent)
            answers += [connection.recv(len("HTTP/1.1 200")) for connection, _ in together]
        return answers


async def test_many_open_connections_block_no_other_request(service: str, accounts: Accounts) -> None:
    requests = [request(await accounts.parent(), "GET /api/users/me") for _ in range(50)]
    answers = await asyncio.to_thread(ask_together, service, requests, 1200)
    assert set(answers) == {b"HTTP/1.1 200"}


async def test_requests_that_get_no_connection_in_time_are_refused(
    service: str, accounts: Accounts, database: Connection
) -> None:
    answers: list[bytes] = []

    async def ask(parent: Parent) -> None:
        sent = request(parent, f"DELETE /api/parenting-goals/{NOBODYS}")
        sent = sent.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        reader, writer = await asyncio.open_connection(urlsplit(service).hostname, urlsplit(service).port)
        writer.write(sent)
        answers.append(await reader.read())
        writer.close()
        await writer.wait_closed()

    parents = [await accounts.parent() for _ in range(WORKERS * SINGLE_CONNECTIONS + REFUSED)]
    async with database.transaction():
        await database.execute("lock table parenting_goals in access exclusive mode")
        tasks = [asyncio.create_task(ask(parent)) for parent in parents]
        async with asyncio.timeout(LONGEST):
            # All except those whose statements wait for the lock.
            while len(answers) < REFUSED:
                await asyncio.sleep(0.01)
        refused = answers[:]
    await asyncio.gather(*tasks)
    for answer in refused:
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nretry-after: 1\r\n" in answer
        assert b'"code":"too_busy"' in answer
    assert all(answer.startswith(b"HTTP/1.1 404 ") for answer in answers[len(refused) :])
