"""Work of one account is done at a limited rate: large bodies are decoded, which holds up all requests of a worker."""

import asyncio
from typing import Final

# Bytes of a body that is decoded at once, whoever sends it.
SMALL: Final = 8 * 1024
# Bytes a second and worker, and those that may come at once.
RATE: Final = 256 * 1024
BURST: Final = 1024 * 1024
# Seconds that a body waits for its turn.
LONGEST_WAIT: Final = 1.0
# Accounts that are remembered before those who needn't wait are forgotten.
_SWEEP: Final = 1024


class Pacing:
    """When the next large body of each account may be decoded (a leaky bucket)."""

    def __init__(self, *, rate: float = RATE, burst: float = BURST) -> None:
        """Take what an account may send a second, and at once: bytes, unless its sizes are of something else."""
        self._rate = rate
        self._burst = burst
        # The loop's time at which all bodies of an account would be decoded at that rate.
        self._decoded: dict[int, float] = {}

    async def wait(self, user_id: int, size: int) -> bool:
        """Wait for the turn of a body of `size` bytes; returns whether it came within `LONGEST_WAIT`.

        Who is to be refused waits too: a client that doesn't would only ask again.
        """
        now = asyncio.get_running_loop().time()
        decoded = max(self._decoded.get(user_id, now), now)
        wait = decoded - now - self._burst / self._rate
        if len(self._decoded) > _SWEEP:
            self._decoded = {each: moment for each, moment in self._decoded.items() if moment > now}
        if wait <= LONGEST_WAIT:
            self._decoded[user_id] = decoded + size / self._rate
        if wait > 0:
            await asyncio.sleep(min(wait, LONGEST_WAIT))
        return wait <= LONGEST_WAIT
