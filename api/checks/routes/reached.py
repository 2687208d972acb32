"""The statements and problem types that a function's code reaches.

Names in the bytecode are looked up where the function finds them. Of a module, a class or an object of ours those
attributes are followed that the code names. That may be more than is ever called, and is never less unless a name is
made up.
"""

import dis
import functools
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple

from api.database.query import Query
from api.http.endpoint import Endpoint
from api.paths import ROOT
from api.problems.types import ProblemType


class Reached(NamedTuple):
    """Statements and problem types that a function reaches; statements whose caller catches `Problem` are `caught`."""

    queries: list[Query]
    caught: list[Query]
    problems: set[ProblemType]


def reached(function: Callable[..., Any]) -> Reached:
    """What a function reaches, by all that it calls."""
    found = Reached([], [], set())
    seen: set[Any] = set()
    left: list[Any] = [function]
    while left:
        each = left.pop()
        if each in seen:
            continue
        seen.add(each)
        values, catches = _named_in(each)
        for value in values:
            if isinstance(value, ProblemType):
                found.problems.add(value)
            elif isinstance(value, Query):
                (found.caught if catches else found.queries).append(value)
            else:
                left.append(value)
    return found


@functools.cache
def _named_in(function: FunctionType) -> tuple[list[Any], bool]:
    """Functions, statements and problem types that a function's code names, and whether it catches `Problem`."""
    names = {name for code in _codes(function.__code__) for name in code.co_names}
    found = [function.__globals__[name] for name in names if name in function.__globals__]
    found += [cell.cell_contents for cell in function.__closure__ or ()]
    return [each for value in found for each in _values(value, names)], _catches_problems(function.__code__)


def _values(value: Any, names: set[str]) -> Iterator[Any]:
    """What is followed of a value, of which a function names these attributes."""
    value = getattr(value, "__wrapped__", getattr(value, "func", value))
    if isinstance(value, ProblemType | Query):
        yield value
    elif isinstance(value, FunctionType):
        if _is_ours(value.__module__):
            yield value
    elif isinstance(value, SimpleNamespace) or (isinstance(value, ModuleType) and _is_ours(value.__name__)):
        for name in names & vars(value).keys():
            yield from _values(vars(value)[name], names)
    elif isinstance(value, dict):
        yield from _values(tuple(value.values()), names)
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _values(each, names)
    elif not isinstance(value, Endpoint):
        yield from _methods(value if isinstance(value, type) else type(value), names)


def _methods(kind: type, names: set[str]) -> Iterator[Any]:
    """Methods of a class of ours that a function names, and those that are called without their name."""
    for each in kind.__mro__:
        if _is_ours(each.__module__):
            for name, member in vars(each).items():
                member = getattr(member, "fget", None) or getattr(member, "__func__", member)  # noqa: PLW2901
                if isinstance(member, FunctionType) and (name in names or name.startswith("__")):
                    yield from _values(member, names)


@functools.cache
def _is_ours(module: str) -> bool:
    """Whether a module is a file of the project."""
    path = Path(getattr(sys.modules.get(module), "__file__", None) or "/")
    return path.is_relative_to(ROOT) and "site-packages" not in path.parts


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of the functions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _catches_problems(code: CodeType) -> bool:
    """Whether a function has an `except Problem`."""
    if "Problem" not in code.co_names:
        return False
    instructions = dis.get_instructions(code)
    return any(one.argval == "Problem" and other.opname == "CHECK_EXC_MATCH" for one, other in pairwise(instructions))
