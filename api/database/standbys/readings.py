"""What the metrics say of standbys."""

from collections.abc import Sequence

from api.database.standbys.standby import Standby
from api.metrics import Reading


def standby_readings(standbys: Sequence[Standby]) -> list[Reading]:
    """How far each standby is, and whether it's used."""
    return [
        Reading(
            "nestwerk_standby_lag_seconds",
            "How far standbys are behind the leader.",
            ("host",),
            lambda: {(each.name,): each.lag for each in standbys},
            is_shared=True,
        ),
        Reading(
            "nestwerk_standby_used_workers",
            "Workers that read from a standby.",
            ("host",),
            lambda: {(each.name,): int(each.usable) for each in standbys},
        ),
    ]
