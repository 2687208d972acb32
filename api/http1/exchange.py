"""One request and its answer, as an ASGI application reads and writes them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from api.http1.heads import (
    BODILESS,
    CLOSE,
    CONTINUE,
    STATUS_LINES,
    Header,
    has_length,
    header_lines,
    length_line,
    response_head,
)
from api.http1.limits import UNREAD_BYTES
from api.problems.problem import Problem
from api.problems.types import REQUEST_TIMEOUT

Message = dict[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]

_DISCONNECTED: Final[Message] = {"type": "http.disconnect"}
_KEEP_ALIVE: Final = b"connection: keep-alive\r\n"
_CHUNKED: Final = b"transfer-encoding: chunked\r\n"
# Bytes of a body from which head and body are written without being joined, which would copy them.
_LARGE: Final = 64 * 1024


class Line(Protocol):
    """What an exchange needs of its connection."""

    def write(self, data: bytes) -> None: ...
    def pause_reading(self) -> None: ...
    def read_on(self) -> None: ...
    def leave_room(self) -> bool: ...
    def take_room(self) -> None: ...
    def may_stay_open(self) -> bool: ...
    def date_line(self) -> bytes: ...
    async def writable(self) -> None: ...


class Exchange:
    """A request whose head was read, until its answer is written.

    `received` counts bytes of the body. `has_waited` says that it's refused if there's no room at once, `is_admitted`
    whether it takes room, `is_complete` whether the whole request was received, `is_cut_off` that it never will be,
    `is_late` that the client took too long. `keep_alive` says whether the client's connection stays open after the
    answer; `is_started` and `is_answered`, how much of that was written.
    """

    # What a request begins with; most of it stays so, and to set it each time would take a while.
    received = 0
    has_waited = False
    is_admitted = False
    is_complete = False
    is_cut_off = False
    is_late = False
    is_started = False
    is_answered = False
    task: asyncio.Task[None] | None = None
    _unread = 0
    _waiter: asyncio.Future[None] | None = None
    _start: Message
    _chunked = False

    def __init__(self, line: Line, scope: dict[str, Any], keep_alive: bool, waits_for_continue: bool) -> None:  # noqa: FBT001
        self._line = line
        self.scope = scope
        self.keep_alive = keep_alive
        self.waits_for_continue = waits_for_continue
        self.http_1_0 = scope["http_version"] == "1.0"
        self._parts: list[bytes] = []

    def feed(self, part: bytes) -> None:
        """Take a part of the body."""
        self.received += len(part)
        if self.is_answered:
            return
        self._parts.append(part)
        self._unread += len(part)
        if self.is_backed_up:
            self._line.pause_reading()
        self.wake()

    def complete(self) -> None:
        """Take the end of the request."""
        self.is_complete = True
        self.waits_for_continue = False
        if self._waiter is not None:
            self.wake()

    @property
    def is_backed_up(self) -> bool:
        """Whether the client is held up, as the application hasn't read what came."""
        return self._unread > UNREAD_BYTES

    def begin(self) -> None:
        """Tell the application by the scope what it can have without waiting for messages.

        `answer` writes a whole answer; `body` is the whole body, if it came in one part.
        """
        self.scope["answer"] = self.answer
        if self.is_complete and len(self._parts) == 1:
            self.scope["body"] = self._parts[0]

    def forget(self) -> bool:
        """Keep no longer what came of the body; whether the client was held up by it."""
        if not self._parts:
            return False
        was_backed_up, self._unread = self.is_backed_up, 0
        self._parts.clear()
        return was_backed_up

    def wake(self) -> None:
        """Have a waiting `receive` look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def receive(self) -> Message:
        """ASGI's `receive`: the next part of the body.

        Raises:
            Problem: `request_timeout`.

        """
        while not (self._parts or self.is_complete or self.is_cut_off):
            if self.is_late:
                raise Problem(REQUEST_TIMEOUT)
            if self.waits_for_continue:
                self.waits_for_continue = False
                self._line.write(CONTINUE)
            self._waiter = asyncio.get_running_loop().create_future()
            # Some dozen clients that send slowly would otherwise have all others refused.
            had_room = self._line.leave_room()
            try:
                await self._waiter
            finally:
                if had_room:
                    self._line.take_room()
        if not self._parts and not self.is_complete:
            return _DISCONNECTED
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        message = {"type": "http.request", "body": body, "more_body": not self.is_complete}
        if self.forget():
            self._line.read_on()
        return message

    def answer(self, status: int, lines: bytes, headers: list[Header], body: bytes) -> None:
        """Write a whole answer: what ASGI's messages say in two is one call here.

        `lines` are of headers whose values are known to hold no end of a line, each with its end; `headers` are others.
        `body` is what GET has, also where the request is HEAD.

        Raises:
            ValueError: one of the `headers` holds the end of a line.
            RuntimeError: an answer has begun already, so that the client has to notice that it isn't whole.

        """
        if self.is_started:
            raise RuntimeError("an answer has begun already")
        others = header_lines(headers)
        line = self._line
        self.keep_alive = self.keep_alive and self.is_complete and line.may_stay_open()
        if not self.keep_alive:
            others += CLOSE
        elif self.http_1_0:
            others += _KEEP_ALIVE
        if status not in BODILESS:
            others += length_line(len(body))
        if self.scope["method"] == "HEAD":
            body = b""
        self.is_started = True
        if len(body) < _LARGE:
            line.write(b"".join((STATUS_LINES[status], line.date_line(), lines, others, b"\r\n", body)))
        else:
            line.write(b"".join((STATUS_LINES[status], line.date_line(), lines, others, b"\r\n")))
            line.write(body)
        self.is_answered = True

    async def send(self, message: Message) -> None:
        """ASGI's `send`: the head of the response, then parts of its body.

        Raises:
            ValueError: a header holds the end of a line.
            ConnectionResetError: more of the body is to come, and the client is gone.

        """
        if message["type"] == "http.response.start":
            self._start = message
            return
        body = message.get("body", b"")
        more = message.get("more_body", False)
        if not self.is_started:
            head = self._head(len(body), more=more)
            self.is_started = True
            if self._chunked:
                body = _chunk(body, last=not more)
            if len(body) < _LARGE:
                self._line.write(head + body)
            else:
                self._line.write(head)
                self._line.write(body)
        else:
            self._line.write(_chunk(body, last=not more) if self._chunked else body)
        if more:
            await self._line.writable()
        else:
            self.is_answered = True

    def _head(self, length: int, *, more: bool) -> bytes:
        status: int = self._start["status"]
        headers: list[Header] = self._start["headers"]
        lines = [self._line.date_line()]
        if status not in BODILESS and not has_length(headers):
            if not more:
                lines.append(length_line(length))
            elif self.scope["method"] == "HEAD":
                # There's no body, and how long GET's would be isn't known.
                pass
            elif self.http_1_0:
                # Its end is the connection's.
                self.keep_alive = False
            else:
                self._chunked = True
                lines.append(_CHUNKED)
        # What is left of the request is dropped, and how much that is isn't known.
        self.keep_alive = self.keep_alive and self.is_complete and self._line.may_stay_open()
        if not self.keep_alive:
            lines.append(CLOSE)
        elif self.http_1_0:
            lines.append(_KEEP_ALIVE)
        return response_head(status, headers, *lines)


def _chunk(body: bytes, *, last: bool) -> bytes:
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return chunk + b"0\r\n\r\n" if last else chunk
