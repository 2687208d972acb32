"""Answers to requests that the application doesn't get: each has an id of its own, and the request's language."""

from api.http.application import Application
from api.http.client import TrustedProxies
from api.http1.refusals import Refusals
from api.problems.problem import Problem
from api.problems.types import HEADERS_TOO_LARGE, TOO_BUSY, ProblemType
from tests.counting import counting

REFUSALS = Refusals(Application(proxies=TrustedProxies(()), route_handlers=[], origins=["capacitor://app"]).refuse)


def refused(*request: tuple[bytes, bytes], kind: ProblemType = TOO_BUSY, date: bytes = b"date: now\r\n") -> bytes:
    problem = Problem(kind, limit=9) if kind is HEADERS_TOO_LARGE else Problem(kind)
    return REFUSALS.response(problem, request, date, close=False, head=False)


def request_id(response: bytes) -> bytes:
    (line,) = [line for line in response.split(b"\r\n") if line.startswith(b"x-request-id: ")]
    identifier = line.removeprefix(b"x-request-id: ")
    assert response.endswith(b'"urn:nestwerk:request:%b"}' % identifier)
    return identifier


def test_each_has_its_id() -> None:
    assert len({request_id(refused()) for _ in range(100)}) == 100
    assert request_id(refused((b"x-request-id", b"mine"))) == b"mine"
    assert request_id(refused()) != b"mine"


def test_they_are_counted() -> None:
    with counting() as counted:
        refused()
        refused(kind=HEADERS_TOO_LARGE)
        refused()
    assert counted("nestwerk_http_refusals_total", "too_busy") == 2
    assert counted("nestwerk_http_refusals_total", "headers_too_large") == 1


def test_languages_dates_and_kinds_are_not_mixed() -> None:
    for _ in range(2):
        assert b"erg druk" in refused()
        assert b"very busy" in refused((b"accept-language", b"en"))
        assert b"date: later\r\n" in refused(date=b"date: later\r\n")
        assert refused(kind=HEADERS_TOO_LARGE).startswith(b"HTTP/1.1 431 ")
        assert b"retry-after: 1\r\n" in refused()


def test_pages_of_allowed_origins_may_read_them() -> None:
    for _ in range(2):
        for origin in (b"capacitor://app", b"https://evil.example", b"null"):
            line = b"access-control-allow-origin: %b\r\n" % origin
            assert (line in refused((b"origin", origin))) == (origin == b"capacitor://app")
        assert b"access-control" not in refused()
        assert b"vary: Origin\r\n" in refused()


def test_any_number_of_languages_may_be_asked_for() -> None:
    for number in range(1000):
        refused((b"accept-language", b"x-%d" % number))
    assert len(REFUSALS._kept) <= 64
