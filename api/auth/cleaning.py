"""Removes what has expired or drained, in bounded steps, one worker at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import Final

from api.auth.queries import cleaning
from api.recurring import logged, recurring

logger = logging.getLogger(__name__)

# Seconds from one turn to the next, of all workers together; a turn ends before.
INTERVAL: Final = 300
LONGEST_TURN: Final = 240
# Seconds between two looks of a worker whether a turn is due: between half of it and one and a half.
LOOK: Final = 60

# Remove a bounded number of things, by name, and return how many.
Removals = Mapping[str, Callable[[], Awaitable[int]]]

# What this removes is a loss, and said.
GIVEN_UP: Final = "remove_unsent_mails"
# The statements that remove rows.
REMOVALS: Final[Removals] = {
    "remove_expired_sessions": cleaning.remove_expired_sessions,
    "remove_expired_devices": cleaning.remove_expired_devices,
    "remove_expired_confirmations": cleaning.remove_expired_confirmations,
    "remove_expired_resets": cleaning.remove_expired_resets,
    "remove_drained_limits": cleaning.remove_drained_limits,
    "remove_old_merge_bases": cleaning.remove_old_merge_bases,
    "remove_old_events": cleaning.remove_old_events,
    "remove_begun_apps": cleaning.remove_begun_apps,
    "remove_begun_passkeys": cleaning.remove_begun_passkeys,
    "remove_begun_logins": cleaning.remove_begun_logins,
    GIVEN_UP: cleaning.remove_unsent_mails,
    "remove_old_keys": cleaning.remove_old_keys,
    "remove_old_suggestions": cleaning.remove_old_suggestions,
}


def cleaned_regularly(also: Removals) -> AbstractAsyncContextManager[None]:
    """Within the block, take turns with the other workers at removing what has expired, in `also` more than rows."""
    return recurring(lambda: clean_if_due(also), LOOK)


async def clean_if_due(also: Removals | None = None) -> int | None:
    """Remove what has expired, if it's a worker's turn; returns how many rows that were, or None if it isn't due.

    Each step is a transaction of its own, so a turn that is cut off has done what it did, and the next does the rest.
    """
    removed = 0
    with logged(logger, "take_turn"):
        if await cleaning.take_turn(name="cleaning", seconds=INTERVAL) is None:
            return None
        deadline = monotonic() + LONGEST_TURN
        for name, remove in {**REMOVALS, **(also or {})}.items():
            # What can't be removed is left to the next turn.
            with logged(logger, name):
                step = await _remove_all(remove, deadline)
                removed += step
                if step and name == GIVEN_UP:
                    logger.warning("mails that could not be sent in two days: %s", step, extra={"event": "mails_lost"})
    return removed


async def _remove_all(remove: Callable[[], Awaitable[int]], deadline: float) -> int:
    """Remove step by step until nothing is left."""
    removed = 0
    while monotonic() < deadline:
        started = monotonic()
        step = await remove()
        if step == 0:
            break
        removed += step
        # Clients have the database for as long as it took.
        await asyncio.sleep(monotonic() - started)
    return removed
