"""Requests of a connection are read: llhttp parses what comes, and what is malformed or too large is refused."""

from typing import Any, Final, Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from api.http1.exchange import Exchange, Line
from api.http1.heads import Header, InvalidTargetError, split_target
from api.http1.limits import FRAMING_BYTES, HEAD_BYTES, HEADER_LINES
from api.problems.problem import Problem
from api.problems.types import (
    HEADERS_TOO_LARGE,
    HTTP_VERSION_NOT_SUPPORTED,
    MALFORMED_REQUEST,
    UNKNOWN_TRANSFER_CODING,
)

_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})
_NOTED: Final = frozenset({b"expect", b"transfer-encoding"})
# ASGI's scope of GET, with places for what differs; to copy it takes half as long as to make it anew.
_SCOPE: Final[dict[str, Any]] = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.4"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/",
    "raw_path": b"/",
    "query_string": b"",
    "root_path": "",
    "headers": (),
    "client": None,
    "server": None,
}
_METHODS: Final = {
    name.encode(): name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE")
}


class _RefusedError(Exception):
    """Ends the parsing of a head that is refused."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class Clock(Protocol):
    """What tells the time."""

    now: float


class Taker(Line, Protocol):
    """Who takes the requests of a connection, and answers them."""

    def take(self, exchange: Exchange) -> None:
        """Take a request whose head was read."""

    def refuse(self, problem: Problem) -> None:
        """Refuse what is being read."""

    def drop(self, size: int) -> None:
        """Count bytes that are dropped: of a body that was answered already, or behind the last request."""

    def end_unless_answering(self) -> None:
        """End the connection, as all of a request was read whose answer says that it's the last."""


class RequestReader:
    """Reads one request after another, until it's deaf.

    `exchange` is the request whose body is being read, and `since` the time when the head of the last one began.
    """

    def __init__(self, taker: Taker, clock: Clock) -> None:
        self.client: tuple[str, int] = ("unknown", 0)
        self.exchange: Exchange | None = None
        self.since = clock.now
        self.is_deaf = False
        # Of the request whose head is being read, or was read last.
        self.in_head = False
        self.headers: list[Header] = []
        # The last value of each name, while a head is read.
        self._fields: dict[bytes, bytes] = {}
        self._head_bytes = 0
        # Bytes of what `feed` was given last.
        self._size = 0
        self._target = b""
        self._expects_continue = False
        self._transfer_coding = b""
        # Bytes of chunk headers and trailers of the request.
        self._framing = 0
        # Whether the head that the parser is given is one that was read already.
        self._is_reframing = False
        self._taker = taker
        self._clock = clock
        self._parser = HttpRequestParser(self)

    def stop(self) -> None:
        """Read no more requests, and nothing more of one."""
        self.is_deaf = True
        self.in_head = False
        self.exchange = None

    def feed(self, data: bytes) -> None:
        """Parse what came."""
        self._size = len(data)
        exchange = self.exchange
        if self.is_deaf:
            self._taker.drop(len(data))
        elif exchange is None:
            self._parse(data)
        else:
            received = exchange.received
            self._parse(data)
            if exchange is self.exchange:
                self._count_framing(exchange, len(data), exchange.received - received)
        if self.in_head:
            self._head_bytes += len(data)
            # Many short lines take far more memory than their bytes.
            if self._head_bytes > HEAD_BYTES or len(self.headers) > HEADER_LINES:
                self._taker.refuse(Problem(HEADERS_TOO_LARGE, limit=HEAD_BYTES))

    def _count_framing(self, exchange: Exchange, size: int, content: int) -> None:
        """Count what came of a body, and how much of that is content."""
        self._framing += size - content
        if self._framing > FRAMING_BYTES:
            self._taker.refuse(Problem(MALFORMED_REQUEST))
        elif exchange.is_answered:
            self._taker.drop(size)

    def _parse(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            # The service speaks no other protocol, so the client goes on in this one. The parser doesn't, and has left
            # the body out; a new one gets a head that says how it's framed.
            self._parser = HttpRequestParser(self)
            self._is_reframing = self.exchange is not None
            self._parse(self._framing_head() + data[upgrade.args[0] :])
        except HttpParserError as error:
            if isinstance(error.__context__, _RefusedError):
                self._taker.refuse(error.__context__.problem)
            else:
                is_http_2 = self._parser.get_method() == b"PRI"
                self._taker.refuse(Problem(HTTP_VERSION_NOT_SUPPORTED if is_http_2 else MALFORMED_REQUEST))

    def _framing_head(self) -> bytes:
        if self.exchange is None:
            return b""
        framing = [(name, value) for name, value in self.exchange.scope["headers"] if name in _FRAMING]
        return b"POST / HTTP/1.1\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % line for line in framing)

    # httptools' callbacks

    def on_message_begin(self) -> None:
        if self._is_reframing or self.is_deaf:
            return
        self.in_head = True
        self.since = self._clock.now
        self._head_bytes = 0
        self._target = b""
        self.headers = []

    def on_url(self, part: bytes) -> None:
        if self.in_head:
            self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.in_head:
            # It's of a head for framing, which was read before, or a trailer, which must not pass for a header.
            return
        name = name.lower()
        if value and value[-1] in b" \t":
            value = value.rstrip(b" \t")
        self.headers.append((name, value))
        self._fields[name] = value
        if name in _NOTED:
            self._note(name, value.lower())

    def _note(self, name: bytes, value: bytes) -> None:
        if name == b"expect":
            self._expects_continue = value == b"100-continue"
        else:
            # Several are joined, so that none is overlooked.
            self._transfer_coding = b", ".join(filter(None, (self._transfer_coding, value)))

    def on_headers_complete(self) -> None:
        self._is_reframing = False
        if not self.in_head:
            return
        self.in_head = False
        # They may have come all at once.
        if len(self.headers) > HEADER_LINES:
            raise _RefusedError(Problem(HEADERS_TOO_LARGE, limit=HEAD_BYTES))
        keep_alive = self._parser.should_keep_alive()
        version = self._version(keep_alive=keep_alive)
        if self._transfer_coding:
            self._check_transfer_coding(version)
        try:
            path, raw_path, query = split_target(self._target)
        except InvalidTargetError:
            raise _RefusedError(Problem(MALFORMED_REQUEST)) from None
        method = self._parser.get_method()
        scope = _SCOPE.copy()
        scope["http_version"] = version
        if method != b"GET":
            scope["method"] = _METHODS.get(method) or method.decode()
        scope["path"] = path
        scope["raw_path"] = raw_path
        scope["query_string"] = query
        scope["headers"] = self.headers
        scope["client"] = self.client
        scope["head_size"] = self._head_bytes + self._size
        fields, self._fields = self._fields, {}
        if len(fields) == len(self.headers):
            scope["fields"] = fields
        waits_for_continue = self._expects_continue and version == "1.1"
        self._expects_continue = False
        self._framing = 0
        self.exchange = exchange = Exchange(self._taker, scope, keep_alive, waits_for_continue)
        self._taker.take(exchange)

    def _version(self, *, keep_alive: bool) -> str:
        """HTTP's version of a request.

        Raises:
            _RefusedError: it's neither 1.1 nor 1.0.

        """
        if keep_alive and b"connection" not in self._fields and b"proxy-connection" not in self._fields:
            # Of those that the parser takes (0.9, 1.0, 1.1 and 2.0) only this one keeps a connection open without
            # being asked by one of these headers. To have it write the version takes a hundredth of a request's time.
            return "1.1"
        version = self._parser.get_http_version()
        if version not in {"1.1", "1.0"}:
            raise _RefusedError(Problem(HTTP_VERSION_NOT_SUPPORTED))
        return version

    def _check_transfer_coding(self, version: str) -> None:
        # Proxies disagree where a body of HTTP/1.0 in chunks ends (RFC 9112, section 6.1).
        if version == "1.0":
            raise _RefusedError(Problem(MALFORMED_REQUEST))
        if self._transfer_coding != b"chunked":
            raise _RefusedError(Problem(UNKNOWN_TRANSFER_CODING))
        self._transfer_coding = b""

    def on_body(self, part: bytes) -> None:
        if self.exchange is not None:
            self.exchange.waits_for_continue = False
            self.exchange.feed(part)

    def on_message_complete(self) -> None:
        exchange = self.exchange
        if exchange is None or (self._parser.should_upgrade() and _is_body_missing(exchange)):
            return
        self.exchange = None
        exchange.complete()
        if exchange.is_answered and not exchange.keep_alive:
            self._taker.end_unless_answering()


def _is_body_missing(exchange: Exchange) -> bool:
    """Whether a request has a body that isn't there yet; it's asked before all of the request is parsed."""
    return not exchange.is_complete and any(
        name in _FRAMING and value.strip(b"0") for name, value in exchange.scope["headers"]
    )
