"""Columns of `json_table` in a `from`."""

from collections.abc import Iterator
from typing import Any

from api.checks.sql import ast


def json_columns(table: Any) -> Iterator[tuple[Any, bool]]:
    """The columns of a `json_table`, each with whether it is of a nested path, which may lack rows."""
    return _columns(table.columns, nested=False)


def _columns(columns: Any, *, nested: bool) -> Iterator[tuple[Any, bool]]:
    for column in columns or ():
        if column.coltype == ast.JsonTableColumnType.JTC_NESTED:
            yield from _columns(column.columns, nested=True)
        else:
            yield column, nested
