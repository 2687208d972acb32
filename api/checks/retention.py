"""How long the rows of each table are kept, as its comment says, and whether something removes them then.

The last sentence of a table's comment is `Kept until the account is erased.`, `Kept for good.` or
`Kept HOW LONG; STATEMENT.`, with the statement that removes what is past its time.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, LiteralString, NamedTuple

import psycopg

from api.checks.faults import Message
from api.checks.figures import figures_in, intervals_in, unread_in
from api.database.statements.files import Statement

_WITH_ACCOUNT: Final = "until the account is erased"
_FOR_GOOD: Final = "for good"
_SENTENCE: Final = re.compile(r"(?:^|[.:] )Kept (?P<period>[^.;:]+)(?:; (?P<statement>\w+))?\.$")
# Those whose statements the service runs every five minutes.
_CLEANING: Final = ("cleaning.sql", "pictures.sql")

# Our tables, whether a row goes with its account, and columns that are about somebody.
_TABLES: Final[LiteralString] = r"""
with recursive gone (oid) as (
  select 'public.users'::regclass::oid
   union
  select c.conrelid
    from gone
    join pg_constraint as c
      on c.confrelid = gone.oid
     and c.contype = 'f'
     and c.confdeltype = 'c'
)
select t.relname::text,
       coalesce(obj_description(t.oid, 'pg_class'), ''),
       t.oid in (select oid from gone),
       array(
         select a.attname::text
           from pg_attribute as a
          where a.attrelid = t.oid
            and col_description(t.oid, a.attnum) ~ '^\[(personal|health-related)\]'
          order by a.attnum
       )
  from pg_class as t
 where t.relnamespace = 'public'::regnamespace
   and t.relkind in ('r', 'p')
   and not t.relispartition
   and t.relname !~ '^_?yoyo|^migration_checksums$'
   and not exists (
         select from pg_depend as d where d.classid = 'pg_class'::regclass and d.objid = t.oid and d.deptype = 'e'
       )
 order by t.relname
"""
_FUNCTIONS: Final[LiteralString] = """
select proname::text, coalesce(pg_get_function_sqlbody(oid), prosrc)
  from pg_proc
 where pronamespace = 'public'::regnamespace
"""


class Retention(NamedTuple):
    """A table: how long its rows are kept and what removes them, None where its comment doesn't say."""

    table: str
    period: str | None
    statement: str | None
    goes_with_account: bool
    about_somebody: list[str]


def read_retentions(connection: psycopg.Connection[Any]) -> list[Retention]:
    """What the comments of the tables of a database say, by name."""
    found = []
    for table, comment, goes_with_account, about_somebody in connection.execute(_TABLES):
        said = _SENTENCE.search(comment)
        period, statement = (said["period"], said["statement"]) if said else (None, None)
        found.append(Retention(table, period, statement, goes_with_account, about_somebody))
    return found


def check_retentions(connection: psycopg.Connection[Any], statements: Mapping[str, Statement]) -> list[str]:
    """Faults of the tables' comments; the database is only read."""
    functions = dict(connection.execute(_FUNCTIONS).fetchall())
    return [
        f"{each.table}: {fault}"
        for each in read_retentions(connection)
        for fault in _faults(each, statements, functions)
    ]


def _faults(each: Retention, statements: Mapping[str, Statement], functions: Mapping[str, str]) -> Iterator[Message]:
    if each.period is None:
        yield "its comment doesn't end with how long rows are kept: `Kept …; STATEMENT.`"
    elif each.statement is not None:
        statement = statements.get(each.statement)
        if statement is None or statement.path.name not in _CLEANING:
            yield f"{each.statement}, which is to remove its rows, is no statement of cleaning.sql: correct its comment"
        elif not (texts := _removing(statement.text, each.table, functions)):
            yield f"{each.statement}, which is to remove its rows, deletes none: correct it, or the comment"
        else:
            yield from _timed(each.statement, each.period, " ".join(texts))
    elif each.period == _FOR_GOOD:
        if each.about_somebody:
            yield f"it's kept for good, and {', '.join(each.about_somebody)} is about somebody: say until when"
    elif each.period != _WITH_ACCOUNT:
        yield f"what removes its rows isn't said: write `Kept {each.period}; STATEMENT.`"
    elif not each.goes_with_account:
        yield "no foreign key `on delete cascade` leads to users, so its rows outlive the account: add one"


def _timed(statement: str, period: str, text: str) -> Iterator[Message]:
    if unread := unread_in(text):
        yield f"{statement} has an interval that isn't read here, {unread}: write it as `interval '3 days'`"
    elif (done := intervals_in(text)) and done.isdisjoint(figures_in(period)):
        yield (
            f"{statement} doesn't remove its rows after {period}: correct it, or the comment, in digits as `30 days`"
        )


def _removing(text: str, table: str, functions: Mapping[str, str]) -> list[str]:
    """Of a statement and the functions that it calls, the texts that delete rows of a table."""
    called = [body for name, body in functions.items() if re.search(rf"\b{name}\(", text)]
    deletes = re.compile(rf"\bdelete from (public\.)?{table}\b", re.IGNORECASE)
    return [each for each in (text, *called) if deletes.search(each)]


def overview(connection: psycopg.Connection[Any]) -> str:
    """Table of sql/README.md."""
    rows = [
        f"| {each.table} | {each.period or ''} | {f'`{each.statement}`' if each.statement else ''} |"
        for each in read_retentions(connection)
    ]
    return "\n".join(["| table | rows are kept | and removed by |", "|---|---|---|", *rows, ""])
