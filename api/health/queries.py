"""Typed statements of sql/queries/health.sql."""

from typing import Protocol

import msgspec

from api.database.queries import Queries, bind


class HealthQueries(Queries, Protocol):
    async def are_migrations_applied(self, *, migrations: msgspec.Raw) -> bool: ...


sql = bind(HealthQueries)
