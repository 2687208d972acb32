"""Embeds what is about to be compared: the library's texts, and the profiles of parents who are due."""

import logging
from time import monotonic
from typing import Final

from api.auth.queries import cleaning
from api.database.backoff import doubled
from api.suggestions.embeddings import EmbeddingError, Embeddings
from api.suggestions.queries import sql

logger = logging.getLogger(__name__)

# Texts that are sent at once.
COUNT: Final = 32
# Seconds that a worker has for one call before another may make it, longer than a call can take; and between attempts
# while the service is away, at first and at most.
LEASE: Final = 60
FIRST_WAIT: Final = 5.0
LONGEST_WAIT: Final = 600.0


class Embedding:
    """Keeps embeddings in the database up to date; while the service is away, suggestions go by rules alone."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self._failures = 0
        self._next_attempt = 0.0

    @property
    def is_away(self) -> bool:
        """Whether the service failed, and isn't to be asked yet."""
        return monotonic() < self._next_attempt

    async def embed_due(self, hours: int) -> bool:
        """Embed what the first `COUNT` parents who are due need; False if another process is doing so.

        Raises:
            Problem: the database is away or busy.

        """
        model = self._embeddings.model
        if not await sql.list_profiles_to_embed(model=model, hours=hours, count=COUNT):
            return True
        while not self.is_away:
            if await cleaning.take_turn(name="embedding", seconds=LEASE) is None:
                return False
            try:
                if not await self._embed_texts():
                    await self._embed_profiles(hours)
                    break
            except EmbeddingError as error:
                self._wait(error)
            finally:
                await cleaning.take_turn(name="embedding", seconds=0)
        return True

    def _wait(self, error: EmbeddingError) -> None:
        self._failures += 1
        wait = doubled(self._failures, FIRST_WAIT, LONGEST_WAIT)
        self._next_attempt = monotonic() + wait
        logger.warning("no embeddings, trying again in %.0f s: %s", wait, error, extra={"event": "no_embeddings"})

    async def _embed_texts(self) -> bool:
        """Embed some of the library's texts, if any needs it."""
        texts = await sql.list_texts_to_embed(model=self._embeddings.model)
        if texts:
            vectors = await self._embeddings.embed([each.text for each in texts])
            await sql.save_library_embeddings(
                model=self._embeddings.model,
                slug=[each.slug for each in texts],
                digest=[each.digest for each in texts],
                embedding=vectors,
            )
        return bool(texts)

    async def _embed_profiles(self, hours: int) -> None:
        """Embed profiles, as another process may have done since they were listed."""
        profiles = await sql.list_profiles_to_embed(model=self._embeddings.model, hours=hours, count=COUNT)
        if not profiles:
            return
        vectors = await self._embeddings.embed([each.text for each in profiles])
        await sql.save_profile_embeddings(
            model=self._embeddings.model,
            id=[each.id for each in profiles],
            updated_at=[each.updated_at for each in profiles],
            digest=[each.digest for each in profiles],
            embedding=vectors,
        )
        self._failures = 0
