"""A worker's share of the connections."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from api.http1.connections import Connections
from api.server.board import Board, Row, Stage, create_board
from api.server.share import Share


class FakeConnections(SimpleNamespace):
    count = 0
    surplus = 0

    def __len__(self) -> int:
        return self.count


@pytest.fixture
def board() -> Board:
    return create_board(2)


@pytest.fixture
def connections() -> FakeConnections:
    return FakeConnections()


@pytest.fixture
def share(board: Board, connections: FakeConnections) -> Share:
    return Share(board, board.rows[0], cast("Connections", connections))


@pytest.fixture
def tick(board: Board, connections: FakeConnections, share: Share) -> Callable[[int, int], int]:
    """Has both workers tick with so many connections; gives how many the first has to give up."""
    other = board.rows[1]
    other.stage = Stage.SERVING

    def look(count: int, others: int) -> int:
        connections.count = count
        _tick(other, others)
        share.tick()
        return connections.surplus

    return look


def _tick(row: Row, connections: int) -> None:
    row.beats += 1
    row.connections = connections


def test_who_stays_ahead_gives_up_what_is_over_its_share(tick: Callable[[int, int], int]) -> None:
    assert [tick(100, 40) for _ in range(3)] == [0, 30, 30]


def test_the_lesser_of_two_counts_is_given_up(tick: Callable[[int, int], int]) -> None:
    assert [tick(100, 40), tick(140, 40), tick(100, 60), tick(100, 100)] == [0, 30, 20, 0]


def test_who_is_ahead_for_a_moment_gives_up_nothing(tick: Callable[[int, int], int]) -> None:
    """As when one worker has noticed that clients left, and the other hasn't yet."""
    assert [tick(*counts) for counts in ((64, 64), (128, 64), (64, 64), (128, 64))] == [0, 0, 0, 0]


def test_who_is_little_ahead_keeps_all(tick: Callable[[int, int], int]) -> None:
    assert [tick(64 + 14, 64 - 14) for _ in range(3)] == [0, 0, 0]
    assert [tick(64 + 15, 64 - 15) for _ in range(2)] == [0, 15]


@pytest.mark.parametrize(
    ("count", "opening", "others", "exceeded"),
    [(2, 0, 1, False), (2, 1, 1, True), (3, 0, 1, True), (99, 0, 95, False), (100, 0, 95, True), (0, 0, 9, False)],
)
def test_who_is_clearly_ahead_takes_no_more(
    tick: Callable[[int, int], int], share: Share, count: int, opening: int, others: int, *, exceeded: bool
) -> None:
    tick(count, others)
    assert share.is_exceeded(opening) is exceeded


def test_nothing_is_left_to_a_worker_that_has_just_closed(
    tick: Callable[[int, int], int], share: Share, board: Board
) -> None:
    tick(10, 0)
    assert share.is_exceeded(0)
    board.rows[1].stage = Stage.CLOSED
    assert not share.is_exceeded(0)
