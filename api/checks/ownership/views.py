"""Proves of views in sql/schema.sql that what they show of a family is that family's.

A view whose facts name an owner column is read as if a statement restricted that column: each owned table in it has to
be restricted by that. So statements may take the view for a table.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from api.checks.faults import Fault, Message
from api.checks.ownership.owned_tables import OWNED, OWNER_PARAMETERS
from api.checks.ownership.reader import Reader
from api.checks.sql import ast
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import equal, nodes, output_name
from api.database.statements.files import Statement
from api.paths import SCHEMA

_VIEW: Final = re.compile(
    r"^CREATE (?:MATERIALIZED )?VIEW public\.(?P<name>\w+)[^;]*? AS\n(?P<query>.*?)(?:\n  WITH (?:NO )?DATA)?;$",
    re.MULTILINE | re.DOTALL,
)


def check_views(schema: Path = SCHEMA) -> Iterator[Fault]:
    """Faults of the views in a schema."""
    text = schema.read_text("utf-8")
    for view in _VIEW.finditer(text):
        [tree] = parse_sql(view["query"])
        line = text.count("\n", 0, view.start()) + 1
        for what in dict.fromkeys(_faults(view["name"], tree)):
            yield Fault(schema, line, view["name"], what)


def _faults(name: str, tree: Any) -> Iterator[Message]:
    table = OWNED.get(name)
    owners = table.owners if table is not None else {}
    for select in _selects(tree):
        for target in select.targetList or ():
            label = owners.get(target.name or output_name(target.val) or "")
            if label is not None:
                _restrict(select, target.val, [*OWNER_PARAMETERS.values()].index(label) + 1)
    reader = Reader(_statement(name), owned=OWNED)
    reader.read(tree)
    for node, what in reader.faults:
        shown = getattr(node, "relname", None)
        if shown not in OWNED:
            yield what
        elif owners:
            owner = " or ".join(owners)
            yield f"shows rows of {shown} that may not be of its {owner}: restrict {shown} by that column"
        else:
            yield f"shows rows of {shown}, and no feature says whose: give it their owner, and name that in a facts.py"
    if owners and any(_mixes(node) for node in nodes(tree)):
        yield "a window, a limit or `distinct on` takes rows of all families together: put that into the statements"


def _selects(tree: Any) -> Iterator[Any]:
    """The queries that give a view's rows."""
    if tree.larg is not None:
        for side in (tree.larg, tree.rarg):
            yield from _selects(side)
    else:
        yield tree


def _restrict(select: Any, owner: Any, number: int) -> None:
    """Have a query demand that its owner column is a parameter."""
    equality = equal(owner, ast.ParamRef(number=number))
    attribute = "havingClause" if select.groupClause else "whereClause"
    conditions = tuple(filter(None, (getattr(select, attribute), equality)))
    setattr(select, attribute, ast.BoolExpr(boolop=ast.BoolExprType.AND_EXPR, args=conditions))


def _mixes(node: Any) -> bool:
    match node:
        case ast.WindowDef():
            return True
        case ast.SelectStmt():
            named = any(part is not None for part in node.distinctClause or ())
            return named or node.limitCount is not None or node.limitOffset is not None
    return False


def _statement(name: str) -> Statement:
    return Statement(
        name,
        "many",
        batch=False,
        path=SCHEMA,
        line=1,
        description="",
        notes={},
        source="",
        text="",
        parameters=tuple(OWNER_PARAMETERS),
        reads_only=True,
    )
