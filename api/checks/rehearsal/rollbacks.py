"""Takes migrations back in a filled database, and holds what is lost against what their heads say."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.sql import SQL, Identifier

from api.checks.faults import Message
from api.checks.schema import differences, dump_schema
from api.migrations import MigrationFile, rollback
from api.sql_parser.parser import members, parse

# Tables with the columns of each, without those that record migrations.
_TABLES: Final = r"""
select c.relname::text, array_agg(a.attname::text order by a.attname)
  from pg_class as c
  join pg_attribute as a
    on a.attrelid = c.oid
   and a.attnum > 0
   and not a.attisdropped
 where c.relnamespace = 'public'::regnamespace
   and c.relkind = 'r'
   and c.relname !~ '^_?yoyo|^migration_checksums$'
 group by c.relname
"""
# Tables of these names, and those that refer to them, directly or not.
_REACHED: Final = """
with recursive reached as (
  select oid, relname
    from pg_class
   where relname = any(%s)
     and relnamespace = 'public'::regnamespace
   union
  select c.oid, c.relname
    from reached
    join pg_constraint as k
      on k.confrelid = reached.oid
     and k.contype = 'f'
    join pg_class as c
      on c.oid = k.conrelid
)
select relname::text
  from reached
"""
# Lines of a difference that are shown.
_SHOWN: Final = 40
_NOTHING: Final = re.compile(r"nothing (more )?is lost|loses nothing", re.IGNORECASE)
_TABLE: Final = re.compile(r"CREATE TABLE .*?\n\);", re.DOTALL)


class TakenBack(NamedTuple):
    """A migration that was taken back, and what is wrong with that."""

    id: str
    faults: Sequence[Message]


def take_back(
    dsn: str, files: Sequence[MigrationFile], schemas: Mapping[str, str], directory: Path
) -> Iterator[TakenBack]:
    """Take migrations back, the last first; `schemas` are dumps from before each was applied, by id.

    Nobody may write to the database meanwhile.

    Raises:
        MigrationError: a rollback fails.
        DumpError: the schema can't be read.

    """
    # Statements that psycopg prepared by itself could be of tables that are gone.
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        digests = _digests(connection)
        for file in reversed(files):
            reached = _reached(connection, file)
            rollback(dsn, directory=directory, expected=file.id)
            left = _digests(connection)
            changed = [place for place, digest in digests.items() if digest != left.get(place, (0, None))]
            different = _different(file, schemas[file.id], dump_schema(dsn))
            yield TakenBack(file.id, [*_faults(file, changed, reached), *different])
            digests = left


def schema_differences(name: str, wanted: str, found: str) -> list[str]:
    """The first lines of a diff from a schema of this name to a database's; the order of columns doesn't count."""
    lines = differences(name, _in_order(wanted), _in_order(found))
    return [*lines[:_SHOWN], "…"] if len(lines) > _SHOWN else lines


def _digests(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], tuple[int, Any]]:
    """Number and digest of the values that aren't null, of each column of each table; of none it's 0 and None."""
    digests: dict[tuple[str, str], tuple[int, Any]] = {}
    for table, columns in connection.execute(_TABLES).fetchall():
        each = [SQL("count({0}), sum(hashtextextended({0}::text, 0))").format(Identifier(name)) for name in columns]
        query = SQL("select {} from {}").format(SQL(", ").join(each), Identifier(table))
        [found] = connection.execute(query).fetchall()
        pairs = zip(found[::2], found[1::2], strict=True)
        digests |= {(table, name): pair for name, pair in zip(columns, pairs, strict=True)}
    return digests


def _faults(file: MigrationFile, changed: Sequence[tuple[str, str]], reached: Collection[str]) -> Iterator[Message]:
    """Rows and values that are lost or changed though the head says that nothing is, or in tables of no concern."""
    for table in dict.fromkeys(table for table, _ in changed):
        columns = ", ".join(column for changed_table, column in changed if changed_table == table)
        what = f"{file.rollback_path.name} changes or loses values of {columns} in {table}"
        if _NOTHING.search(file.loss):
            yield f"{what}, and its head says that nothing is lost: say what is"
        elif table not in reached:
            yield f"{what}, which {file.path.name} has nothing to do with: leave them"


def _reached(connection: psycopg.Connection[Any], file: MigrationFile) -> set[str]:
    """Tables that a migration names, and those whose rows go with theirs."""
    names = {value for statement in parse(file.apply) for name, value in members(statement.tree) if name == "relname"}
    return {table for (table,) in connection.execute(_REACHED, [list(names)])}


def _different(file: MigrationFile, before: str, after: str) -> Iterator[Message]:
    """Whether the schema isn't as it was before."""
    if lines := schema_differences(f"before {file.id}", before, after):
        yield "\n".join([f"{file.rollback_path.name} doesn't make the schema what it was before: correct it", *lines])


def _in_order(schema: str) -> str:
    """Its paragraphs, and the lines of its tables, in the order of letters."""
    sorted_lines = _TABLE.sub(
        lambda found: "\n".join(sorted(line.rstrip(",") for line in found[0].splitlines())), schema
    )
    return "\n\n".join(sorted(part.strip() for part in sorted_lines.split("\n\n")))
