"""Which session of which server a connection is."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from api.database.aliases import Connection

_IDENTIFY: Final = """
select pid, backend_start, this.system_identifier, this.started, this.timeline
  from pg_stat_activity
  left join (
         select system_identifier, pg_postmaster_start_time() as started,
                ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer as timeline
           from pg_control_system()
          where not pg_is_in_recovery()
       ) as this
    on true
 where pid = pg_backend_pid()
"""


class Server(NamedTuple):
    """A server that takes writes: of which database system, since when it runs, and the timeline of its log."""

    system: int
    started: datetime
    timeline: int


class Session(NamedTuple):
    """A backend of PostgreSQL, which a process id alone doesn't identify for good; no `server` is one that follows."""

    pid: int
    started: datetime
    server: Server | None = None


async def identify_session(connection: Connection) -> Session:
    """The session of an open connection.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: the connection is lost.

    """
    [row] = await connection.fetch(_IDENTIFY)
    pid, started, *server = row
    return Session(pid, started, None if server[0] is None else Server(*server))


def session_of(connection: Any) -> Session:
    """The session of a connection that was opened by `connections.connect`."""
    session: Session = connection.session
    return session
