"""Values for a statement's parameters, from the rows there are."""

import shlex
from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier

from api.command_error import CommandError
from api.database.statements.files import Statement

# The first family that has all that a statement could ask for, or else as much as there is.
_FAMILY: Final = """
select users.id::text as user_id,
       users.username,
       parent_profiles.id::text as parent_profile_id,
       sessions.id::text as session_id,
       sessions.token_digest::text as token_digest
  from users
  left join parent_profiles on parent_profiles.user_id = users.id
  left join sessions on sessions.user_id = users.id
 order by parent_profiles.id is null, sessions.id is null, users.id
 limit 1
"""
_OWNERS: Final = {
    "child_profiles": "parent_profile_id",
    "parenting_goals": "parent_profile_id",
    "sessions": "user_id",
}
# What says nothing of a row.
_ANY: Final = {"after": "0", "count": "50", "seconds": "3600", "status": "active"}
# What an error shows where the database has nothing: by name, or else by type.
_BY_NAME: Final = {
    "address": "127.0.0.1",
    "answers": '{"name": "Noor"}',
    "child": '{"name": "Bo", "age": 4, "special_needs": [], "routines": {}}',
    "children": "[]",
    "email": "noor@example.org",
    "goal": '{"title": "Rust", "description": "", "category": "slaap", "priority": 1, "status": "active"}',
    "goals": "[]",
    "password": "$argon2id$",
    "profile": (
        '{"name": "Noor", "stress_level": "low", "experience_level": "first_time", "primary_concerns": [], '
        '"support_network": [], "preferred_language": "nl"}'
    ),
}
_BY_TYPE: Final = {
    "array": "{}",
    "bytea": r"\x00",
    "int4": "1",
    "int8": "1",
    "jsonb": "{}",
    "text": "noor",
    "timestamptz": "now",
}


class MissingValueError(CommandError):
    """A parameter has no value; the message names it."""


def example_values(
    connection: psycopg.Connection[Any], statement: Statement, given: Mapping[str, str]
) -> dict[str, str]:
    """A text for each parameter: what is given, or what the database has. A batch is one of a single call.

    Raises:
        MissingValueError: what is given isn't a parameter, or there's no value for one.

    """
    strangers = given.keys() - set(statement.parameters)
    if strangers:
        raise MissingValueError(f"{statement.name} has no parameter {', '.join(sorted(strangers))}")
    types = _types(connection, statement)
    booleans = {name: "true" for name, type_ in types.items() if type_ == "bool"}
    known = _found(connection, statement) | _ANY | booleans | dict(given)
    missing = [name for name in statement.parameters if name not in known]
    if missing:
        shown = dict(given) | {name: _BY_NAME.get(name) or _BY_TYPE.get(types.get(name, ""), "…") for name in missing}
        command = shlex.join(["just", "explain", statement.name, *map("=".join, shown.items())])
        needed = " ".join(f"{name}=…" for name in missing)
        raise MissingValueError(f"{statement.name} needs {needed}, as in: {command}")
    return {name: _array(known[name]) if statement.batch else known[name] for name in statement.parameters}


def _found(connection: psycopg.Connection[Any], statement: Statement) -> dict[str, str]:
    cursor = connection.execute(_FAMILY)
    row = cursor.fetchone()
    if row is None:
        return {}
    names = [column.name for column in cursor.description or ()]
    found = {name: value for name, value in zip(names, row, strict=True) if value is not None}
    if statement.text.startswith("insert"):
        # It's taken.
        found.pop("username", None)
    table = statement.path.stem
    owner = _OWNERS.get(table)
    if owner in found:
        query = SQL("select id::text from {} where {} = %s order by id limit 1").format(
            Identifier(table), Identifier(owner)
        )
        key = connection.execute(query, [found[owner]]).fetchone()
        found |= {"id": key[0]} if key else {}
    return found


def _types(connection: psycopg.Connection[Any], statement: Statement) -> dict[str, str]:
    """PostgreSQL's names of the parameters' types, those of a single call in a batch; `array` for any array."""
    pgconn = connection.pgconn
    pgconn.prepare(b"", statement.text.encode())
    described = pgconn.describe_prepared(b"")
    types = {}
    for number, name in enumerate(statement.parameters[: described.nparams]):
        oid = described.param_type(number)
        # Of an array, what is known is the element's.
        if info := connection.adapters.types.get(oid):
            types[name] = info.name if statement.batch or info.oid == oid else "array"
    return types


def _array(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{{"{escaped}"}}'
