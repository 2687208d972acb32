"""Where servers are in the log, and what follows from that."""

import pytest

from api.database.aliases import Connection
from api.database.standbys.positions import GET_POSITION, Place, Position, Snapshot, read_confirming, read_snapshot


@pytest.mark.parametrize(
    ("waits_for", "names"),
    [
        ("", set()),
        ("ANY 1 (node2,node3)", {"node2", "node3"}),
        ('any 1 ( Node-2 , "node 3",x )', {"node-2", "node 3", "x"}),
        ("ANY 2 (a, b)", None),
        # The second one's word doesn't count while the first is there.
        ("FIRST 1 (a, b)", None),
        ("1 (a, b)", None),
        ("a, b", None),
        ("FIRST 1 (a)", {"a"}),
        ("node2", {"node2"}),
        ('"say ""hi"""', {'say "hi"'}),
        ("*", {"*"}),
        ("ANY 1 (*)", {"*"}),
    ],
)
def test_who_confirms_commits_alone(waits_for: str, names: set[str] | None) -> None:
    assert read_confirming(waits_for) == names


def test_a_later_timeline_is_further() -> None:
    assert Position(1, 2) < Position(1, 3) < Position(2, 1)


def test_snapshots() -> None:
    assert read_snapshot("10:20:10,14,15") == Snapshot(20, frozenset({10, 14, 15}))
    assert read_snapshot("10:10:") == Snapshot(10, frozenset())


async def test_where_commits_do_not_wait_for_the_log_it_counts_once_written(database: Connection) -> None:
    await database.execute("set synchronous_commit = off")
    try:
        await database.execute("select pg_logical_emit_message(true, 'nestwerk', repeat('x', 100))")
        written = await database.fetchval("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
        [row] = await database.fetch(GET_POSITION)
    finally:
        await database.execute("reset synchronous_commit")
    assert Place(*row).replayed >= written
