"""Names for asyncpg's types: generic to the type checker, plain at run time."""

from typing import TYPE_CHECKING, TypeAlias

import asyncpg

Row: TypeAlias = asyncpg.Record
if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection
