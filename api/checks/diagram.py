"""What sql/README.md has from the catalog: the Mermaid diagram of the schema, and how long rows are kept."""

from typing import Any, Final, LiteralString

import psycopg

from api.checks.kept_files import around
from api.checks.retention import overview
from api.paths import SQL_README

_DIAGRAM: Final = ("<!-- diagram -->\n", "<!-- end of diagram -->\n")
_RETENTION: Final = ("<!-- retention -->\n", "<!-- end of retention -->\n")

_COLUMNS: Final[LiteralString] = """
select c.relname, a.attname, format_type(a.atttypid, null), coalesce(p.contype is not null, false),
       exists (
         select
           from pg_constraint as f
          where f.conrelid = c.oid
            and f.contype = 'f'
            and a.attnum = any (f.conkey)
       ),
       coalesce(substring(col_description(c.oid, a.attnum) from '^\\[(.*?)\\]'), '')
  from pg_class as c
  join pg_attribute as a
    on a.attrelid = c.oid
   and a.attnum > 0
   and not a.attisdropped
  left join pg_constraint as p
    on p.conrelid = c.oid
   and p.contype = 'p'
   and a.attnum = any (p.conkey)
 where c.relnamespace = 'public'::regnamespace
   and c.relkind = 'r'
   and c.relname not like '%yoyo%'
   and c.relname <> 'migration_checksums'
 order by c.relname, a.attnum
"""
_KEYS: Final[LiteralString] = """
select parent.relname, child.relname,
       exists (
         select
           from pg_index as i
          where i.indrelid = f.conrelid
            and i.indisunique
            and array_to_string(i.indkey::smallint[], ' ') = array_to_string(f.conkey, ' ')
       ),
       f.conname
  from pg_constraint as f
  join pg_class as child
    on child.oid = f.conrelid
  join pg_class as parent
    on parent.oid = f.confrelid
 where f.contype = 'f'
   and f.connamespace = 'public'::regnamespace
 order by parent.relname, child.relname
"""


def readme_with_diagram(dsn: str) -> str:
    """Text of sql/README.md with its diagram and its table of retention made anew from a database."""
    text = SQL_README.read_text("utf-8")
    with psycopg.connect(dsn) as connection:
        for markers, part in ((_RETENTION, overview(connection)), (_DIAGRAM, _draw(connection))):
            before, after = around(SQL_README, text, *markers)
            text = f"{before}\n{part}\n{after}"
    return text


def _draw(connection: psycopg.Connection[Any]) -> str:
    """Entity-relationship diagram in Mermaid: tables, columns with their keys and privacy class, foreign keys."""
    columns = connection.execute(_COLUMNS).fetchall()
    keys = connection.execute(_KEYS).fetchall()
    lines = ["```mermaid", "erDiagram"]
    for parent, child, single, name in keys:
        lines.append(f'  {parent} ||--{"o|" if single else "o{"} {child} : "{name}"')
    tables: dict[str, list[str]] = {}
    for table, column, kind, primary, foreign, privacy in columns:
        marks = ", ".join(mark for mark, is_it in (("PK", primary), ("FK", foreign)) if is_it)
        type_ = kind.replace("timestamp with time zone", "timestamptz").replace(" ", "_").replace("[]", "_array")
        tables.setdefault(table, []).append(f'    {type_} {column} {marks} "{privacy}"'.replace('  "', ' "'))
    for table, lines_of_table in tables.items():
        lines += [f"  {table} {{", *lines_of_table, "  }"]
    return "\n".join([*lines, "```", ""])
