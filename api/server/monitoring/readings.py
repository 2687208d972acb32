"""What a worker says of itself, besides what its rooms count."""

import gc
import tomllib
from time import process_time
from typing import Final

from api.http1.connections import Connections
from api.metrics import Histogram, Labels, Reading
from api.paths import ROOT, migration_files

LOOP_LAG: Final = Histogram(
    "nestwerk_loop_lag_seconds",
    "How much later than asked the event loop of a worker came round, four times a second.",
    bounds=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
)


def worker_readings(connections: Connections) -> list[Reading]:
    """Readings of a worker with these connections."""
    admission = connections.admission
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    release: dict[Labels, float] = {(version, migration_files()[-1].stem): 1}
    return [
        Reading(
            "nestwerk_info",
            "Workers, by the version of the service and the last migration that they know.",
            ("version", "migration"),
            lambda: release,
        ),
        Reading("nestwerk_http_connections", "Open connections of clients.", (), lambda: {(): len(connections)}),
        Reading(
            "nestwerk_http_requests_in_progress",
            "Requests that are being answered.",
            (),
            lambda: {(): admission.in_flight},
        ),
        Reading(
            "nestwerk_http_requests_in_progress_limit",
            "Requests in progress past which more are refused with 503, by how fast the last ones were answered.",
            (),
            lambda: {(): admission.limit},
        ),
        Reading(
            "nestwerk_worker_cpu_seconds_total",
            "CPU time of the workers.",
            (),
            lambda: {(): process_time()},
            "counter",
        ),
        Reading(
            "nestwerk_gc_collections_total",
            "Collections of Python's garbage collector in the workers.",
            ("generation",),
            lambda: {(str(number),): each["collections"] for number, each in enumerate(gc.get_stats())},
            "counter",
        ),
    ]
