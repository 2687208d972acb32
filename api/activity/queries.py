"""Typed statements of sql/queries/activity.sql."""

from datetime import datetime
from typing import Protocol

from api.activity.schemas import AuditEvent
from api.database.queries import Queries, bind


class ActivityQueries(Queries, Protocol):
    async def list_activity(
        self, *, user_id: int, before_happened_at: datetime, before_id: int, count: int
    ) -> list[AuditEvent]: ...


sql = bind(ActivityQueries)
