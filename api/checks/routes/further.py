"""What statements write besides what they say: by triggers, foreign keys, and the functions that they call."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from api.checks.sql import ast
from api.checks.sql.tree import function_name, names_in, nodes
from api.database.aliases import Connection

# A write that can't be read from the text of a function.
ANYTHING: Final = "anything"
_WRITES: Final = re.compile(r"\b(insert\s+into|update|merge\s+into|delete\s+from)\s+(?:only\s+)?(?:public\.)?([%\w]+)")
# An insert may update on conflict.
_VERBS: Final = {
    "insert": ("insert", "update"),
    "update": ("update",),
    "merge": ("insert", "update", "delete"),
    "delete": ("delete",),
}
_DYNAMIC: Final = re.compile(r"\bexecute\b(?!\s+(?:format\s*\(|function\b|procedure\b))")

_KEYS: Final = """
select confrelid::regclass::text, conrelid::regclass::text, confdeltype::text, confupdtype::text
  from pg_constraint
 where contype = 'f'
   and connamespace = 'public'::regnamespace
"""
_TRIGGERS: Final = """
select t.tgrelid::regclass::text, p.proname::text,
       array_remove(
         array[case when t.tgtype & 4 <> 0 then 'insert' end, case when t.tgtype & 8 <> 0 then 'delete' end,
               case when t.tgtype & 16 <> 0 then 'update' end],
         null
       )
  from pg_trigger as t
  join pg_proc as p
    on p.oid = t.tgfoid
 where not t.tgisinternal
"""


class Write(NamedTuple):
    """What a statement does to a table, and the columns that it gives or sets; or `call`, and the function."""

    verb: str
    of: str
    columns: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """As `delete users` or `call plain_words`."""
        return f"{self.verb} {self.of}"


def writes_of(tree: Any) -> Iterator[Write]:
    """What a statement writes and calls itself."""
    for node in nodes(tree):
        match node:
            case ast.FuncCall():
                yield Write("call", function_name(node))
            case ast.DeleteStmt(relation=relation):
                yield Write("delete", relation.relname)
            case ast.UpdateStmt(relation=relation):
                yield _write("update", relation, node.targetList)
            case ast.InsertStmt(relation=relation):
                yield _write("insert", relation, node.cols)
                if node.onConflictClause is not None and node.onConflictClause.targetList:
                    yield _write("update", relation, node.onConflictClause.targetList)
            case ast.MergeStmt(relation=relation):
                for when in node.mergeWhenClauses:
                    yield _write(str(when.commandType).removeprefix("CMD_").lower(), relation, when.targetList)


def _write(verb: str, relation: Any, targets: Any) -> Write:
    return Write(verb, relation.relname, frozenset(names_in(targets)))


def closure(first: Iterable[str], further: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The writes that others bring about, with those that they bring about in turn."""
    found: set[str] = set()
    left = [after for each in first for after in further.get(each, ())]
    while left:
        if (each := left.pop()) not in found:
            found.add(each)
            left += further.get(each, ())
    return frozenset(found)


async def read_further(connection: Connection, bodies: Mapping[str, str]) -> dict[str, set[str]]:
    """The writes that each write and call brings about directly; `bodies` are the texts of functions by name."""
    further = {f"call {name}": {*_written(body, None)} | _calls(body, bodies) for name, body in bodies.items()}
    for table, function, verbs in await connection.fetch(_TRIGGERS):
        body = bodies.get(function, "execute")
        for verb in verbs:
            further.setdefault(f"{verb} {table}", set()).update(_written(body, table), _calls(body, bodies))
    for table, referring, on_delete, on_update in await connection.fetch(_KEYS):
        if on_delete in "cnd":
            verb = "delete" if on_delete == "c" else "update"
            further.setdefault(f"delete {table}", set()).add(f"{verb} {referring}")
        if on_update in "cnd":
            further.setdefault(f"update {table}", set()).add(f"update {referring}")
    return further


def _written(body: str, table: str | None) -> Iterator[str]:
    """What a function writes; `%I` is the table of a trigger."""
    if _DYNAMIC.search(body.lower()):
        yield ANYTHING
    for verb, name in _WRITES.findall(body.lower()):
        written = table if "%" in name else name
        if written is None:
            yield ANYTHING
        else:
            yield from (f"{each} {written}" for each in _VERBS[verb[:6].strip()])


def _calls(body: str, bodies: Mapping[str, str]) -> set[str]:
    return {f"call {name}" for name in {*re.findall(r"(\w+)\s*\(", body)} & bodies.keys()}
