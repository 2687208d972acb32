"""What the metrics say of a worker's connections."""

from collections.abc import Sequence, Sized
from typing import Protocol

from api.database.keeper import Keeper
from api.metrics import Labels, Reading


class User(Protocol):
    """What runs statements on the connections of a keeper."""

    @property
    def idle(self) -> int: ...
    @property
    def waiting(self) -> int: ...


def pool_readings(kinds: Sequence[tuple[Keeper, User]], given_up: Sized) -> list[Reading]:
    """Readings of connections of each kind, and of the sessions that were given up."""

    def connections() -> dict[Labels, float]:
        idle: dict[Labels, float] = {(keeper.kind, "idle"): user.idle for keeper, user in kinds}
        return idle | {(keeper.kind, "busy"): keeper.open - user.idle for keeper, user in kinds}

    return [
        Reading("nestwerk_database_connections", "Connections that are open.", ("connections", "state"), connections),
        Reading(
            "nestwerk_database_waiting_calls",
            "Calls that wait for a connection.",
            ("connections",),
            lambda: {(keeper.kind,): user.waiting for keeper, user in kinds},
        ),
        Reading(
            "nestwerk_database_away_workers",
            "Workers that have no connection and can't open one.",
            ("connections",),
            lambda: {(keeper.kind,): int(keeper.away) for keeper, _ in kinds},
        ),
        Reading(
            "nestwerk_database_given_up_sessions",
            "Sessions of lost connections that PostgreSQL may not have ended yet.",
            (),
            lambda: {(): len(given_up)},
        ),
    ]
