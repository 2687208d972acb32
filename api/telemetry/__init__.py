"""Spans for a collector of OpenTelemetry, if there is one; without, all that is paid is a look at `tracing`.

OpenTelemetry is imported only then: it's in a dependency group of its own.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from api.command_error import CommandError

if TYPE_CHECKING:
    from api.telemetry.spans import Tracing

_SPANS: Final = "api.telemetry.spans"

# Of this process; None if nobody collects spans.
tracing: "Tracing | None" = None


class TelemetryError(CommandError):
    """OpenTelemetry isn't installed."""


def check_installed() -> None:
    """Check that spans can be exported.

    Raises:
        TelemetryError: they can't.

    """
    try:
        import_module(_SPANS)
    except ModuleNotFoundError:
        raise TelemetryError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry isn't installed: unset it, or add the dependency "
            "group: uv sync --group telemetry"
        ) from None


def start_tracing(ratio: float) -> None:
    """Record the spans of a share of the requests, and send them where OpenTelemetry's environment variables say."""
    global tracing  # noqa: PLW0603
    tracing = import_module(_SPANS).export(ratio)
