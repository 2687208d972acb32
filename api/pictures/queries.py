"""Typed statements of sql/queries/pictures.sql."""

from typing import Protocol

from api.database.queries import Queries, bind
from api.problems.types import NOT_AUTHENTICATED


class PictureQueries(Queries, Protocol):
    async def add_picture(self, *, user_id: int, name: str) -> None: ...

    async def show_picture(self, *, user_id: int, name: str) -> str | None: ...

    async def clear_picture(self, *, user_id: int) -> None: ...

    async def take_removable_pictures(self) -> list[str]: ...

    async def forget_pictures(self, *, names: list[str]) -> int: ...


sql = bind(PictureQueries, constraints={"pictures_user_id_fkey": NOT_AUTHENTICATED})
