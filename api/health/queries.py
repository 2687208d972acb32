"""Typed statements of sql/queries/health.sql."""

from typing import Protocol

from api.database.queries import Queries, bind


class HealthQueries(Queries, Protocol):
    async def list_applied_migrations(self) -> list[str]: ...


sql = bind(HealthQueries)
