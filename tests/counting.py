"""Looks at what this process counts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api.metrics import families

# How much a metric with these labels grew; of a histogram, the sum of its values.
Counted = Callable[..., float]


@contextmanager
def counting() -> Iterator[Counted]:
    """Count within the block; what it yields may be asked afterwards."""
    before = _values()

    def counted(name: str, *labels: str | int) -> float:
        return _values().get((name, labels), 0) - before.get((name, labels), 0)

    yield counted


def _values() -> dict[tuple[str, tuple[str | int, ...]], float]:
    return {(each.name, labels): cells[-1] for each in families() for labels, cells in each.cells.items()}
