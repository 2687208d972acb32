"""Which session of which server a connection is."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec


class Server(NamedTuple):
    """A server from one start to the next, by its database system with the name of the database, and its start."""

    database: str
    started: datetime


class Session(msgspec.Struct, frozen=True, gc=False):
    """A backend of PostgreSQL, which a process id alone doesn't identify for good: the row of `identify_session`.

    The timeline is that of its server's log; None if the server followed another one when the session began.
    """

    pid: int
    started: datetime | None
    database: str
    server_started: datetime
    timeline: int | None

    @property
    def server(self) -> Server:
        return Server(self.database, self.server_started)


def session_of(connection: Any) -> Session:
    """The session of a connection that was opened by `connections.connect`."""
    session: Session = connection.session
    return session
