"""Compares the declarations of statements with the database."""

from collections.abc import Iterable, Iterator

import asyncpg

from api.checks.contract.catalog import Catalog, read_catalog
from api.checks.contract.comparison import Comparison, Described
from api.checks.contract.reader import Reader
from api.checks.contract.views import through_views
from api.checks.faults import Fault, line_of
from api.checks.sql.ast import parse_sql
from api.database.aliases import Connection
from api.database.query import Query


async def check_contract(connection: Connection, queries: Iterable[Query]) -> list[Fault]:
    """Differences between statements, the database behind a connection and the declared types.

    Parameters and columns are compared by name, type, nullability and enum labels. A value that a statement passes on
    has to keep its name, and a value for a `not null` column must never be null.
    """
    catalog = await through_views(connection, await read_catalog(connection))
    return sorted(
        {fault for query in queries for fault in faults_of(catalog, query, await describe(connection, query))}
    )


Undescribed = asyncpg.PostgresError | asyncpg.UnsupportedClientFeatureError


async def describe(connection: Connection, query: Query) -> Described | Undescribed:
    """PostgreSQL's description of a statement, or its error, or that of types which asyncpg can't read."""
    try:
        prepared = await connection.prepare(query.statement.text)
    except (asyncpg.PostgresError, asyncpg.UnsupportedClientFeatureError) as error:
        return error
    attributes = prepared.get_attributes()
    return Described(
        tuple(attribute.name for attribute in attributes),
        tuple(attribute.type.name for attribute in attributes),
        tuple(parameter.name for parameter in prepared.get_parameters()),
    )


def faults_of(catalog: Catalog, query: Query, described: Described | Undescribed) -> Iterator[Fault]:
    """Faults of one query."""
    statement = query.statement
    if isinstance(described, asyncpg.UnsupportedClientFeatureError):
        said = (
            f"asyncpg says: {described.args[0]}; give or take parts, as `lower(…)` and `upper(…)` of a range of moments"
        )
        yield Fault(statement.path, statement.line, statement.name, said)
        return
    if not isinstance(described, Described):
        yield Fault(statement.path, statement.line, statement.name, f"PostgreSQL says: {described.args[0]}")
        return
    # The service, which runs this when it starts, has no use for trees that are kept.
    [tree] = parse_sql(statement.text)
    reader = Reader(catalog, statement, query.parameters)
    columns = reader.read(tree)
    for node, what in reader.faults:
        yield Fault(statement.path, line_of(statement, node), statement.name, what)
    comparison = Comparison(query, catalog)
    for what in (
        *comparison.parameters(described),
        *comparison.unread(reader.read_keys),
        *comparison.columns(described, columns),
    ):
        yield Fault(statement.path, statement.line, statement.name, f"{what} ({query.where})")
