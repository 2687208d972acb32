"""A service whose log is read: at the level `debug`, as JSON, with a collector of spans and a talkative PostgreSQL."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from api.postgres.embedded import EmbeddedServer
from tests.conftest import running_service
from tests.waiting import until

# Less than a statement waits for a lock, and more than a busy machine takes for a request.
SLOW_MS: Final = 400
# What an operator may set to see statements; none of it says their values, because of the role's other settings.
TALKATIVE: Final[Mapping[str, str]] = {
    "session_preload_libraries": "auto_explain",
    "log_statement": "all",
    "log_duration": "on",
    "log_min_duration_statement": "0",
    "log_lock_waits": "on",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_verbose": "on",
}

Line = dict[str, Any]


class Collector:
    """Takes what OpenTelemetry exports."""

    def __init__(self) -> None:
        self.received = b""
        self.spans: list[Span] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.received += body
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    collector.spans += [span for scope in resource.scope_spans for span in scope.spans]
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def of_trace(self, trace_id: str) -> list[Span]:
        return [span for span in self.spans if span.trace_id.hex() == trace_id]


class LoggedService(NamedTuple):
    """Address of a service, where its output goes, and who collects its spans."""

    address: str
    path: Path
    collector: Collector
    cluster: EmbeddedServer

    @property
    def output(self) -> str:
        return self.path.read_text()

    @property
    def by_postgresql(self) -> str:
        return (self.cluster.cluster / "server.log").read_text("utf-8", errors="replace")

    def lines(self, **wanted: object) -> list[Line]:
        """Lines of the log that have these values."""
        lines = [json.loads(line) for line in self.output.splitlines()]
        return [line for line in lines if all(line.get(name) == value for name, value in wanted.items())]

    def line(self, **wanted: object) -> Line:
        """The one line that has these values, which may come in a moment."""
        until(lambda: self.lines(**wanted))
        [line] = self.lines(**wanted)
        return line


@contextmanager
def logged_service(cluster: EmbeddedServer, path: Path) -> Iterator[LoggedService]:
    collector = Collector()
    threading.Thread(target=collector.server.serve_forever, args=(0.01,), daemon=True).start()
    settings = {
        "LOG_FORMAT": "json",
        "SLOW_MS": str(SLOW_MS),
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
        "OTEL_BSP_SCHEDULE_DELAY": "50",
        "TRACE_RATIO": "0",
    }
    with (
        _talkative(cluster),
        path.open("wb") as output,
        running_service(cluster.service_dsn, log_level="debug", workers=1, output=output, **settings) as address,
    ):
        yield LoggedService(address, path, collector, cluster)
    collector.server.shutdown()
    collector.server.server_close()


@contextmanager
def _talkative(cluster: EmbeddedServer) -> Iterator[None]:
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        for name, value in TALKATIVE.items():
            connection.execute(f"alter role nestwerk_service in database nestwerk set {name} = '{value}'".encode())
        try:
            yield
        finally:
            connection.execute("alter role nestwerk_service in database nestwerk reset all")
