"""What a client's connection may take of a worker."""

from typing import Final

import msgspec

# Bytes a second that a client has to send of a body, or take of an answer, at least, after the first seconds.
LEAST_RATE: Final = 500
# Bytes and lines of a request's head.
HEAD_BYTES: Final = 64 * 1024
HEADER_LINES: Final = 100
# Bytes of a body that were received and not yet read by the application; the client is held up until they are.
UNREAD_BYTES: Final = 256 * 1024
# Bytes that are read and dropped after an early answer: a client that still sends would lose the answer to a reset.
# Photos of phones have less.
DROPPED_BYTES: Final = 16 * 1024 * 1024
# Bytes of chunk headers and trailers that a body may have besides its content.
FRAMING_BYTES: Final = 64 * 1024
# Seconds that a connection is read on after its last answer was sent, until the client closes it.
LINGER_SECONDS: Final = 5.0
# Seconds that idle connections stay open when a worker stops: a request may be on its way.
FAREWELL_SECONDS: Final = 0.5
# Seconds since its first byte that a request has to be whole when a worker stops.
LAST_REQUEST_SECONDS: Final = 5.0


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits that an operator may set; times are in seconds.

    `head` is for a request's head, from its first byte; `body` for its body, and a second more for each `LEAST_RATE`
    bytes of it; `idle` for a connection on which no request has begun; `send` for an answer that the client takes
    slower than `LEAST_RATE`. `connections` and `connections_per_address` are of a worker.
    """

    head: float = 15.0
    body: float = 20.0
    idle: float = 75.0
    send: float = 30.0
    connections: int = 16_384
    connections_per_address: int = 4_096
