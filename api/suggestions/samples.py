"""Sample suggestions: none, as the service makes them for sample families as for any others."""

from typing import Final

from api.samples import Row, SampleFamily

TABLE: Final = "suggestions"


def rows(family: SampleFamily) -> list[Row]:  # noqa: ARG001
    """No rows."""
    return []
