"""Statements made of a text alone."""

from pathlib import Path

from api.database.statements.files import Statement


def statement_of(text: str, *, batch: bool = False) -> Statement:
    """A statement without parameters, as if it were read from a file."""
    return Statement(
        "query",
        "many",
        batch=batch,
        path=Path("queries.sql"),
        line=1,
        description="",
        notes={},
        source=text,
        text=text,
        parameters=(),
        reads_only=True,
    )
