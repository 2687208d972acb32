"""Requests that come while many are in progress wait as bytes: first come, first served, not for long, none lost."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api.http1 import connection as connection_module
from api.http1 import crowd as crowd_module
from api.http1.connection import Connection
from api.http1.crowd import Crowd
from tests.counting import counting
from tests.http1.serving import LONG, Client, Server, respond, serving
from tests.http1.test_waiting import reset
from tests.waiting import until

GET = b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /%b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
READ = ("nestwerk_http_room_wait_seconds", "read")


class Crowded:
    """A server with as many reads in progress as there may be without a crowd, which end on `release`."""

    def __init__(self, server: Server, begun: list[str], release: Callable[[], None]) -> None:
        self.server, self.begun, self.release = server, begun, release
        self.reads, self.changes = server.connections.reads, server.connections.changes

    def begin(self, request: bytes) -> Client:
        """Send a request, and wait until it's in progress."""
        number = len(self.begun) + 1
        client = self.server.connect().send(request)
        until(lambda: len(self.begun) == number)
        return client

    def queue(self, request: bytes, crowd: Crowd | None = None) -> Client:
        """Send a request, and wait until it waits."""
        crowd = crowd or self.reads
        number = len(crowd.waiting) + 1
        client = self.server.connect().send(request)
        until(lambda: len(crowd.waiting) == number)
        return client


@contextmanager
def crowded(
    monkeypatch: pytest.MonkeyPatch, *, patience: float = 60.0, stands: bool = False, idle: float = LONG.idle
) -> Iterator[Crowded]:
    """A server on which two reads are a crowd, and are in progress; they count for ever, unless it `stands`."""
    for module in (connection_module, crowd_module):
        monkeypatch.setattr(module, "CROWD", 2)
    monkeypatch.setattr(crowd_module, "PATIENCE", patience)
    if not stands:
        monkeypatch.setattr(Connection, "_count_standing", lambda _: None)
    release, begun = asyncio.Event(), list[str]()

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] != "/vital":
            begun.append(scope["path"])
        body = (await receive())["body"]
        if "held" in scope["path"]:
            await release.wait()
        await respond(send, scope["path"].encode() + body)

    limits = type(LONG)(head=60, body=60, idle=idle, send=60)
    with serving(app, limits) as server:

        def end_held() -> None:
            server.loop.call_soon_threadsafe(release.set)

        try:
            found = Crowded(server, begun, end_held)
            for _ in range(2):
                found.begin(GET % b"held")
            yield found
        finally:
            end_held()


def test_the_first_to_come_is_the_first_to_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd, counting() as counted:
        clients = [crowd.queue(GET % b"%d" % number) for number in range(5)]
        assert crowd.begun == ["/held", "/held"]
        crowd.release()
        assert [client.response()[2] for client in clients] == [b"/%d" % number for number in range(5)]
        assert crowd.begun[2:] == [f"/{number}" for number in range(5)]
        assert counted(*READ) > 0
        # Nobody waits any more.
        assert crowd.server.connect().send(GET % b"5").response()[0] == 200
    until(lambda: crowd.reads.in_progress == crowd.changes.in_progress == len(crowd.reads.waiting) == 0)


def test_reads_and_changes_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        assert crowd.server.connect().send(POST % b"1").response()[2] == b"/1abc"
        changes = [crowd.begin(POST % b"held") for _ in range(2)]
        changes.append(crowd.queue(POST % b"2", crowd.changes))
        head = crowd.queue(b"HEAD /3 HTTP/1.1\r\nHost: a\r\n\r\n")
        crowd.release()
        assert [client.response()[2] for client in changes] == [b"/heldabc", b"/heldabc", b"/2abc"]
        head.send(b"")
        until(lambda: "/3" in crowd.begun)


def test_what_is_vital_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        crowd.queue(GET % b"1")
        assert crowd.server.connect().send(GET % b"vital").response()[2] == b"/vital"
        assert "/1" not in crowd.begun


def test_nobody_waits_for_requests_that_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch, stands=True) as crowd:
        # Those in progress wait for something else than the processor.
        assert crowd.server.connect().send(GET % b"1").response()[0] == 200
        until(lambda: crowd.reads.standing == 2)
        crowd.release()
        until(lambda: crowd.reads.in_progress == crowd.reads.standing == 0)


def test_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch, patience=0.1) as crowd:
        clients = [crowd.server.connect().send(GET % b"%d" % number) for number in range(3)]
        assert {client.response()[0] for client in clients} == {200}
        # And who has waited for that long is refused if there's no room.
        admission = crowd.server.connections.admission
        monkeypatch.setattr(admission, "tick", lambda _: None)
        admission.limit = 1
        assert crowd.server.connect().send(GET % b"3").response()[0] == 503
        assert "/3" not in crowd.begun
        assert not admission.waiting


def test_more_of_what_waits_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        half = crowd.queue(b"GET /half HTTP/1.1\r\nHo")
        assert half.send(b"st: a\r\n\r\n").response()[2] == b"/half"
        # It has no place in the line any more.
        crowd.release()
        until(lambda: len(crowd.reads.waiting) == 0)
        assert crowd.begun == ["/held", "/held", "/half"]


def test_half_a_head_that_waited_is_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        half = crowd.queue(b"GET /half HTTP/1.1\r\nHo")
        crowd.release()
        until(lambda: len(crowd.reads.waiting) == 0)
        assert half.send(b"st: a\r\n\r\n").response()[2] == b"/half"


def test_what_was_sent_together_is_answered_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        client = crowd.queue(GET % b"1" + POST % b"2" + GET % b"3")
        crowd.release()
        assert [client.response()[2] for _ in range(3)] == [b"/1", b"/2abc", b"/3"]


def test_what_is_no_request_is_refused_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        # It counts as a change.
        for _ in range(2):
            crowd.begin(POST % b"held")
        broken, sound = (crowd.queue(each, crowd.changes) for each in (b"what\r\n\r\n", POST % b"1"))
        crowd.release()
        assert broken.response()[0] == 400
        assert sound.response()[0] == 200


def test_who_leaves_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd, counting() as counted:
        leaving, staying = crowd.queue(GET % b"1"), crowd.queue(GET % b"2")
        reset(leaving)
        until(lambda: len(crowd.server.connections) == 3)
        crowd.release()
        assert staying.response()[0] == 200
        assert "/1" not in crowd.begun
        until(lambda: crowd.reads.in_progress == 0)
    assert counted(*READ) > 0


def test_who_sends_no_more_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        client = crowd.queue(GET % b"1")
        client.socket.shutdown(socket.SHUT_WR)
        assert client.response()[2] == b"/1"
        assert client.rest() == b""


def test_waiting_is_not_idling(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch, idle=0.2) as crowd:
        client, idle = crowd.queue(GET % b"1"), crowd.server.connect()
        # By then it has waited for longer than a connection may be idle.
        assert b" 408 " in idle.rest()
        crowd.release()
        assert client.response()[2] == b"/1"


def test_who_waits_when_the_server_stops_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        client = crowd.queue(GET % b"1")
        crowd.server.begin_to_stop()
        until(lambda: crowd.server.connections.is_stopping)
        crowd.release()
        status, headers, _ = client.response()
        assert (status, headers["connection"]) == (200, "close")


def test_many_at_once_are_all_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch, stands=True, patience=0.05) as crowd:
        clients = [crowd.server.connect() for _ in range(60)]
        failed: list[int] = []

        def ask(some: list[Client], request: bytes) -> None:
            for _ in range(10):
                for client in some:
                    client.send(request)
                failed.extend(status for client in some if (status := client.response()[0]) != 200)

        threads = [
            threading.Thread(target=ask, args=(clients[start::4], (GET if start % 2 else POST) % b"%d" % start))
            for start in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        crowd.release()
        until(lambda: crowd.server.connections.admission.in_flight == crowd.reads.in_progress == 0)
