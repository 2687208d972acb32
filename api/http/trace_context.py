"""W3C Trace Context: the header in which a client says which trace a request is a part of."""

import re
from collections.abc import Mapping
from random import getrandbits
from typing import Final, NamedTuple

from api import telemetry
from api.http.current import RequestScope

# Versions after the first may have more behind a dash (https://www.w3.org/TR/trace-context/, section 4.3).
_HEADER: Final = re.compile(rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED: Final = 1


class TraceParent(NamedTuple):
    """A client's trace, its span there, and whether it records them; ids are hexadecimal."""

    trace_id: str
    span_id: str
    is_sampled: bool


def parse_traceparent(header: bytes) -> TraceParent | None:
    """The trace that a header names; None if it's malformed, as the specification has it ignored then."""
    match = _HEADER.fullmatch(header)
    if match is None or (match[1] == b"00" and match[5] is not None):
        return None
    return TraceParent(match[2].decode(), match[3].decode(), bool(int(match[4], 16) & _SAMPLED))


def begin_trace(scope: RequestScope, headers: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Have a request be a part of its client's trace, or of a new one if it's recorded; returns its answer's header."""
    parent = parse_traceparent(headers.get(b"traceparent", b""))
    tracing = telemetry.tracing
    scope["span"] = span = None if tracing is None else tracing.begin_request(parent)
    if tracing is not None and span is not None:
        scope["trace_id"], scope["span_id"] = tracing.ids(span)
    elif parent is not None:
        scope["trace_id"], scope["span_id"] = parent.trace_id, f"{getrandbits(64) or 1:016x}"
    if parent is None:
        return []
    answer = f"00-{scope['trace_id']}-{scope['span_id']}-{int(span is not None):02x}"
    return [(b"traceparent", answer.encode())]
