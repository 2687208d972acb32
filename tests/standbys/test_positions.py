"""Where servers are in the log, and what follows from that."""

import pytest

from api.database.standbys.positions import Position, Quorum, Snapshot, read_quorum, read_snapshot


@pytest.mark.parametrize(
    ("waits_for", "number", "names"),
    [
        ("", 1, set()),
        ("ANY 1 (node2,node3)", 1, {"node2", "node3"}),
        ("any 2 ( Node-2 , \"node 3\", 'x' )".replace("'x'", "x"), 2, {"node-2", "node 3", "x"}),
        ("FIRST 1 (a, b, c)", 1, {"a", "b", "c"}),
        ("2 (a, b, c)", 2, {"a", "b", "c"}),
        ("a, b", 1, {"a", "b"}),
        ('"say ""hi"""', 1, {'say "hi"'}),
        ("*", 1, {"*"}),
        ("ANY 1 (*)", 1, {"*"}),
    ],
)
def test_quorums_are_read_as_postgresql_does(waits_for: str, number: int, names: set[str]) -> None:
    assert read_quorum(waits_for) == Quorum(number, frozenset(names))


def test_what_counts_in_a_quorum() -> None:
    quorum = Quorum(1, frozenset({"node2", "node3"}))
    assert (quorum.counts("Node2"), quorum.counts("node4"), quorum.counts(None)) == (True, False, False)
    # Either may lack what the other confirmed.
    assert (quorum.has_all(1), quorum.has_all(2)) == (False, True)
    assert Quorum(2, frozenset({"a", "b", "c"})).has_all(2)
    # Without names nothing is confirmed by a standby, and those of `*` aren't known.
    assert not Quorum(1, frozenset()).has_all(2)
    assert not Quorum(1, frozenset({"*"})).has_all(2)
    assert Quorum(1, frozenset({"*"})).counts("anybody")


def test_a_later_timeline_is_further() -> None:
    assert Position(1, 2) < Position(1, 3) < Position(2, 1)


def test_snapshots() -> None:
    assert read_snapshot("10:20:10,14,15") == Snapshot(20, frozenset({10, 14, 15}))
    assert read_snapshot("10:10:") == Snapshot(10, frozenset())
