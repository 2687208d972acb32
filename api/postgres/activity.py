"""Reads pg_stat_activity: what sessions do and whom they wait for, by the names of our statements."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import psycopg
from psycopg.rows import args_row

# A session's statement has the name in its comment, or else its first word, as its text may hold values. Of
# other roles' sessions those that may not read all statistics see neither state nor kind nor statement. Finding who
# blocks holds up all locks for a moment, so it's only asked of those that wait for one.
_SESSIONS: Final = rb"""
select pid,
       usename,
       state,
       coalesce(substring(query from '/\* (\w+) \*/'), lower(substring(query from '^\s*(\w+)')), ''),
       concat_ws(': ', wait_event_type, wait_event),
       extract(epoch from clock_timestamp() - state_change)::float8,
       extract(epoch from clock_timestamp() - xact_start)::float8,
       case when wait_event_type = 'Lock' then pg_blocking_pids(pid) else '{}' end
  from pg_stat_activity
 where datname = current_database()
   and coalesce(backend_type, 'client backend') = 'client backend'
   and pid <> pg_backend_pid()
"""


class Session(msgspec.Struct, frozen=True):
    """A client's session. `state` is None if the role may not see it.

    `statement` is the one that it runs, or ran last; `seconds` since it's in this state, `transaction` since its
    transaction began. `blockers` are the process ids that it waits for, of prepared transactions 0.
    """

    pid: int
    role: str
    state: str | None
    statement: str
    wait: str
    seconds: float | None
    transaction: float | None
    blockers: Sequence[int]


def read_sessions(connection: psycopg.Connection[Any]) -> list[Session]:
    """Sessions in the connection's database besides its own: those that wait for others first, then the longest."""
    with connection.cursor(row_factory=args_row(Session)) as cursor:
        sessions = cursor.execute(_SESSIONS).fetchall()
    return sorted(sessions, key=lambda session: (not session.blockers, -(session.transaction or 0), session.pid))
