"""Spans: which requests are recorded, and what happens without OpenTelemetry."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Final

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api import telemetry
from api.http.trace_context import TraceParent
from api.paths import ROOT
from api.telemetry import spans
from api.telemetry.spans import MOST_A_SECOND, Tracing

SAMPLED: Final = TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", is_sampled=True)
UNSAMPLED: Final = SAMPLED._replace(is_sampled=False)
WITHOUT: Final = """
import sys
sys.modules["opentelemetry"] = None
import api.server.worker
from api.commands.serve import run
from api.settings import Settings
run(None, Settings(otlp_endpoint="http://127.0.0.1:1"))
"""


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter: InMemorySpanExporter) -> Iterator[Tracing]:
    made = Tracing(SimpleSpanProcessor(exporter), 0.5)
    yield made
    made.stop()


def test_a_client_decides_or_else_chance(tracing: Tracing, monkeypatch: pytest.MonkeyPatch) -> None:
    for chance, recorded in ((0.4, True), (0.6, False)):
        monkeypatch.setattr(spans, "random", lambda chance=chance: chance)
        assert (tracing.begin_request(None) is not None) == recorded
        assert tracing.begin_request(SAMPLED) is not None
        assert tracing.begin_request(UNSAMPLED) is None
        assert tracing.callers == ()


def test_clients_can_not_have_everything_recorded(tracing: Tracing, monkeypatch: pytest.MonkeyPatch) -> None:
    for now in (1000.0, 1001.0):
        monkeypatch.setattr(spans, "monotonic", lambda now=now: now)
        begun = [tracing.begin_request(SAMPLED) for _ in range(2 * MOST_A_SECOND)]
        assert sum(span is not None for span in begun) == MOST_A_SECOND


async def test_an_execution_that_fails(tracing: Tracing, exporter: InMemorySpanExporter) -> None:
    async def fail() -> None:
        raise ValueError("geheim")

    request = tracing.begin_request(SAMPLED)
    assert request is not None
    with pytest.raises(ValueError, match="geheim"):
        await tracing.traced(fail(), "get_user", 1, tracing.callers)
    tracing.end_request(request, "GET", "/api/user", 500, "id")
    execution, ended = exporter.get_finished_spans()
    assert execution.attributes is not None
    assert execution.attributes["error.type"] == "ValueError"
    assert not execution.status.is_ok
    assert not ended.status.is_ok
    assert all("geheim" not in span.to_json() for span in (execution, ended))


async def test_an_execution_for_requests_that_are_not_recorded(
    tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    async def succeed() -> int:
        return 1

    assert await tracing.traced(succeed(), "get_user", 2, ()) == 1
    assert exporter.get_finished_spans() == ()


def test_without_opentelemetry_the_service_names_the_group() -> None:
    ran = subprocess.run([sys.executable, "-c", WITHOUT], cwd=ROOT, check=False, capture_output=True, text=True)
    assert ran.stderr.splitlines()[-1].endswith("add the dependency group: uv sync --group telemetry")


def test_nothing_is_recorded_unless_it_is_asked_for() -> None:
    assert telemetry.tracing is None
