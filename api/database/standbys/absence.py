"""Since when no leader answers, so that answers can say how old they are."""

from time import monotonic
from typing import Final


class Absence:
    """The time without a leader to ask."""

    def __init__(self) -> None:
        self.since: float | None = None
        self._heard: float | None = None

    def begin(self) -> None:
        """Note that the leader didn't answer; it's away since it last did."""
        if self.since is None:
            self.since = self._heard or monotonic()

    def end(self) -> None:
        """Note that the leader answered."""
        self.since, self._heard = None, monotonic()

    def seconds(self) -> int | None:
        """How long no leader has answered; None while one does."""
        return None if self.since is None else int(monotonic() - self.since)


absence: Final = Absence()
