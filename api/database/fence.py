"""Keeps a worker away from a leader that was replaced and doesn't know it, as one whose Patroni hangs.

Such a server goes on taking connections. It confirms no write, as standbys have left it, shows rows of before, and
tells nothing of sessions that ended since. Each promotion begins a new timeline, by which it's known: whichever server
of the database is on a later one, connections to leaders of an earlier one are closed, and new ones refused.
"""

from collections.abc import Iterable
from time import monotonic
from typing import Final, Protocol
from weakref import WeakSet

from api.database.sessions import Server, Session

# Seconds that a timeline is remembered when no server is seen on it any more. One that was restored may be on one of
# before.
_REMEMBERED: Final = 60.0


class ReplacedLeaderError(ConnectionError):
    """Another server was promoted since."""


class _Connection(Protocol):
    session: Session

    def terminate(self) -> None: ...
    def is_closed(self) -> bool: ...


class Fence:
    """The connections of a worker, and the newest timeline of each database."""

    def __init__(self) -> None:
        self._connections: WeakSet[_Connection] = WeakSet()
        # And when it was last seen.
        self._newest: dict[str, tuple[int, float]] = {}

    def enter(self, connection: _Connection) -> None:
        """Let a new connection in, and close those to leaders that its server has replaced.

        Raises:
            ReplacedLeaderError: its server was replaced.

        """
        session = connection.session
        others = self._open(session.database)
        if session.timeline is not None:
            newest, seen = self._newest.get(session.database, (0, 0.0))
            if session.timeline < newest and (
                monotonic() - seen < _REMEMBERED or any(each.session.timeline == newest for each in others)
            ):
                _leave({session.server}, others)
                raise ReplacedLeaderError("another server was promoted since")
            self._newest[session.database] = session.timeline, monotonic()
            led = {each.session.server for each in others if each.session.timeline is not None}
            _leave(led - {session.server}, others)
        self._connections.add(connection)

    def see(self, database: str, timeline: int) -> None:
        """Note that a server of a database is on a timeline, and close connections to leaders that it has replaced."""
        newest, _ = self._newest.get(database, (0, 0.0))
        if timeline >= newest:
            self._newest[database] = timeline, monotonic()
        if timeline > newest:
            others = self._open(database)
            _leave({each.session.server for each in others if (each.session.timeline or timeline) < timeline}, others)

    def _open(self, database: str) -> list[_Connection]:
        return [each for each in self._connections if each.session.database == database and not each.is_closed()]


def _leave(replaced: set[Server], connections: Iterable[_Connection]) -> None:
    """Close connections to servers, also those that were opened while such a server still followed another."""
    for connection in connections:
        if connection.session.server in replaced:
            connection.terminate()


fence: Final = Fence()
