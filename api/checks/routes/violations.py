"""The constraints that a statement can violate, by name, from the catalog and the parse tree."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from api.checks.routes.further import ANYTHING, Write, closure, read_further, writes_of
from api.database.aliases import Connection


class Rule(msgspec.Struct, frozen=True):
    """A constraint, or a trigger that raises one: its name, its table, and what has to be written to violate it.

    An update violates it if it sets one of the `columns`, of which a trigger for inserts has none. A foreign key is
    a rule of the table that it refers to as well, which a delete may violate.
    """

    name: str
    table: str
    columns: frozenset[str]
    on_insert: bool = True
    on_delete: bool = False

    def is_met_by(self, write: Write) -> bool:
        """Whether what is written to its table can violate it."""
        match write.verb:
            case "insert":
                return self.on_insert
            case "delete":
                return self.on_delete
            case _:
                return not self.columns.isdisjoint(write.columns)


class Violations(msgspec.Struct, frozen=True):
    """Constraints, the constraints that a function raises when a statement calls it, and what writes bring about."""

    rules: tuple[Rule, ...]
    raised: Mapping[str, frozenset[str]]
    further: Mapping[str, Iterable[str]]

    @property
    def names(self) -> frozenset[str]:
        of_deletes = (
            each.removeprefix("raise ") for after in self.further.values() for each in after if "raise " in each
        )
        return frozenset(rule.name for rule in self.rules).union(*self.raised.values(), of_deletes)

    def of(self, tree: Any) -> frozenset[str]:
        """Names of the constraints that a statement can violate."""
        return self._of(writes_of(tree))

    def _of(self, writes: Iterable[Write]) -> frozenset[str]:
        found: set[str] = set()
        for write in writes:
            if write.verb == "call":
                found |= self.raised.get(write.of, frozenset())
            else:
                found |= {rule.name for rule in self.rules if rule.table == write.of and rule.is_met_by(write)}
        return frozenset(found)

    def at_most(self, tree: Any) -> frozenset[str]:
        """Names of the constraints that a statement can violate, or what triggers, keys and functions write for it."""
        own = [*writes_of(tree)]
        writes = closure((each.name for each in own), self.further)
        if ANYTHING in writes:
            return self.names
        raised = {name for name in self.names if f"raise {name}" in writes}
        called = (self.raised.get(each.removeprefix("call "), ()) for each in writes)
        return self._of(own).union(raised, *called) | {
            rule.name
            for rule in self.rules
            if not writes.isdisjoint({f"insert {rule.table}", f"update {rule.table}"})
            or (rule.on_delete and f"delete {rule.table}" in writes)
        }


# Raised by triggers on what an account doesn't agree to; errors.py translates it for every statement.
HEALTH_DATA_CONSENT: Final = "health_data_consent"
# How a function says in its text which constraint it raises.
_RAISED: Final = re.compile(
    r"constraint = (?:'(?P<name>\w+)'|(?P<argument>tg_argv\[0\])|tg_table_name \|\| '(?P<end>\w+)')"
)

# Keys that hinder a change of what they refer to.
_KEYS: Final = """
select c.conname::text as name, c.confrelid::regclass::text as table_name, array(
         select a.attname::text
           from pg_attribute as a
          where a.attrelid = c.confrelid
            and a.attnum = any(c.confkey)
            and c.confupdtype in ('a', 'r')
       ) as columns, c.confdeltype in ('a', 'r') as on_delete
  from pg_constraint as c
 where c.connamespace = 'public'::regnamespace
   and c.contype = 'f'
"""
_CONSTRAINTS: Final = """
select c.conname::text as name, c.conrelid::regclass::text as table_name, array(
         select a.attname::text
           from pg_attribute as a
          where a.attrelid = c.conrelid
            and a.attnum = any(c.conkey)
       ) as columns
  from pg_constraint as c
 where c.connamespace = 'public'::regnamespace
   and c.contype in ('c', 'f', 'p', 'u', 'x')

union all

select x.indexrelid::regclass::text, x.indrelid::regclass::text, array(
         select distinct a.attname::text
           from pg_depend as d
           join pg_attribute as a
             on a.attrelid = d.refobjid
            and a.attnum = d.refobjsubid
          where d.classid = 'pg_class'::regclass
            and d.objid = x.indexrelid
            and d.refobjsubid > 0
       )
  from pg_index as x
  join pg_class as i
    on i.oid = x.indexrelid
 where i.relnamespace = 'public'::regnamespace
   and x.indisunique
   and not exists (select from pg_constraint as c where c.conindid = x.indexrelid)
"""
_TRIGGERS: Final = """
select t.tgrelid::regclass::text as table_name, p.proname::text as function,
       string_to_array(encode(t.tgargs, 'escape'), '\\000') as arguments,
       t.tgtype & 4 <> 0 as on_insert, t.tgtype & 16 <> 0 as on_update, t.tgtype & 8 <> 0 as on_delete,
       array(
         select a.attname::text
           from pg_attribute as a
          where a.attrelid = t.tgrelid
            and a.attnum > 0
            and (cardinality(t.tgattr::smallint[]) = 0 or a.attnum = any(t.tgattr::smallint[]))
       ) as columns
  from pg_trigger as t
  join pg_proc as p
    on p.oid = t.tgfoid
 where not t.tgisinternal
"""
_FUNCTIONS: Final = """
select p.proname::text as name, coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as body
  from pg_proc as p
 where p.pronamespace = 'public'::regnamespace
   and not exists (
         select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
       )
"""


async def read_violations(connection: Connection) -> Violations:
    """Constraints, and what raises them, of the database behind a connection."""
    rules = [Rule(name, table, frozenset(columns)) for name, table, columns in await connection.fetch(_CONSTRAINTS)]
    for name, table, columns, on_delete in await connection.fetch(_KEYS):
        rules.append(Rule(name, table, frozenset(columns), on_insert=False, on_delete=on_delete))
    bodies = {row["name"]: row["body"] for row in await connection.fetch(_FUNCTIONS)}
    further = await read_further(connection, bodies)
    for table, function, arguments, on_insert, on_update, on_delete, columns in await connection.fetch(_TRIGGERS):
        text = " ".join(bodies[each] for each in _called(function, bodies))
        named = {column for column in columns if column in arguments or f"'{column}'" in text}
        changed = frozenset(named or columns) if on_update else frozenset[str]()
        # A trigger that is given no health-related columns asks for no consent.
        raised = {name for name in _raised(text, table, arguments) if named or name != HEALTH_DATA_CONSENT}
        rules += [Rule(name, table, changed, on_insert) for name in raised]
        if on_delete:
            further.setdefault(f"delete {table}", set()).update(f"raise {name}" for name in raised)
    called = {name: frozenset(_raised(" ".join(bodies[each] for each in _called(name, bodies)))) for name in bodies}
    return Violations(tuple(rules), called, further)


def _called(name: str, bodies: Mapping[str, str]) -> set[str]:
    """A function, and those that it calls."""
    found: set[str] = set()
    left = [name] if name in bodies else []
    while left:
        found.add(each := left.pop())
        words = set(re.findall(r"(\w+)\s*\(", bodies[each]))
        left += (words & bodies.keys()) - found
    return found


def _raised(text: str, table: str = "", arguments: Sequence[str] = ()) -> Iterator[str]:
    for match in _RAISED.finditer(text):
        if match["argument"]:
            yield from arguments[:1]
        elif match["name"] or table:
            yield match["name"] or f"{table}{match['end']}"
