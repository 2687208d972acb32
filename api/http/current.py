"""Which request is being answered, for the records that are logged meanwhile, wherever that is.

A task that is begun in a request inherits it. What then works for others too, as a merged execution or a connection
that is opened, is begun in a context of its own.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from litestar.types import HTTPScope


class RequestScope(HTTPScope, total=False):
    """ASGI's scope, with what the log says of a request.

    `request_id` is bytes of a few safe characters, `route` the template of its path, `trace_id` and `span_id` are
    hexadecimal (W3C Trace Context), `receiving` the seconds that were spent waiting for the body; `keyed` is there
    for a request with an `Idempotency-Key`. `answer` is there if the server can write an answer in one go: status,
    header lines that are safe to send, other headers, and the body that GET has; `body` is the request's if it's known.
    `fields` are its headers by name, if no name is there twice, for whoever takes them to change; `head_size` is how
    many bytes its head has at most. Other servers than ours give none of these.
    """

    request_id: bytes
    route: str
    trace_id: str
    span_id: str
    receiving: float
    keyed: Any
    span: Any
    body: bytes
    fields: dict[bytes, bytes]
    head_size: int
    answer: Callable[[int, bytes, list[tuple[bytes, bytes]], bytes], None]


_current: Final[ContextVar[RequestScope | None]] = ContextVar("request", default=None)
# Has the task that calls it answer a request.
begin_request: Final = _current.set
# The request that a task answers, or None.
current_request: Final = _current.get
