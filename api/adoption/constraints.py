"""The constraints of the real catalog, and which staged rows break them, as sets."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from psycopg import Connection
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

# In the order of their references.
TABLES: Final = ("users", "parent_profiles", "child_profiles", "parenting_goals")


class Constraint(msgspec.Struct, frozen=True):
    """A rule of a table; `expression` is what a check says, or the condition of rows that it concerns.

    One that isn't enforced is broken by rows that stay nevertheless. `keys` are the expressions of a unique index;
    `target` the table and column that a foreign key refers to.
    """

    table: str
    name: str
    kind: str
    columns: Sequence[str]
    expression: str = ""
    keys: Sequence[str] = ()
    target: tuple[str, str] | None = None
    limit: int = 0
    is_enforced: bool = True
    defaults: Mapping[str, str | None] = {}
    nullable: Sequence[str] = ()


_CONSTRAINTS: Final = """
select relname, conname, contype::text,
       array(select attname::text from unnest(conkey) as k join pg_attribute on attrelid = conrelid and attnum = k),
       coalesce(pg_get_expr(conbin, conrelid), ''),
       confrelid::regclass::text,
       (select attname::text from pg_attribute where attrelid = confrelid and attnum = confkey[1])
  from pg_constraint
  join pg_class on pg_class.oid = conrelid
 where conrelid = any(%s::regclass[])
   and contype in ('c', 'n', 'f')
 order by conname
"""
# Names that look alike and addresses of several accounts break no constraint, and are worth to be known.
_INDEXES: Final = """
select table_class.relname, index_class.relname, indisunique,
       array(select pg_get_indexdef(indexrelid, n, true) from generate_series(1, indnkeyatts) as n),
       coalesce(pg_get_expr(indpred, indrelid), ''),
       array(
         select attname::text
           from pg_depend
           join pg_attribute on attrelid = refobjid and attnum = refobjsubid
          where objid = indexrelid and refobjid = indrelid
          union
         select attname::text from pg_attribute where attrelid = indrelid and attnum = any(indkey)
       )
  from pg_index
  join pg_class as table_class on table_class.oid = indrelid
  join pg_class as index_class on index_class.oid = indexrelid
 where indrelid = any(%s::regclass[])
   and (indisunique or index_class.relname in ('users_email_idx', 'users_username_idx'))
 order by 2
"""
# Limits that triggers keep, for rows that are new: larger ones of before stay.
_TRIGGERS: Final = """
select relname, proname, pg_get_triggerdef(pg_trigger.oid, true),
       string_to_array(encode(tgargs, 'escape'), '\\000')
  from pg_trigger
  join pg_class on pg_class.oid = tgrelid
  join pg_proc on pg_proc.oid = tgfoid
 where tgrelid = any(%s::regclass[])
   and tgname ~ '_limit(_insert)?$'
"""
_COLUMNS: Final = """
select attname::text, pg_get_expr(adbin, adrelid), not attnotnull
  from pg_attribute
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
 where attrelid = %s::regclass
   and attnum > 0
   and not attisdropped
"""
_KINDS: Final = {"c": "check", "n": "not null", "f": "foreign key"}


def read_constraints(connection: Connection[Any]) -> list[Constraint]:
    """Constraints, unique indexes and limits of the tables that are adopted, as the catalog has them."""
    wanted = [list(TABLES)]
    found: list[Constraint] = []
    about: dict[str, Mapping[str, Any]] = {}
    for table in TABLES:
        columns = connection.execute(_COLUMNS, [table]).fetchall()
        about[table] = {
            "defaults": {name: default for name, default, _ in columns},
            "nullable": [name for name, _, nullable in columns if nullable],
        }
    for table, name, kind, columns, expression, target, key in connection.execute(_CONSTRAINTS, wanted):
        reference = (target, key) if kind == "f" else None
        found.append(Constraint(table, name, _KINDS[kind], columns, expression, target=reference, **about[table]))
    for table, name, is_unique, keys, condition, columns in connection.execute(_INDEXES, wanted):
        found.append(Constraint(table, name, "unique", columns, condition, keys, is_enforced=is_unique))
    for table, function, definition, arguments in connection.execute(_TRIGGERS, wanted):
        if function == "keep_family_size":
            found.append(
                Constraint(
                    table, f"{table}_limit", "number", ["parent_profile_id"], limit=int(arguments[0]), is_enforced=False
                )
            )
        elif condition := re.search(r"WHEN \((.*)\) EXECUTE", definition):
            found.append(Constraint(table, arguments[0], "limit", [arguments[1]], condition[1], is_enforced=False))
    return sorted(found, key=lambda constraint: TABLES.index(constraint.table))


def broken_lines(constraint: Constraint, *, only_mended: bool = False) -> Composed:
    """Query for the rows of `new_TABLE` that break a constraint, with what is told of their values.

    A check needs to look at `only_mended` rows after the first time; what concerns several rows looks at all.
    """
    parts: dict[str, Composable] = {
        "table": Identifier(f"new_{constraint.table}"),
        "told": SQL(", ").join(_told(constraint)) if constraint.columns else SQL("''"),
    }
    match constraint.kind:
        case "check":
            parts["where"] = SQL("not ({})").format(SQL(constraint.expression))
        case "not null":
            parts["where"] = SQL("{} is null").format(Identifier(constraint.columns[0]))
        case "limit":
            # The trigger's condition speaks of the row as NEW.
            parts["where"] = SQL(constraint.expression)
        case "foreign key":
            assert constraint.target is not None
            table, key = constraint.target
            parts["where"] = SQL("{} not in (select {} from {} where {} is not null)").format(
                Identifier(constraint.columns[0]), Identifier(key), Identifier(f"new_{table}"), Identifier(key)
            )
        case "number":
            return SQL(
                "select line, label, told from (select min(line) as line, parent_profile_id::text as label,"
                " count(*) || ' rows' as told, count(*) from {table} group by parent_profile_id) as family"
                " where count > {limit}"
            ).format(limit=Literal(constraint.limit), **parts)
        case _:
            return _not_unique(constraint, parts)
    if only_mended and constraint.kind in {"check", "not null"}:
        mended = SQL("line in (select line from mended where of_table = {})").format(Literal(constraint.table))
        parts["where"] = SQL("{} and {}").format(mended, parts["where"])
    return SQL("select line, label, concat_ws(', ', {told}) from {table} as new where {where}").format(**parts)


def _told(constraint: Constraint) -> Iterator[Composable]:
    for column in constraint.columns:
        yield SQL("pg_temp.told({}, {}::text)").format(Literal(column), Identifier(column))


def _not_unique(constraint: Constraint, parts: Mapping[str, Composable]) -> Composed:
    """Query for the rows that another one precedes, or that one of ours precedes which stays as it is."""
    keys: list[Composable] = [SQL(key) for key in constraint.keys]
    return SQL(
        "with ours as (select {keys} from {real} as kept where {condition}"
        " and id in (select id from kept_rows where of_table = {name}))"
        " select line, label, concat_ws(', ', {told}) || ', ' || others || ' of ' || (others + 1) from ("
        "  select *, row_number() over (partition by {keys} order by rank) - 1 as others,"
        "         ({keys}) in (select * from ours) as is_taken"
        "    from {table} where {condition} and id not in (select id from kept_rows where of_table = {name})"
        " ) as ranked where others > 0 or is_taken"
    ).format(
        keys=SQL(", ").join(keys),
        real=Identifier(constraint.table),
        name=Literal(constraint.table),
        # Nulls are different from each other.
        condition=SQL("({}) and row({}) is not null").format(
            SQL(constraint.expression or "true"),
            SQL(", ").join(keys),
        ),
        **parts,
    )
