"""A worker's share of the connections, by what the others say on the board."""

from typing import Final

from api.http1.connections import Connections
from api.server.board import Board, Row, Stage

# Ticks after which a worker whose count doesn't go on is left out.
_SILENT: Final = 4
# Connections that a worker may have more than its share before it gives some up: that costs their clients a handshake.
_SLACK: Final = 8
_SLACK_RATIO: Final = 0.1
# Connections, besides one in 32, that a worker may be ahead and still take a new one.
_TOLERANCE: Final = 1


class Share:
    """Compares a worker's connections with those of the others that are awake and take some."""

    def __init__(self, board: Board, own: Row, connections: Connections) -> None:
        self._own = own
        self._connections = connections
        # The others, with the last beat of each, and for how many ticks it has been that.
        self._others = {row: (0, _SILENT) for row in board.rows if row is not own}
        self._awake: list[Row] = []
        # Connections over the share, at the last tick.
        self._excess = 0.0

    def tick(self) -> None:
        """Say that this worker is awake, and look who else is."""
        count = len(self._connections)
        self._own.beats += 1
        self._own.connections = count
        for row, (beats, ticks) in self._others.items():
            self._others[row] = (row.beats, ticks + 1 if row.beats == beats else 0)
        self._awake = [row for row, (_, ticks) in self._others.items() if ticks < _SILENT and row.stage != Stage.CLOSED]
        share = (count + sum(row.connections for row in self._awake)) / (1 + len(self._awake))
        # What was over at two ticks counts, as one worker notices before the other what clients have closed.
        last, self._excess = self._excess, count - share
        excess = min(last, self._excess)
        self._connections.surplus = int(excess) if excess > _SLACK + share * _SLACK_RATIO else 0

    def is_exceeded(self, opening: int) -> bool:
        """Whether another worker has clearly fewer connections; `opening` are on their way to this one."""
        self._own.connections = count = len(self._connections) + opening
        limit = count - _TOLERANCE - count // 32
        return any(row.connections < limit and row.stage != Stage.CLOSED for row in self._awake)
