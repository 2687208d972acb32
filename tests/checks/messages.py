"""The messages of faults, collected from the source by its syntax tree.

In api/checks a message is what is annotated as `Message`: an argument, a field, a variable, what a function gives. In
the files that read statements and migrations it is what is raised. A message has a `GAP` for each part that varies.
"""

import ast
import builtins
import importlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import msgspec
from pglast import ast as sql
from pglast import parse_sql

from api.paths import API, CONVENTIONS, ROOT

GAP: Final = "\ue000"
# Files whose errors `just check` prints as they are.
RAISING: Final = (
    *sorted((API / "database" / "statements").glob("*.py")),
    API / "database" / "query.py",
    API / "database" / "queries.py",
    API / "checks" / "releases" / "release.py",
    API / "facts.py",
    API / "migrations" / "files.py",
)

_ANYTHING: Final = frozenset({GAP})
# Functions that give what they are given, or put it together.
_PASSING_ON: Final = frozenset({"filter", "fromkeys", "join", "list", "map", "sorted"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Message(msgspec.Struct, frozen=True):
    """A message as it can be written down: with a gap, or with one of the texts that are known to fill it."""

    place: str
    variants: frozenset[str]


class Source:
    """A file of Python; `constants` are the texts that its names stand for in all of it."""

    def __init__(self, name: str, text: str, constants: Mapping[str, Any]) -> None:
        self.name = name
        self.tree = ast.parse(text)
        self.constants = {key: value for key, value in constants.items() if isinstance(value, str)}
        self.functions = {node.name: node for node in ast.walk(self.tree) if isinstance(node, Function)}
        # Texts that fill a gap, one of several.
        self.parts: set[str] = set()
        self._resolving: set[int] = set()

    def messages(self, expressions: Iterable[tuple[ast.expr, ast.AST]]) -> Iterator[Message]:
        """Messages among expressions, each with what it stands in."""
        for expression, around in expressions:
            for variants in self.texts(expression, around):
                told = frozenset(map(_without_place, variants))
                if all(map(_has_words, told)):
                    yield Message(f"{self.name}:{expression.lineno}", told)
                else:
                    # What may be added to a message, or nothing.
                    self.parts |= {each for each in told if _has_words(each)}

    def texts(self, node: ast.expr | None, around: ast.AST) -> list[frozenset[str]]:  # noqa: PLR0911
        """The texts that an expression can be, each in all its variants; none where nothing is known."""
        match node:
            case ast.Constant(value=str(text)):
                return [frozenset({text})]
            case ast.JoinedStr(values=values):
                return [_joined([self._part(value, around) for value in values])]
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return [_joined([self._filling(left, around), self._filling(right, around)])]
            case ast.Name(id=name) if name in self.constants:
                return [frozenset({self.constants[name]})]
            case ast.Name(id=name):
                return self._all(_bound_to(name, around), around)
            case ast.IfExp(body=body, orelse=orelse):
                # A branch of which nothing is known can be anything.
                return [each for branch in (body, orelse) for each in self.texts(branch, around) or [_ANYTHING]]
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                return self._all(_given(self.functions[name]), self.functions[name])
            case None:
                return []
        return self._all(_choices(node), around)

    def _all(self, expressions: Iterable[ast.expr], around: ast.AST) -> list[frozenset[str]]:
        found: list[frozenset[str]] = []
        for each in expressions:
            if id(each) not in self._resolving:
                self._resolving.add(id(each))
                found += self.texts(each, around)
                self._resolving.remove(id(each))
        return found

    def _part(self, value: ast.expr, around: ast.AST) -> frozenset[str]:
        return self._filling(value.value if isinstance(value, ast.FormattedValue) else value, around)

    def _filling(self, node: ast.expr, around: ast.AST) -> frozenset[str]:
        """Variants of a part of a text: what is certain, else a gap or one of the texts that may fill it."""
        if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
            return frozenset({GAP})
        found = self.texts(node, around)
        if len(found) == 1:
            return found[0]
        self.parts |= {each for variants in found for each in variants if _has_words(each)}
        return _ANYTHING.union(*found)


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


def carriers_of(tree: ast.AST) -> dict[str, tuple[int, int]]:
    """Functions and classes that are given a message, and where: counted from the first argument, and from the last."""
    found: dict[str, tuple[int, int]] = {}
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
        for place, (_, annotation) in enumerate(names):
            if _is_marked(annotation):
                found[node.name] = place, place - len(names)
    return found


def marked_in(tree: ast.Module, carriers: Mapping[str, tuple[int, int]]) -> Iterator[tuple[ast.expr, ast.AST]]:
    """Expressions that are annotated as messages, or given to what takes one, with the function around each."""
    for function, node in _with_function(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in carriers:
                first, last = carriers[name]
                place = last if any(isinstance(each, ast.Starred) for each in node.args) else first
                yield from ((each, function) for each in node.args[place:][:1])
            case ast.AnnAssign(annotation=annotation, value=ast.expr() as value) if _is_marked(annotation):
                yield value, function
            case ast.FunctionDef(returns=returns) if _is_marked(returns):
                yield from ((each, node) for each in _given(node))


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
    queries: list[Any] = [statement.stmt]
    while queries:
        query = queries.pop()
        if query.larg is not None:
            queries += [query.rarg, query.larg]
            continue
        said = _joined([frozenset({part}) for part in _concatenated(query.targetList[2].val)])
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


def _given(function: Function) -> Iterator[ast.expr]:
    """What a function returns, yields, or adds to a list."""
    for node in ast.walk(function):
        match node:
            case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
                yield value
            case ast.YieldFrom(value=value) | ast.Call(func=ast.Attribute(attr="append"), args=[value]):
                yield value


def _bound_to(name: str, around: ast.AST) -> Iterator[ast.expr]:
    """What a name is set to, or runs through, in a function."""
    for node in ast.walk(around):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=bound)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=bound), value=value)
                | ast.For(target=ast.Name(id=bound), iter=value)
                | ast.comprehension(target=ast.Name(id=bound), iter=value)
            ) if bound == name:
                yield value


def _choices(node: ast.expr) -> list[ast.expr]:
    """Expressions that an expression's value may be, or is put together of."""
    match node:
        case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            return values
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=values) if name in _PASSING_ON:
            return values
        case ast.Starred(value=value) | ast.NamedExpr(value=value):
            return [value]
        case ast.GeneratorExp(elt=value) | ast.ListComp(elt=value):
            return [value]
    return []


def _joined(parts: list[frozenset[str]]) -> frozenset[str]:
    """All ways to join one variant of each part; gaps that follow each other are one."""
    joined = {"".join(each) for each in product(*parts)}
    while any(GAP * 2 in each for each in joined):
        joined = {each.replace(GAP * 2, GAP) for each in joined}
    return frozenset(joined)


def _without_place(text: str) -> str:
    """A message without the file, line and name before it."""
    before, colon, rest = text.partition(": ")
    return _without_place(rest) if colon and set(before) <= {GAP, ":"} and GAP in before else text


def _has_words(text: str) -> bool:
    return any(map(str.isalpha, text.replace(GAP, "")))
