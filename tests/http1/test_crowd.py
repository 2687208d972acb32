"""Requests that come while many are in progress wait as bytes: first come, first served, not for long, none lost."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, cast

import pytest

from api.http1 import connection as connection_module
from api.http1 import connections as connections_module
from api.http1 import crowd as crowd_module
from api.http1.admission import ROOM_WAITS
from api.http1.connection import Connection
from api.http1.crowd import Crowd
from api.http1.reading import RequestReader
from tests.asgi import whole_body
from tests.http1.serving import LONG, Client, Server, respond, serving
from tests.http1.test_waiting import reset
from tests.waiting import LONGEST, until, until_so

GET = b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /%b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
NEVER = 60.0


def times_read() -> float:
    """How many waited as bytes until they were read, since the process started."""
    return sum(ROOM_WAITS.family.cells.get(("read",), [])[:-1])


class Crowded:
    """A server with as many reads in progress as there may be without a crowd, which end on `release`."""

    def __init__(self, server: Server, begun: list[str], release: Callable[[], None]) -> None:
        self.server, self.begun, self.release = server, begun, release
        self.slow: list[Client] = []
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


def make_small(monkeypatch: pytest.MonkeyPatch, *, look: float, patience: float) -> None:
    """Have two requests be a crowd."""
    for module in (connection_module, crowd_module):
        monkeypatch.setattr(module, "CROWD", 2)
    monkeypatch.setattr(crowd_module, "LOOK", look)
    monkeypatch.setattr(crowd_module, "PATIENCE", patience)


def connections(crowd: Crowded) -> list[Connection]:
    return [cast("Connection", each) for each in list(crowd.server.connections._all)]


@contextmanager
def crowded(
    monkeypatch: pytest.MonkeyPatch, *, look: float = NEVER, patience: float = NEVER, idle: float = LONG.idle
) -> Iterator[Crowded]:
    """A server on which two reads are a crowd, and are in progress."""
    make_small(monkeypatch, look=look, patience=patience)
    release, begun = asyncio.Event(), list[str]()

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] != "/vital":
            begun.append(scope["path"])
        body = await whole_body(receive)
        if "held" in scope["path"]:
            await release.wait()
        if "stream" in scope["path"]:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"a", "more_body": True})
            await release.wait()
        await respond(send, scope["path"].encode() + body)

    limits = type(LONG)(head=60, body=60, idle=idle, send=60)
    with serving(app, limits) as server:

        def end_held() -> None:
            server.loop.call_soon_threadsafe(release.set)

        try:
            found = Crowded(server, begun, end_held)
            found.slow = [found.begin(GET % b"held") for _ in range(2)]
            yield found
        finally:
            end_held()


class Waiting:
    """A connection whose request waits, and tells when it's read."""

    def __init__(self, name: str, told: list[str], *, error: Exception | None = None) -> None:
        self._name, self._told, self._error = name, told, error

    def read_held(self, _: float) -> bool:
        self._told.append(self._name)
        if self._error is not None:
            raise self._error
        return True


async def test_who_waits_is_read_when_another_leaves_and_before_newcomers(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch, look=NEVER, patience=NEVER)
    crowd, told = Crowd(), list[str]()
    first, second = crowd.enter(), crowd.enter()
    assert crowd.is_full
    crowd.hold(Waiting("a", told))
    crowd.hold(Waiting("b", told))
    crowd.leave(first)
    # There's room, and it isn't for who comes now.
    assert crowd.is_full
    assert told == []
    crowd.leave(second)
    await asyncio.sleep(0)
    assert told == ["a", "b"]
    assert not crowd.is_full


async def test_what_takes_long_is_no_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch, look=0.02, patience=NEVER)
    crowd, told = Crowd(), list[str]()
    slow = [crowd.enter() for _ in range(2)]
    for name in ("a", "b"):
        crowd.hold(Waiting(name, told))
    begun = monotonic()
    await until_so(lambda: told)
    assert monotonic() - begun >= 0.02
    assert told == ["a", "b"]
    # What begins now counts, and when what took long ends there's no more room than before.
    crowd.enter()
    for cohort in slow:
        crowd.leave(cohort)
    assert not crowd.is_full
    crowd.enter()
    assert crowd.is_full


async def test_nobody_waits_for_long_where_others_always_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch, look=0.01, patience=0.1)
    crowd, told = Crowd(), list[str]()

    async def crowd_until(number: int) -> None:
        while len(told) < number:
            for _ in range(2):
                crowd.enter()
            await asyncio.sleep(0.001)

    async with asyncio.timeout(LONGEST):
        begun = monotonic()
        crowd.enter()
        crowd.enter()
        crowd.hold(Waiting("a", told))
        await asyncio.sleep(0.005)
        crowd.hold(Waiting("b", told))
        await crowd_until(2)
        assert monotonic() - begun >= 0.1
        # And again, once nobody waited.
        crowd.hold(Waiting("c", told))
        await crowd_until(3)
    assert told == ["a", "b", "c"]


async def test_an_error_of_one_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch, look=0.01, patience=0.0)
    errors: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context["exception"]))
    crowd, told, error = Crowd(), list[str](), ValueError("of a test")
    for _ in range(2):
        crowd.enter()
    crowd.hold(Waiting("a", told, error=error))
    crowd.hold(Waiting("b", told))
    await until_so(lambda: len(told) == 2)
    assert (told, errors) == (["a", "b"], [error])


def test_the_first_to_come_is_the_first_to_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    before = times_read()
    with crowded(monkeypatch) as crowd:
        clients = [crowd.queue(GET % b"%d" % number) for number in range(5)]
        assert crowd.begun == ["/held", "/held"]
        crowd.release()
        assert [client.response()[2] for client in clients] == [b"/%d" % number for number in range(5)]
        assert crowd.begun[2:] == [f"/{number}" for number in range(5)]
        # Nobody waits any more.
        assert crowd.server.connect().send(GET % b"5").response()[0] == 200
    assert times_read() == before + 5


def test_reads_and_changes_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        assert crowd.server.connect().send(POST % b"1").response()[2] == b"/1abc"
        changes = [crowd.begin(POST % b"held") for _ in range(2)]
        changes.append(crowd.queue(POST % b"2", crowd.changes))
        crowd.queue(b"HEAD /3 HTTP/1.1\r\nHost: a\r\n\r\n")
        crowd.release()
        assert [client.response()[2] for client in changes] == [b"/heldabc", b"/heldabc", b"/2abc"]
        until(lambda: "/3" in crowd.begun)


@pytest.mark.parametrize("start", [b"GET /vital", b"HEAD /vital", b"GET /vital?a=b"])
def test_what_is_vital_does_not_wait(monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    with crowded(monkeypatch) as crowd:
        crowd.queue(GET % b"1")
        crowd.queue(GET % b"vital-to-me")
        vital = crowd.server.connect().send(start + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        assert vital.socket.recv(15) == b"HTTP/1.1 200 OK"
        assert crowd.begun == ["/held", "/held"]


def test_nobody_waits_for_requests_of_clients_that_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch, look=0.02) as crowd:
        for client in crowd.slow:
            reset(client)
        until(lambda: len(crowd.server.connections) == 0)
        assert crowd.server.connect().send(GET % b"1").response()[0] == 200


def test_who_waits_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        admission = crowd.server.connections.admission
        monkeypatch.setattr(admission, "tick", lambda _: None)
        first, left = crowd.queue(GET % b"1" + GET % b"2"), crowd.queue(GET % b"left")
        reset(left)
        until(lambda: admission.held == 1)
        # Those in progress and the one that waits take all the room, so who comes now waits for that, as always.
        admission.limit = 3
        last = crowd.server.connect().send(GET % b"3")
        until(lambda: len(admission.waiting) == 1)
        assert crowd.server.connect().send(GET % b"vital").response()[0] == 200
        # By now little is answered. Who came before isn't refused, as whoever was in progress isn't.
        admission.limit = 1
        crowd.release()
        assert [client.response()[2] for client in (first, first, last)] == [b"/1", b"/2", b"/3"]
        until(lambda: admission.held == admission.in_flight == 0)


def test_more_of_what_waits_waits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        half = crowd.queue(b"GET /half HTTP/1.1\r\nHo")
        half.send(b"st: a\r\n\r\n")
        other = crowd.queue(GET % b"other")
        assert crowd.begun == ["/held", "/held"]
        crowd.release()
        assert half.response()[2] == b"/half"
        assert other.response()[2] == b"/other"
        assert crowd.begun[2:] == ["/half", "/other"]


def test_what_is_large_is_read_before_it_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        for _ in range(2):
            crowd.begin(POST % b"held")
        body = b"x" * 100_000
        head = b"POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
        large = crowd.queue(head, crowd.changes)
        large.send(body)
        assert large.response()[0] == 200
        assert crowd.server.connections.admission.held == 0
        assert crowd.begun[-1] == "/large"
        # It has no place in the line any more.
        again = large.send(POST % b"again")
        until(lambda: len(crowd.changes.waiting) == 2)
        other = crowd.queue(POST % b"other", crowd.changes)
        crowd.release()
        assert other.response()[2] == b"/otherabc"
        assert again.response()[2] == b"/againabc"
        assert crowd.begun[-2:] == ["/again", "/other"]


def test_newcomers_wait_behind_those_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        old = crowd.queue(GET % b"old")
        # As if others had ended just now, and nobody had been read in their place yet.
        admission = crowd.server.connections.admission
        admission.in_flight -= 2
        new = crowd.queue(GET % b"new")
        admission.in_flight += 2
        crowd.release()
        assert [client.response()[2] for client in (old, new)] == [b"/old", b"/new"]
        assert crowd.begun[2:] == ["/old", "/new"]


def test_what_was_begun_before_is_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch) as crowd:
        post = POST % b"begun"
        client = crowd.server.connect().send(post[:20])
        until(lambda: any(each._reader.in_head for each in connections(crowd)))
        busy = [crowd.begin(POST % b"held") for _ in range(2)]
        assert client.send(post[20:]).response()[2] == b"/begunabc"
        # What is behind a request of the same connection waits for that anyway.
        busy[0].send(POST % b"behind")
        until(lambda: any(each._pending for each in connections(crowd)))
        assert not crowd.changes.waiting
        crowd.release()
        assert [busy[0].response()[2] for _ in range(2)] == [b"/heldabc", b"/behindabc"]


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
    before = times_read()
    with crowded(monkeypatch) as crowd:
        leaving, staying = crowd.queue(GET % b"1"), crowd.queue(GET % b"2")
        reset(leaving)
        until(lambda: len(crowd.server.connections) == 3)
        crowd.release()
        assert staying.response()[0] == 200
        assert "/1" not in crowd.begun
        until(lambda: crowd.server.connections.admission.in_flight == 0)
    assert times_read() == before + 1


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
    monkeypatch.setattr(connections_module, "FAREWELL_SECONDS", 0)
    with crowded(monkeypatch) as crowd:
        client, half = crowd.queue(GET % b"1"), crowd.queue(GET[:8])
        idle = crowd.server.connect()
        crowd.server.begin_to_stop()
        # By then those that are idle were parted with.
        assert b" 408 " in idle.rest()
        crowd.release()
        status, headers, _ = client.response()
        assert (status, headers["connection"]) == (200, "close")
        assert b" 408 " in half.rest()


def test_a_connection_that_fails_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = RequestReader.feed

    def fail(reader: RequestReader, data: bytes) -> None:
        if data.startswith(b"GET /1 "):
            raise ValueError
        feed(reader, data)

    monkeypatch.setattr(RequestReader, "feed", fail)
    with crowded(monkeypatch, look=0.1) as crowd:
        client, other = (crowd.server.connect().send(GET % name) for name in (b"1", b"2"))
        assert client.rest() == b""
        assert other.response()[2] == b"/2"


@pytest.mark.parametrize("path", [b"held-body", b"stream"])
def test_who_waits_for_its_client_is_no_crowd(monkeypatch: pytest.MonkeyPatch, path: bytes) -> None:
    with crowded(monkeypatch) as crowd:
        post = b"POST /%b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n" % path
        slow = [crowd.begin(post + (b"abc" if path == b"stream" else b"")) for _ in range(2)]
        if path == b"stream":
            for client in slow:
                assert client.socket.recv(15) == b"HTTP/1.1 200 OK"
        assert crowd.server.connect().send(POST % b"1").response()[0] == 200
        if path != b"stream":
            # They are one once the client sent it.
            for client in slow:
                client.send(b"abc")
            until(lambda: crowd.changes.is_full)
            last = crowd.queue(POST % b"2", crowd.changes)
            crowd.release()
            assert last.response()[0] == 200
        crowd.release()


def test_many_at_once_are_all_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with crowded(monkeypatch, look=0.02, patience=0.05) as crowd:
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
        until(lambda: crowd.server.connections.admission.in_flight == 0)
