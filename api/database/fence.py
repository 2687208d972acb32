"""Keeps a worker away from a leader that was replaced and doesn't know it, as one whose Patroni hangs.

Such a server goes on taking connections. It confirms no write, as standbys have left it, shows rows of before, and
tells nothing of sessions that ended since. Each promotion begins a new timeline, by which it's known.
"""

from time import monotonic
from typing import Final, Protocol
from weakref import WeakSet

from api.database.sessions import Leader, Session

# Seconds that a server is remembered when nothing is connected to it any more. One that was restored may be on a
# timeline of before.
_REMEMBERED: Final = 60.0


class ReplacedLeaderError(ConnectionError):
    """Another server was promoted since."""


class _Connection(Protocol):
    session: Session

    def terminate(self) -> None: ...
    def is_closed(self) -> bool: ...


class Fence:
    """The connections of a worker to servers that take writes."""

    def __init__(self) -> None:
        self._connections: WeakSet[_Connection] = WeakSet()
        self._newest: dict[str, Leader] = {}
        self._seen = 0.0

    def enter(self, connection: _Connection) -> None:
        """Let a new connection in, and close those to leaders that its server has replaced.

        Raises:
            ReplacedLeaderError: its server was replaced.

        """
        leader = connection.session.leader
        if leader is None:
            return
        database = leader.server.database
        others = [each for each in self._connections if each.session.database == database and not each.is_closed()]
        newest = self._newest.get(database)
        if newest is not None and leader.timeline < newest.timeline:
            is_used = any(each.session.leader == newest for each in others)
            if is_used or monotonic() - self._seen < _REMEMBERED:
                raise ReplacedLeaderError("another server was promoted since")
        self._newest[database], self._seen = leader, monotonic()
        self._connections.add(connection)
        for each in others:
            if each.session.leader != leader:
                each.terminate()


fence: Final = Fence()
