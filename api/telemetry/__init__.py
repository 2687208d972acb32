"""Spans for a collector of OpenTelemetry, if there is one; without, all that is paid is a look at `tracing`.

OpenTelemetry is imported only then: it's in a dependency group of its own.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from api.command_error import CommandError

if TYPE_CHECKING:
    from api.telemetry.spans import Tracing

# Of this process; None if nobody collects spans.
tracing: "Tracing | None" = None


class TelemetryError(CommandError):
    """OpenTelemetry isn't installed."""


def check_installed() -> None:
    """Check that spans can be exported.

    Raises:
        TelemetryError: they can't.

    """
    if find_spec("opentelemetry") is None:
        raise TelemetryError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry isn't installed: unset it, or add the dependency "
            "group: uv sync --group telemetry"
        )


def start_tracing(ratio: float) -> None:
    """Record the spans of a share of the requests, and send them where OpenTelemetry's environment variables say."""
    global tracing  # noqa: PLW0603
    tracing = import_module("api.telemetry.spans").export(ratio)
