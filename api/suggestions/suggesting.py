"""Makes suggestions for the parents who are due, in bounded steps, one worker at a time."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager, nullcontext
from time import monotonic
from typing import Final

from api.metrics import Counter
from api.recurring import logged, recurring
from api.settings import Settings
from api.suggestions.embedding import COUNT, Embedding
from api.suggestions.embeddings import Embeddings
from api.suggestions.queries import sql
from api.suggestions.schemas import Made

logger = logging.getLogger(__name__)

# Parents of one step, whose rows are locked for as long as it takes; and of one that nothing follows soon, as clients
# have to wait for less then. A step takes 1.5 ms and up to a millisecond for each. With a model there are as many as it
# embeds at once.
STEP: Final = 50
GENTLE_STEP: Final = 10
# How many times as long as a gentle step took no worker makes another, so that clients have nine tenths of the time;
# and seconds that it is at most, as a step may have waited itself. They're those of the statement: who looks before has
# no turn, and goes on at its next look only.
REST: Final = 9
LONGEST_REST: Final = 10.0
# Seconds between two looks of a worker whether anybody is due: between half of it and one and a half.
LOOK: Final = 2.0

_CHECKS: Final = Counter("nestwerk_suggestion_checks_total", "Parents that were looked at because they were due.")
_SUGGESTIONS: Final = Counter("nestwerk_suggestions_total", "Suggestions that were made.")

# Set when somebody is due right now, on this worker.
_wanted: Final = asyncio.Event()


def suggested_regularly(settings: Settings) -> AbstractAsyncContextManager[None]:
    """Within the block, take turns with the other workers, unless the settings have nobody suggest."""
    hours, embedding = settings.suggestion_hours, embedding_of(settings)

    async def make_due() -> None:
        with logged(logger, "make_suggestions"):
            await make_all(hours, embedding)

    return recurring(make_due, LOOK, _wanted) if hours else nullcontext()


def look_now() -> None:
    """Have this worker look at once, as a parent has become due who waits for suggestions."""
    _wanted.set()


def embedding_of(settings: Settings) -> Embedding | None:
    """What embeds profiles, if there's a model."""
    if settings.embeddings_url is None:
        return None
    return Embedding(Embeddings(settings.embeddings_url, settings.embeddings_model, settings.embeddings_key))


async def make_all(hours: int, embedding: Embedding | None = None, *, gently: bool = True) -> Made:
    """Make suggestions until nobody is due, or another process is at work; returns for how many parents, and how many.

    A parent is due so many hours after the last check, or when the profile has changed.

    Each step is a transaction of its own, so what is cut off has done what it did. If it's to be gentle, clients have
    the database in between for `REST` times as long as a step took.

    Raises:
        Problem: the database is away or busy.

    """
    made = Made(0, 0)
    while True:
        count = GENTLE_STEP if gently else STEP
        if embedding is not None and not embedding.is_away:
            if not await embedding.embed_due(hours):
                return made
            count = COUNT
        started = monotonic()
        step = await sql.make_suggestions(hours=hours, count=count, rest=REST if gently else 0)
        if step.parents == 0:
            return made
        made = Made(made.parents + step.parents, made.suggestions + step.suggestions)
        _CHECKS.add(amount=step.parents)
        _SUGGESTIONS.add(amount=step.suggestions)
        if gently:
            await asyncio.sleep(min(REST * (monotonic() - started), LONGEST_REST))
