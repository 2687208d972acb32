"""Rests of work that gives way to other work."""

import asyncio
from collections.abc import Callable
from typing import Final

# Seconds that a timer may be late before the event loop, or its processor, has more to do than it can.
LATE: Final = 0.005
# Seconds between two looks at that, and those after which a rest ends nevertheless.
LOOK: Final = 0.02
LONGEST: Final = 0.5


def call_after_rest(seconds: float, then: Callable[[], None]) -> None:
    """Call `then` in so many seconds, or once the event loop is on time again, up to `LONGEST` seconds later."""
    loop = asyncio.get_running_loop()
    due = loop.time() + seconds
    loop.call_at(due, _look, loop, due, due + LONGEST, then)


def _look(loop: asyncio.AbstractEventLoop, due: float, end: float, then: Callable[[], None]) -> None:
    now = loop.time()
    if now - due < LATE or now >= end:
        then()
    else:
        loop.call_at(now + LOOK, _look, loop, now + LOOK, end, then)
