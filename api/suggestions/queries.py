"""Typed statements of sql/queries/suggestions.sql."""

from typing import Protocol

from api.database.queries import Queries, bind
from api.problems.text import Language
from api.suggestions.facts import SUGGESTION_NOT_FOUND
from api.suggestions.schemas import Made, Suggestion


class SuggestionQueries(Queries, Protocol):
    async def list_suggestions(
        self, *, parent_profile_id: int, context: str, language: Language
    ) -> list[Suggestion]: ...

    async def use_suggestion(self, *, parent_profile_id: int, id: int) -> int: ...

    async def dismiss_suggestion(self, *, parent_profile_id: int, id: int) -> int: ...

    async def rate_suggestion(self, *, parent_profile_id: int, id: int, rating: int, feedback: str | None) -> int: ...

    async def make_suggestions(self, *, hours: int, count: int) -> Made: ...


sql = bind(SuggestionQueries, missing=SUGGESTION_NOT_FOUND)
