"""Typed statements of sql/queries/health.sql."""

from typing import Protocol

from api.database.queries import Queries, bind


class HealthQueries(Queries, Protocol):
    async def are_migrations_applied(self, *, migrations: str) -> bool: ...


sql = bind(HealthQueries)
