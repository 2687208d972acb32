"""Requests for which there's no room wait for it: first come, first served, and none is forgotten."""

import asyncio
import socket
import struct
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api.http1 import admission as admission_module
from api.http1.admission import BURST, Admission
from tests.counting import counting
from tests.http1.serving import Client, Server, respond, serving
from tests.waiting import until

GET = b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n"
HELD = GET % b"held"
WAITS = "nestwerk_http_room_wait_seconds"
LONG = 60.0
SHORT = 0.1


class Room:
    """A server that has room for few requests, and the paths of those that it admitted; `/held` ends on `release`."""

    def __init__(self, server: Server, admitted: list[str], release: Callable[[], None]) -> None:
        self.server = server
        self.admitted = admitted
        self.release = release
        self.admission = server.connections.admission

    def fill(self) -> None:
        """Have requests take all the room that there is for such as have waited."""
        for number in range(1, self.admission.sustained + 1):
            self.server.connect().send(HELD)
            self.until_admitted(number)

    def until_admitted(self, number: int) -> None:
        until(lambda: len(self.admitted) == number)

    def until_waiting(self, number: int) -> None:
        until(lambda: len(self.admission.waiting) == number)

    def refuse_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have it be known at once that those which wait have waited for long."""
        monkeypatch.setattr(admission_module, "PATIENCE", 0)
        self.server.loop.call_soon_threadsafe(self.admission._look)

    def queue(self, *requests: bytes) -> list[Client]:
        """Clients whose requests wait, in this order."""
        clients = []
        for request in requests:
            waiting = len(self.admission.waiting)
            clients.append(self.server.connect().send(request))
            self.until_waiting(waiting + 1)
        return clients


def reset(client: Client) -> None:
    """Close a connection so that the server knows that its client is gone: after a mere end it may still read."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.socket.close()


@contextmanager
def room(monkeypatch: pytest.MonkeyPatch, *, limit: int = 1, patience: float = LONG) -> Iterator[Room]:
    """A server with room for one request, or as many as `limit` in a burst, whose limits stay."""
    monkeypatch.setattr(admission_module, "PATIENCE", patience)
    release = asyncio.Event()
    admitted: list[str] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] != "/vital":
            admitted.append(scope["path"])
            if "body" in scope["path"]:
                while (await receive()).get("more_body"):
                    pass
            if "held" in scope["path"]:
                await release.wait()
        await respond(send, scope["path"].encode())

    with serving(app) as server:
        admission = server.connections.admission
        monkeypatch.setattr(admission, "tick", lambda _: None)
        admission.limit, admission.sustained = limit, 1

        def end_held() -> None:
            server.loop.call_soon_threadsafe(release.set)

        try:
            yield Room(server, admitted, end_held)
        finally:
            end_held()


def test_the_first_to_come_is_the_first_to_be_admitted(monkeypatch: pytest.MonkeyPatch) -> None:
    with room(monkeypatch) as crowd, counting() as counted:
        crowd.fill()
        clients = crowd.queue(GET % b"1", GET % b"2", GET % b"3")
        # Room for newcomers is none while others wait.
        crowd.admission.limit = BURST
        clients += crowd.queue(GET % b"4")
        crowd.release()
        assert [client.response()[2] for client in clients] == [b"/1", b"/2", b"/3", b"/4"]
        assert crowd.admitted == ["/held", "/1", "/2", "/3", "/4"]
        # There's room at once again.
        assert crowd.server.connect().send(GET % b"5").response()[0] == 200
    assert crowd.admission.in_flight == 0
    assert counted(WAITS, "admitted") > 0
    assert counted(WAITS, "refused") == counted(WAITS, "left") == 0


def test_a_body_that_is_still_to_come_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    post = b"POST /body%b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
    with room(monkeypatch) as crowd:
        slow, held, gone = (crowd.server.connect().send(post % name) for name in (b"", b"held", b"gone"))
        until(lambda: len(crowd.admitted) == 3)
        assert crowd.server.connect().send(GET % b"1").response()[0] == 200
        # It takes room once it came.
        held.send(b"abc")
        until(lambda: crowd.admission.in_flight == 1)
        (client,) = crowd.queue(GET % b"2")
        # Then it needn't wait for it, as it was admitted.
        assert slow.send(b"abc").response()[2] == b"/body"
        reset(gone)
        until(lambda: len(crowd.server.connections) == 4)
        assert "/2" not in crowd.admitted
        crowd.release()
        assert {held.response()[0], client.response()[0]} == {200}
        until(lambda: crowd.admission.in_flight == 0)


def test_a_body_is_forgotten_when_its_request_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with room(monkeypatch, patience=SHORT) as crowd:
        crowd.fill()
        tracemalloc.start()
        try:
            post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 200_000
            clients = [crowd.server.connect().send(post) for _ in range(10)]
            assert {client.response()[0] for client in clients} == {503}
            kept, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert kept < most / 2
        crowd.release()


def test_a_burst_is_admitted_and_who_comes_behind_it_waits_for_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with room(monkeypatch, limit=3) as crowd:
        for number in range(1, 4):
            crowd.server.connect().send(HELD)
            crowd.until_admitted(number)
        (client,) = crowd.queue(GET % b"1")
        crowd.release()
        assert client.response()[0] == 200
        assert crowd.admitted == ["/held"] * 3 + ["/1"]


def test_room_that_a_better_rate_makes_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with room(monkeypatch) as crowd:
        crowd.fill()
        (client,) = crowd.queue(GET % b"1")
        monkeypatch.setattr(crowd.admission, "tick", lambda seconds: Admission.tick(crowd.admission, seconds))
        assert client.response()[0] == 200
        crowd.release()


def test_who_has_waited_for_long_is_refused_without_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with room(monkeypatch, patience=SHORT) as crowd, counting() as counted:
        crowd.fill()
        # Again and again on one connection, with a body too.
        client = crowd.server.connect()
        for _ in range(2):
            status, headers, body = client.send(GET % b"1").response()
            assert (status, body, "connection" in headers) == (503, b"too_busy", False)
        status, headers, _ = client.send(b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n").response()
        assert (status, headers["connection"]) == (503, "close")
        client.send(b"abc")
        assert client.rest() == b""
        clients = [crowd.server.connect().send(GET % b"1") for _ in range(20)]
        assert {client.response()[0] for client in clients} == {503}
        assert crowd.admitted == ["/held"]
        until(lambda: caplog.records)
        crowd.release()
    told = vars(caplog.records[0])
    assert told["event"] == "overload"
    assert 1 <= told["refused"] <= 23
    assert counted(WAITS, "refused") >= 23 * SHORT
    assert counted(WAITS, "admitted") == 0


def test_what_is_vital_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with room(monkeypatch) as crowd:
        crowd.fill()
        # On its own connection; behind another request it's answered after that, as all are.
        (behind,) = crowd.queue(GET % b"1" + GET % b"vital")
        assert crowd.server.connect().send(GET % b"vital").response()[0] == 200
        assert crowd.admitted == ["/held"]
        crowd.release()
        assert [behind.response()[2] for _ in range(2)] == [b"/1", b"/vital"]


def test_requests_behind_one_that_waits_are_answered_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    with room(monkeypatch) as crowd:
        crowd.fill()
        client, other = crowd.queue(GET % b"1" + GET % b"2" + GET % b"3", GET % b"other")
        crowd.release()
        assert [client.response()[2] for _ in range(3)] == [b"/1", b"/2", b"/3"]
        assert other.response()[0] == 200


def test_a_client_that_leaves_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    with room(monkeypatch) as crowd, counting() as counted:
        crowd.fill()
        leaving, broken, staying = crowd.queue(GET % b"1", GET % b"2" + GET % b"3", GET % b"4")
        reset(leaving)
        reset(broken)
        until(lambda: len(crowd.server.connections) == 2)
        crowd.release()
        assert staying.response()[0] == 200
        assert crowd.admitted == ["/held", "/4"]
        until(lambda: crowd.admission.in_flight == 0)
    assert counted(WAITS, "left") > 0


def test_clients_that_left_are_forgotten_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with room(monkeypatch) as crowd, counting() as counted:
        crowd.fill()
        reset(*crowd.queue(GET % b"1"))
        until(lambda: len(crowd.server.connections) == 1)
        crowd.refuse_all(monkeypatch)
        until(lambda: counted(WAITS, "left") > 0)
        assert not crowd.admission.waiting
        # There are no refusals of nobody, and others are waited for.
        client = crowd.server.connect().send(GET % b"2")
        assert client.response()[0] == 503
        crowd.release()
    assert counted("nestwerk_http_refusals_total", "too_busy") == 1


@pytest.mark.parametrize("has_room", [False, True])
def test_who_waits_when_the_server_stops_is_answered(monkeypatch: pytest.MonkeyPatch, *, has_room: bool) -> None:
    with room(monkeypatch) as crowd:
        crowd.fill()
        client, half = crowd.queue(GET % b"1", b"POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
        crowd.server.begin_to_stop()
        until(lambda: crowd.server.connections.is_stopping)
        if has_room:
            crowd.release()
        else:
            crowd.refuse_all(monkeypatch)
        for each in (client, half):
            status, headers, _ = each.response()
            assert (status, headers["connection"]) == (200 if has_room else 503, "close")
