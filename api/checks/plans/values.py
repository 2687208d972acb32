"""Texts for the parameters of a statement that `just explain` runs."""

import shlex
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from api.app import load_facts
from api.checks.examples import Examples
from api.checks.families import first_family
from api.command_error import CommandError
from api.database.codecs import column_document
from api.database.queries import bound_queries
from api.database.statements.files import Statement
from api.facts import Family

# For the command that an error suggests if the database has no family.
_NOBODY = Family(1, "noor", "$argon2id$", 1, 1, b"\0", {})


class MissingValueError(CommandError):
    """A parameter has no value, or a value has no parameter or statement; the message names it."""


def example_values(
    connection: psycopg.Connection[Any], statement: Statement, given: Mapping[str, str]
) -> dict[str, str | None]:
    """A text for each parameter, given or from the database; for a :batch statement an array of one call's value.

    One that clients mostly leave out, whose example is None, is null unless it's given.

    Raises:
        MissingValueError: a given name isn't a parameter, or a parameter has no value.

    """
    strangers = given.keys() - set(statement.parameters)
    if strangers:
        raise MissingValueError(f"{statement.name} has no parameter {', '.join(sorted(strangers))}")
    facts = load_facts()
    examples = Examples(facts, bound_queries())
    family = first_family(connection, facts.tables)
    anybodys = _texts(statement, examples, _NOBODY)
    unset = {name: None for name, text in anybodys.items() if text is None}
    known = unset | (_texts(statement, examples, family) if family else {}) | dict(given)
    missing = [name for name in statement.parameters if name not in known]
    if missing:
        # Of what is known, only what was given: the rest may be secret.
        shown = dict(given) | {name: anybodys.get(name) or "…" for name in missing}
        command = shlex.join(["just", "explain", statement.name, *map("=".join, shown.items())])
        needed = " ".join(f"{name}=…" for name in missing)
        raise MissingValueError(f"{statement.name} needs {needed}, as in: {command}")
    return {name: _array(known[name]) if statement.batch else known[name] for name in statement.parameters}


def _texts(statement: Statement, examples: Examples, family: Family) -> dict[str, str | None]:
    texts: dict[str, str | None] = {}
    for name in statement.parameters:
        if (make := examples.value(statement, name)) is not None:
            value = make(family)
            texts[name] = None if value is None else _text(value)
    return texts


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bytes():
            return f"\\x{value.hex()}"
        case [str() | bytes() | int() | date() | time() | timedelta() | Decimal() | UUID(), *_]:
            return _array(*map(_text, value))
    return msgspec.json.encode(column_document(value)).decode().strip('"')


def _array(*texts: str | None) -> str:
    return "{" + ",".join("null" if text is None else _quoted(text) for text in texts) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
