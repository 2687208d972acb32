"""Compares a release's statements on its own schema with the same statements on a newer one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import asyncpg

from api.checks.contract.catalog import Catalog, read_catalog
from api.checks.contract.python_types import same_python_type
from api.checks.contract.reader import Reader
from api.checks.contract.views import through_views
from api.checks.faults import Message
from api.checks.releases.type_uses import element_type, read_type_uses
from api.checks.sql.ast import parse_sql
from api.checks.sql.types import JSON_TYPES
from api.database.aliases import Connection
from api.database.statements.files import Statement


class Signature(NamedTuple):
    """A statement on a schema: types by parameter and by column, columns that may be null, and faults.

    `sent` are the types of the values that it may send, `given` of those that it may return; lists count as their
    elements. `error` is PostgreSQL's message if it refuses the statement.
    """

    error: str | None
    parameters: Mapping[str, str]
    columns: Mapping[str, str]
    nullable: frozenset[str]
    faults: frozenset[str]
    sent: frozenset[str]
    given: frozenset[str]


class Signatures(NamedTuple):
    """Statements on a schema, by name, and the labels of its enums."""

    statements: Mapping[str, Signature]
    enums: Mapping[str, tuple[str, ...]]


async def read_signatures(connection: Connection, statements: Iterable[Statement]) -> Signatures:
    """Signatures of statements on the schema behind a connection."""
    catalog = await through_views(connection, await read_catalog(connection))
    signatures = {statement.name: await _signature(connection, catalog, statement) for statement in statements}
    return Signatures(signatures, catalog.enums)


def incompatibilities(name: str, before: Signatures, after: Signatures) -> Iterator[Message]:
    """Changes of a statement's signature that break code written for the old one.

    A wider integer type doesn't, nor does a column that can't be null any more.
    """
    old, new = before.statements[name], after.statements[name]
    if old.error is not None or new.error is not None:
        if old.error is None:
            yield f"PostgreSQL says: {new.error}"
        return
    for kind, were, are in (("parameter", old.parameters, new.parameters), ("column", old.columns, new.columns)):
        for thing, type_ in were.items():
            # The same statement has the same parameters and columns on both schemas.
            if not same_python_type(type_, are[thing]):
                yield f"{kind} {thing} was {type_}, and is {are[thing]}"
    for column in sorted(new.nullable - old.nullable):
        yield f"column {column} may be null now"
    yield from sorted(new.faults - old.faults)
    yield from _labels(old, before, after)


def _labels(signature: Signature, before: Signatures, after: Signatures) -> Iterator[Message]:
    """New labels that a statement can return, and removed labels that it may send."""
    for name, labels in before.enums.items():
        now = after.enums.get(name, ())
        if name in signature.given and (new := [label for label in now if label not in labels]):
            yield f"{name} may be {', '.join(new)} now"
        if name in signature.sent and (gone := [label for label in labels if label not in now]):
            yield f"{name} can't be {', '.join(gone)} any more"


async def _signature(connection: Connection, catalog: Catalog, statement: Statement) -> Signature:
    try:
        prepared = await connection.prepare(statement.text)
    except asyncpg.PostgresError as error:
        nothing: frozenset[str] = frozenset()
        return Signature(error.args[0], {}, {}, nothing, nothing, nothing, nothing)
    # The types that the release's code declares aren't known.
    reader = Reader(catalog, statement, dict.fromkeys(statement.parameters, Any))
    [tree] = parse_sql(statement.text)
    columns = reader.read(tree)
    attributes = prepared.get_attributes()
    parameters = [catalog.base(parameter.name) for parameter in prepared.get_parameters()]
    uses = read_type_uses(catalog, tree, parameters)
    given = frozenset(element_type(attribute.type.name) for attribute in attributes)
    if given & JSON_TYPES:
        # PostgreSQL doesn't tell the types of the values in a document.
        given |= uses.built
    return Signature(
        None,
        dict(zip(statement.parameters, parameters, strict=True)),
        {attribute.name: attribute.type.name for attribute in attributes},
        frozenset(
            attribute.name for attribute, (_, value) in zip(attributes, columns, strict=True) if value.may_be_null
        ),
        frozenset(what for _, what in reader.faults),
        uses.sent,
        given,
    )
