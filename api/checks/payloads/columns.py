"""Finds out which values the columns of a table accept, by inserting them into a copy."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from api.database.aliases import Connection

# One copy has the checks, without `not null` so that a column can be tried alone; the other has the defaults.
_COPIES: Final = """
create temporary table tried_{table} (like {table} including constraints) on commit drop;
alter table pg_temp.tried_{table} {drops};
create temporary table default_{table} (like {table} including defaults) on commit drop;
alter table pg_temp.default_{table} {drops};
"""
_ASK: Final = """
create or replace function pg_temp.refusals(target regclass, attribute text, documents text[])
  returns text[]
  language plpgsql
as $$
declare
  document text;
  reason text;
  kept jsonb;
  answers text[] := '{}';
begin
  foreach document in array documents loop
    begin
      execute format('insert into %s (%I) select %I from jsonb_populate_record(null::%s, $1) returning to_jsonb(%I)',
                     target, attribute, attribute, target, attribute)
         into kept
        using jsonb_build_object(attribute, document::jsonb);
      -- A number that is rounded isn't kept.
      answers := answers || case
        when jsonb_typeof(kept) = 'number' and kept::numeric <> (document::jsonb #>> '{}')::numeric
        then 'it is rounded'
      end;
    exception when others then
      get stacked diagnostics reason = constraint_name;
      answers := answers || coalesce(nullif(reason, ''), sqlerrm);
    end;
  end loop;
  return answers;
end;
$$
"""
_COLUMNS: Final = """
select a.attname::text as name, not a.attnotnull as nullable, a.atthasdef as has_default,
       coalesce(
         array(
           select e.enumlabel::text
             from pg_enum as e
            where e.enumtypid = a.atttypid
            order by e.enumsortorder
         ),
         '{}'
       ) as labels,
       array(
         select row (c.conname, pg_get_constraintdef(c.oid))
           from pg_constraint as c
          where c.conrelid = a.attrelid
            and c.contype = 'c'
            and a.attnum = any (c.conkey)
       ) as checks,
       exists (
         select
           from pg_constraint as f
          where f.conrelid = a.attrelid
            and f.contype = 'f'
            and a.attnum = any (f.conkey)
       ) as refers
  from pg_attribute as a
 where a.attrelid = $1::text::regclass
   and a.attnum > 0
   and not a.attisdropped
"""
_NUMBER: Final = re.compile(r"(?<![\w.'])\d{1,9}(?![\w.])")
_WORD: Final = re.compile(r"'([^']*)'::text")


class TableColumn(msgspec.Struct, frozen=True):
    """A column: its default as JSON (None without one), the labels of its enum, its checks by name.

    `refers` if it is part of a foreign key, so that it takes no value but a key of another row.
    """

    table: str
    name: str
    nullable: bool
    has_default: bool
    default: Any
    labels: tuple[str, ...]
    checks: dict[str, str]
    refers: bool = False

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"

    def numbers(self) -> set[int]:
        """Numbers in its checks."""
        return {int(number) for check in self.checks.values() for number in _NUMBER.findall(check)}

    def words(self) -> set[str]:
        """Texts in its checks, and labels of its enum."""
        return {word for check in self.checks.values() for word in _WORD.findall(check)} | set(self.labels)

    def rule(self, reason: str | None = None) -> str:
        """The check named `reason`, or all checks and labels of the column."""
        if reason is not None:
            return f"{reason} {self.checks[reason]}" if reason in self.checks else reason
        rules = [f"{name} {check}" for name, check in sorted(self.checks.items())]
        return "; ".join([f"one of {', '.join(self.labels)}"] * bool(self.labels) + rules) or "no check"


class Table:
    """An empty copy of a table, to try values in; it lasts until the transaction ends."""

    def __init__(self, connection: Connection, name: str, columns: dict[str, TableColumn]) -> None:
        self._connection = connection
        self.name = name
        self.columns = columns

    @classmethod
    async def copy(cls, connection: Connection, name: str) -> "Table":
        """Create the copy."""
        rows = await connection.fetch(_COLUMNS, name)
        drops = ", ".join(f'alter column "{row["name"]}" drop not null' for row in rows)
        await connection.execute(_COPIES.format(table=name, drops=drops) + _ASK)
        added = await connection.fetchval(
            f"insert into pg_temp.default_{name} as added default values returning to_jsonb(added)::text"  # noqa: S608
        )
        defaults = msgspec.json.decode(added)
        columns = {
            row["name"]: TableColumn(
                name,
                row["name"],
                row["nullable"],
                row["has_default"],
                defaults[row["name"]],
                tuple(row["labels"]),
                {check: definition for check, definition in row["checks"]},  # noqa: C416
                row["refers"],
            )
            for row in rows
        }
        return cls(connection, name, columns)

    async def refusals(self, column: str, values: Sequence[Any]) -> list[str | None]:
        """For each value the constraint that refuses it, or else PostgreSQL's message; None if it's accepted."""
        documents = [msgspec.json.encode(value).decode() for value in values]
        answers: list[str | None] = await self._connection.fetchval(
            "select pg_temp.refusals($1::text::regclass, $2, $3)", f"pg_temp.tried_{self.name}", column, documents
        )
        return answers
