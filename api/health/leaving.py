"""Whether the service is about to stop: it serves all that comes, and asks for no more."""

from collections.abc import Callable
from typing import Final


class Leaving:
    """Asks whoever runs the service; without one, it's there to stay."""

    def __init__(self) -> None:
        self.ask: Callable[[], bool] = lambda: False


leaving: Final = Leaving()
