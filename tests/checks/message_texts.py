"""What the expressions of a file of Python are as texts, with a `GAP` for each part that varies."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, Final

import msgspec

GAP: Final = "\ue000"
Function = ast.FunctionDef | ast.AsyncFunctionDef

_ANYTHING: Final = frozenset({GAP})
# Functions that give what they are given, or put it together.
_PASSING_ON: Final = frozenset({"filter", "fromkeys", "join", "list", "map", "sorted"})


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
                return [joined([self._part(value, around) for value in values])]
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return [joined([self._filling(left, around), self._filling(right, around)])]
            case ast.Name(id=name) if name in self.constants:
                return [frozenset({self.constants[name]})]
            case ast.Name(id=name):
                return self._all(_bound_to(name, around), around)
            case ast.IfExp(body=body, orelse=orelse):
                # A branch of which nothing is known can be anything.
                return [each for branch in (body, orelse) for each in self.texts(branch, around) or [_ANYTHING]]
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                return self._all(given_by(self.functions[name]), self.functions[name])
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


def given_by(function: Function) -> Iterator[ast.expr]:
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


def joined(parts: list[frozenset[str]]) -> frozenset[str]:
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
