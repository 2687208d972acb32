"""Typed statements of sql/queries/exports.sql."""

from datetime import datetime
from typing import Protocol

from api.database.queries import Queries, bind
from api.exports.schemas import AccountRow, ChildrenPage, EventsPage, GoalsPage, SuggestionsPage
from api.problems.types import NOT_AUTHENTICATED


class ExportQueries(Queries, Protocol):
    async def begin_export(self, *, user_id: int, network: str | None) -> int: ...

    async def export_account(self, *, user_id: int, mailbox: list[str]) -> AccountRow: ...

    async def export_children(self, *, parent_profile_id: int, after: int, count: int) -> ChildrenPage: ...

    async def export_goals(self, *, parent_profile_id: int, after: int, count: int) -> GoalsPage: ...

    async def export_suggestions(self, *, parent_profile_id: int, after: int, count: int) -> SuggestionsPage: ...

    async def export_events(
        self, *, user_id: int, after_happened_at: datetime, after: int, until: int, count: int
    ) -> EventsPage: ...


sql = bind(ExportQueries, missing=NOT_AUTHENTICATED)
