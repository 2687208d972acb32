"""Typed statements of sql/queries/suggestions.sql."""

from datetime import datetime
from typing import Protocol

from api.database.queries import Queries, bind
from api.problems.text import Language
from api.suggestions.facts import SUGGESTION_NOT_FOUND
from api.suggestions.schemas import LibraryText, Made, ProfileText, Suggestion


class SuggestionQueries(Queries, Protocol):
    async def list_suggestions(
        self, *, parent_profile_id: int, context: str, language: Language
    ) -> list[Suggestion]: ...

    async def use_suggestion(self, *, parent_profile_id: int, id: int) -> int: ...

    async def dismiss_suggestion(self, *, parent_profile_id: int, id: int) -> int: ...

    async def rate_suggestion(self, *, parent_profile_id: int, id: int, rating: int, feedback: str | None) -> int: ...

    async def list_texts_to_embed(self, *, model: str) -> list[LibraryText]: ...

    async def save_library_embeddings(
        self, *, model: str, slug: list[str], digest: list[bytes], embedding: list[str]
    ) -> None: ...

    async def list_profiles_to_embed(self, *, model: str, hours: int, count: int) -> list[ProfileText]: ...

    async def save_profile_embeddings(
        self, *, model: str, id: list[int], updated_at: list[datetime], digest: list[bytes], embedding: list[str]
    ) -> None: ...

    async def make_suggestions(self, *, hours: int, count: int, rest: int) -> Made: ...


sql = bind(SuggestionQueries, missing=SUGGESTION_NOT_FOUND)
