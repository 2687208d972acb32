"""Keeps a worker away from a leader that was replaced and doesn't know it, as one whose Patroni hangs.

Such a server goes on taking connections. It confirms no write, as standbys have left it, shows rows of before, and
tells nothing of sessions that ended since. Each promotion begins a new timeline, by which it's known.
"""

from time import monotonic
from typing import Final, Protocol
from weakref import WeakSet

from api.database.sessions import Server, Session

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
        self._newest: dict[int, Server] = {}
        self._seen = 0.0

    def enter(self, connection: _Connection) -> None:
        """Let a new connection in, and close those to leaders that its server has replaced.

        Raises:
            ReplacedLeaderError: its server was replaced.

        """
        server = connection.session.server
        if server is None:
            return
        others = [each for each in self._connections if not each.is_closed() and _is_of(server, each)]
        newest = self._newest.get(server.system)
        if newest is not None and server.timeline < newest.timeline:
            is_used = any(each.session.server == newest for each in others)
            if is_used or monotonic() - self._seen < _REMEMBERED:
                raise ReplacedLeaderError("another server was promoted since")
        self._newest[server.system], self._seen = server, monotonic()
        self._connections.add(connection)
        for each in others:
            if each.session.server != server:
                each.terminate()


def _is_of(server: Server, connection: _Connection) -> bool:
    """Whether a connection leads to the same database system, on whichever machine."""
    return connection.session.server is not None and connection.session.server.system == server.system


fence: Final = Fence()
