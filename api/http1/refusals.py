"""Answers to requests that the application doesn't get."""

from collections.abc import Callable, Sequence
from random import getrandbits
from typing import Final

from api.http1.heads import CLOSE, Header, length_line, response_head
from api.metrics import Counter
from api.problems.problem import Problem

# Answer by the lines of a request's head: status, headers and body.
Refuse = Callable[[Problem, Sequence[Header]], tuple[int, list[Header], bytes]]

# Stands for the request's id in an answer that is kept.
_ID: Final = b"0123456789abcdef"
# Answers that are kept, each for a second at most, as it has the date.
_KEPT: Final = 64
_REFUSALS: Final = Counter(
    "nestwerk_http_refusals_total",
    "Requests that were refused before they had a route, and idle connections that were ended (request_timeout).",
    "code",
)


class Refusals:
    """Makes responses; refusing a request must cost little, as they are many when the service is busy."""

    def __init__(self, refuse: Refuse) -> None:
        self._refuse = refuse
        self._kept: dict[tuple[str, bytes | None, bytes | None, bytes, bool, bool], bytes] = {}

    def response(
        self, problem: Problem, request: Sequence[Header], date_line: bytes, *, close: bool, head: bool
    ) -> bytes:
        """Whole response to a request; without its body if that is HEAD, and with the id that the request has."""
        _REFUSALS.add(problem.type.code)
        headers = dict(request)
        if problem.parameters or b"x-request-id" in headers:
            return self._make(problem, request, date_line, close=close, head=head)
        language, origin = headers.get(b"accept-language"), headers.get(b"origin")
        key = (problem.type.code, language, origin, date_line, close, head)
        response = self._kept.get(key)
        if response is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            response = self._make(problem, [*request, (b"x-request-id", _ID)], date_line, close=close, head=head)
            self._kept[key] = response
        return response.replace(_ID, b"%016x" % getrandbits(64))

    def _make(self, problem: Problem, request: Sequence[Header], date_line: bytes, *, close: bool, head: bool) -> bytes:
        status, headers, body = self._refuse(problem, request)
        lines = [date_line, length_line(len(body))]
        if close:
            lines.append(CLOSE)
        return response_head(status, headers, *lines) + (b"" if head else body)
