"""Pictures of one account are made at a limited rate."""

import asyncio
from typing import Final

# Pictures that an account may send at once, besides the first, and seconds after which it may send one more.
BURST: Final = 9
SECONDS: Final = 15.0
# Seconds that a picture waits for its turn.
LONGEST_WAIT: Final = 1.0
# Accounts that are remembered before those who needn't wait are forgotten.
_SWEEP: Final = 1024


class Pacing:
    """When the next picture of each account may be made (a leaky bucket)."""

    def __init__(self) -> None:
        # The loop's time at which all pictures of an account would be made at that rate.
        self._made: dict[int, float] = {}

    async def wait(self, user_id: int) -> bool:
        """Wait for the turn of a picture; returns whether it came within `LONGEST_WAIT`.

        Who is to be refused waits too: a client that doesn't would only ask again.
        """
        now = asyncio.get_running_loop().time()
        made = max(self._made.get(user_id, now), now)
        wait = made - now - BURST * SECONDS
        if len(self._made) > _SWEEP:
            self._made = {each: moment for each, moment in self._made.items() if moment > now}
        if wait <= LONGEST_WAIT:
            self._made[user_id] = made + SECONDS
        if wait > 0:
            await asyncio.sleep(min(wait, LONGEST_WAIT))
        return wait <= LONGEST_WAIT
