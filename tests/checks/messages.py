"""The messages of faults, collected from the source by its syntax tree.

In api/checks a message is what is annotated as `Message`: an argument, a field, a variable, what a function gives. In
the files that read statements and migrations it is what is raised. A message has a `GAP` for each part that varies.
"""

import ast
import builtins
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from api.checks.sql import ast as sql
from api.checks.sql.ast import parse_sql
from api.paths import API, CONVENTIONS, ROOT
from tests.checks.message_texts import GAP, Function, Message, Source, given_by, joined

# Files whose errors `just check` prints as they are.
RAISING: Final = (
    API / "sql_parser" / "parser.py",
    *sorted((API / "database" / "statements").glob("*.py")),
    API / "database" / "query.py",
    API / "database" / "queries.py",
    API / "checks" / "releases" / "release.py",
    API / "facts.py",
    API / "migrations" / "files.py",
    API / "migrations" / "new.py",
)


class Place(NamedTuple):
    """Which argument a message is, by its name and counted from the first and from the last."""

    name: str
    first: int
    last: int


def collect() -> tuple[list[Message], set[str]]:
    """All messages, and the texts that can fill the gaps of one."""
    marked = [_source(path) for path in sorted((API / "checks").rglob("*.py"))]
    carriers = {name: places for source in marked for name, places in carriers_of(source.tree).items()}
    raising = [_source(path) for path in RAISING]
    found = [
        *(message for source in marked for message in source.messages(marked_in(source.tree, carriers))),
        *(message for source in raising for message in source.messages(raised_in(source.tree))),
        *conventions(CONVENTIONS.read_text("utf-8")),
    ]
    return found, {part for source in (*marked, *raising) for part in source.parts}


def carriers_of(tree: ast.AST) -> dict[str, Place]:
    """Functions and classes that are given a message, and where."""
    found: dict[str, Place] = {}
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef():
                names = [(each.arg, each.annotation) for each in node.args.args if each.arg != "self"]
            case ast.ClassDef():
                names = [
                    (each.target.id, each.annotation)
                    for each in node.body
                    if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
                ]
            case _:
                continue
        for place, (name, annotation) in enumerate(names):
            if _is_marked(annotation):
                found[node.name] = Place(name, place, place - len(names))
    return found


def marked_in(tree: ast.Module, carriers: Mapping[str, Place]) -> Iterator[tuple[ast.expr, ast.AST]]:
    """Expressions that are annotated as messages, or given to what takes one, with the function around each."""
    for function, node in _with_function(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in carriers:
                wanted = carriers[name]
                place = wanted.last if any(isinstance(each, ast.Starred) for each in node.args) else wanted.first
                named = [each.value for each in node.keywords if each.arg == wanted.name]
                yield from ((each, function) for each in named or node.args[place:][:1])
            case ast.AnnAssign(annotation=annotation, value=ast.expr() as value) if _is_marked(annotation):
                yield value, function
            case ast.FunctionDef(returns=returns) if _is_marked(returns):
                yield from ((each, node) for each in given_by(node))


def raised_in(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.AST]]:
    """What errors of ours are raised with, and what is put into the lists that they are made of."""
    lists: set[str] = set()
    for function, node in _with_function(tree):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_] as given)):
                if not hasattr(builtins, name):
                    yield from ((each, function) for each in given)
                    lists |= {each.id for each in ast.walk(first) if isinstance(each, ast.Name)}
    for function, node in _with_function(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[added]) if name in lists:
                yield added, function


def conventions(text: str) -> Iterator[Message]:
    """What sql/conventions.sql says of what breaks one: the third column of each of its queries."""
    [statement] = parse_sql(text)
    queries: list[Any] = [statement]
    while queries:
        query = queries.pop()
        if query.larg is not None:
            queries += [query.rarg, query.larg]
            continue
        said = joined([frozenset({part}) for part in _concatenated(query.targetList[2].val)])
        yield Message(f"{CONVENTIONS.relative_to(ROOT)}: {query.targetList[0].val.val.sval}", said)


def _concatenated(node: Any) -> Iterator[str]:
    match node:
        case sql.A_Expr(name=[sql.String(sval="||")], lexpr=left, rexpr=right):
            yield from (*_concatenated(left), *_concatenated(right))
        case sql.A_Const(val=sql.String(sval=str(text))):
            yield text
        case _:
            yield GAP


def _source(path: Path) -> Source:
    name = path.relative_to(ROOT)
    module = importlib.import_module(".".join(name.with_suffix("").parts).removesuffix(".__init__"))
    return Source(str(name), path.read_text("utf-8"), vars(module))


def _with_function(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Every node, with the innermost function that it stands in, or else the module."""
    rest: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while rest:
        around, node = rest.pop()
        yield around, node
        inner = node if isinstance(node, Function) else around
        rest += [(inner, child) for child in ast.iter_child_nodes(node)]


def _is_marked(annotation: ast.expr | None) -> bool:
    return annotation is not None and any(
        isinstance(node, ast.Name) and node.id == "Message" for node in ast.walk(annotation)
    )
