"""The metrics' port: formats, and clients that ask for something else, or nothing."""

import socket
from collections.abc import Iterator

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics

from api.metrics import Family
from api.server.monitoring.exposition import _MOST, exposed
from tests.server.monitoring.scraping import fetch, metrics, samples_of
from tests.waiting import LONGEST

FAMILIES = [
    Family("nestwerk_calls_total", "counter", 'Calls, "quoted".', ("route",), (), {("/a",): [3], ("/b",): [1.5]}),
    Family("nestwerk_size", "gauge", "A size.", (), (), {(): [2]}),
    Family("nestwerk_wait_seconds", "histogram", "A wait.", (), (0.1, 1), {(): [2, 0, 1, 7.5]}),
]


@pytest.fixture
def collected() -> list[Family]:
    return list(FAMILIES)


@pytest.fixture
def port(collected: list[Family]) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    number: int = listening.getsockname()[1]
    with exposed([listening], lambda: collected):
        yield number


def test_families_as_prometheus_reads_them(port: int) -> None:
    bucket = "nestwerk_wait_seconds_bucket"
    assert samples_of(metrics(port)) == {
        ("nestwerk_calls_total", frozenset({("route", "/a")})): 3,
        ("nestwerk_calls_total", frozenset({("route", "/b")})): 1.5,
        ("nestwerk_size", frozenset()): 2,
        (bucket, frozenset({("le", "0.1")})): 2,
        (bucket, frozenset({("le", "1.0")})): 2,
        (bucket, frozenset({("le", "+Inf")})): 3,
        ("nestwerk_wait_seconds_count", frozenset()): 3,
        ("nestwerk_wait_seconds_sum", frozenset()): 7.5,
    }


def test_openmetrics_for_who_asks_for_it(port: int) -> None:
    _, content_type, text = fetch(port, accept="application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    assert content_type.startswith("application/openmetrics-text")
    assert text.endswith("# EOF\n")
    read = list(read_openmetrics(text))  # type: ignore[no-untyped-call]
    assert samples_of(read) == samples_of(metrics(port))


def test_other_paths_and_methods(port: int) -> None:
    assert fetch(port, "/") == (404, "text/plain", "Not Found. The metrics are at /metrics.\n")
    assert fetch(port, "/metrics?x=1")[0] == 200
    assert fetch(port, method="HEAD")[::2] == (200, "")
    assert fetch(port, method="POST")[0] == 501


def test_clients_that_send_nothing_keep_nobody_out(port: int) -> None:
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(3 * _MOST)]
    half = socket.create_connection(("127.0.0.1", port))
    half.sendall(b"GET /metrics HTTP/1.1\r\nX-")
    for _ in range(2 * _MOST):
        assert fetch(port)[0] == 200
    # The oldest had to go.
    silent[0].settimeout(LONGEST)
    assert silent[0].recv(1) == b""
    for client in (*silent, half):
        client.close()


def test_metrics_that_cannot_be_read_are_a_line(
    port: int, collected: list[Family], capsys: pytest.CaptureFixture[str]
) -> None:
    collected.append(Family("nestwerk_wrong", "gauge", "", (), (), {("too many labels",): [1]}))
    with pytest.raises(ConnectionError):
        fetch(port)
    assert capsys.readouterr().err == "the metrics can't be given: ValueError\n"
    collected.pop()
    assert fetch(port)[0] == 200
