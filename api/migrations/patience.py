"""Files that meet a lock are tried again after growing waits, and who holds it is told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, Thread
from time import sleep
from typing import Any, Final, NamedTuple

import psycopg

from api.migrations.scripts import ScriptError

# Seconds between the tries. Meanwhile nobody has to queue behind the migration.
WAITS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
# Seconds between two looks at who holds up the migration.
INTERVAL: Final = 0.1

# A statement is told by its name, or its first word, as it may hold values. Whom a session waits for is only asked
# while it does, as that holds up all locks for a moment.
_HOLDERS: Final = r"""
with waiting as materialized (
  select case when wait_event_type = 'Lock' then pg_blocking_pids(pid) else '{}' end as holders
    from pg_stat_activity
   where pid = %(pid)s
)
select format(
         'pid %%s (%%s)',
         pid,
         concat_ws(
           ', ',
           usename,
           nullif(application_name, ''),
           state || ' for ' || extract(epoch from clock_timestamp() - state_change)::integer || ' s',
           coalesce(substring(query from '/\* (\w+) \*/'), lower(substring(query from '^\s*(\w+)')))
         )
       )
  from pg_stat_activity
 where pid = any((select holders from waiting)::integer[])
 order by xact_start
"""


class Patience(NamedTuple):
    """After how many seconds a file that meets a lock is tried again, each time; `say` is told who holds the lock."""

    waits: Sequence[float]
    say: Callable[[str], None]


class Tries:
    """Runs files, and remembers who held the connection up when it last waited for a lock."""

    def __init__(self, patience: Patience | None) -> None:
        self._patience = patience
        self.holders: list[str] = []

    def run(self, file: Callable[[], None], name: str) -> None:
        """Run a file, and again while it meets a lock and patience lasts.

        Raises:
            ScriptError: a statement failed; of the last try, if it was for a lock.

        """
        waits = iter(self._patience.waits if self._patience else ())
        while True:
            self.holders = []
            try:
                file()
            except ScriptError as error:
                if self._patience is None or not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                    raise
                if (wait := next(waits, None)) is None:
                    raise ScriptError(f"{error}: {self._held()}") from error
                self._patience.say(f"{name} met a lock, and was taken back: {self._held()}; trying again in {wait:g} s")
                sleep(wait)
            else:
                return

    def _held(self) -> str:
        return f"it's held by {', '.join(self.holders)}" if self.holders else "nobody was seen who holds it"


@contextmanager
def trying(dsn: str, connection: psycopg.Connection[Any], patience: Patience | None) -> Iterator[Tries]:
    """Run files on a connection; with patience another one watches who holds it up."""
    tries = Tries(patience)
    if patience is None:
        yield tries
        return
    ended, pid = Event(), connection.info.backend_pid

    def watch() -> None:
        # Where that fails, the migration goes on all the same.
        with suppress(psycopg.Error), psycopg.connect(dsn, autocommit=True) as other:
            while not ended.wait(INTERVAL):
                if holders := [who for (who,) in other.execute(_HOLDERS, {"pid": pid})]:
                    tries.holders = holders

    thread = Thread(target=watch)
    thread.start()
    try:
        yield tries
    finally:
        ended.set()
        thread.join()
