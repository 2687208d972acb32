"""Serves the metrics to Prometheus, on a port of their own and in a thread that nothing of the service waits for."""

import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate
from typing import Any, Final

from prometheus_client import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.utils import floatToGoString

from api.metrics import Family
from api.terminal import warn

PATH: Final = "/metrics"
# Seconds for each read of a request and each write of the answer.
_TIMEOUT: Final = 5.0
# Seconds after which it's noticed at the latest that the server is to end.
_INTERVAL: Final = 0.1
# Connections at the same time; a new one past that ends the oldest, so that who sends nothing keeps nobody out.
_MOST: Final = 8

# All metrics as they are now.
Collect = Callable[[], Iterable[Family]]


class _Registry:
    """What prometheus_client's encoders take."""

    def __init__(self, collect: Collect) -> None:
        self._collect = collect

    def collect(self) -> Iterator[Metric]:
        return map(_metric, self._collect())


def _metric(family: Family) -> Metric:
    name = family.name.removesuffix("_total") if family.kind == "counter" else family.name
    metric = Metric(name, family.help, family.kind)
    for values, cells in family.cells.items():
        labels = dict(zip(family.labels, map(str, values), strict=True))
        if family.kind == "histogram":
            *counts, total = cells
            bounds = [*map(floatToGoString, family.bounds), "+Inf"]
            for bound, count in zip(bounds, accumulate(counts), strict=True):
                metric.add_sample(f"{name}_bucket", labels | {"le": bound}, count)
            metric.add_sample(f"{name}_count", labels, sum(counts))
            metric.add_sample(f"{name}_sum", labels, total)
        else:
            metric.add_sample(family.name, labels, cells[0])
    return metric


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD of `PATH`."""

    timeout = _TIMEOUT
    server: "_Server"
    # It names no version.
    server_version = "nestwerk"
    sys_version = ""
    error_content_type = "text/plain"
    error_message_format = "%(message)s. %(explain)s.\n"

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self.send_error(404, explain=f"The metrics are at {PATH}")
            return
        encode, content_type = choose_encoder(self.headers.get("accept", ""))
        body = encode(self.server.registry)
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class _Server(ThreadingHTTPServer):
    """A thread for each of a few connections."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listening: socket.socket, collect: Collect) -> None:
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.registry: Any = _Registry(collect)
        self._open: list[socket.socket] = []

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.append(request)
        for oldest in self._open[:-_MOST]:
            with suppress(OSError):
                oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.remove(request)
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that went away."""
        if not isinstance(error := sys.exc_info()[1], OSError):
            warn(f"the metrics can't be given: {type(error).__name__}")


@contextmanager
def exposed(listening: Sequence[socket.socket], collect: Collect) -> Iterator[None]:
    """Serve metrics within the block on listening sockets."""
    servers = [_Server(each, collect) for each in listening]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(_INTERVAL,), name="metrics", daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
