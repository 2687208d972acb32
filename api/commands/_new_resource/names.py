"""Names that a resource can't have."""

import ast
import re
from collections.abc import Iterable, Iterator
from keyword import iskeyword
from typing import Final

from api.command_error import CommandError
from api.database.queries import STATEMENTS
from api.paths import ROOT, SCHEMA
from api.sql_parser.lexer import is_keyword

_NAME: Final = re.compile(r"[a-z]+(_[a-z]+)*")
# PostgreSQL cuts names off at 63 bytes: that of the foreign key is the longest one.
_LONGEST: Final = 63 - len("_parent_profile_id_fkey")
# What the statements call other rows than those of the table.
_ALIASES: Final = frozenset({"call", "given", "patched", "wanted"})
_OTHERWISE: Final = "call it otherwise, one row with --singular NAME"


class ResourceError(CommandError):
    """The resource can't be started, and nothing was written; the message says why in one line."""


def check_names(plural: str, singular: str) -> None:
    """Refuse names of a table and one of its rows.

    Raises:
        ResourceError: one isn't snake_case, or they are the same.

    """
    for name in (plural, singular):
        if _NAME.fullmatch(name) is None:
            raise ResourceError(f"{name!r} is not snake_case, like sleep_diaries")
    if singular == plural:
        raise ResourceError(
            f"{plural} isn't the plural of {singular}: a table has many rows, of which one has another name"
        )


def check_meanings(plural: str, singular: str, queries: str, modules: Iterable[str]) -> None:
    """Refuse names that mean something else, or would in the statements and modules that are written with them.

    Raises:
        ResourceError: a name is a keyword, is too long, is in the schema already, is that of another statement, or
            would be bound twice.

    """
    for name in (plural, singular):
        if iskeyword(name) or is_keyword(name):
            raise ResourceError(f"{name} is a keyword of Python or SQL: {_OTHERWISE}")
    if singular in _ALIASES:
        raise ResourceError(f"{singular} has another meaning in its statements: {_OTHERWISE}")
    if len(plural) > _LONGEST:
        raise ResourceError(f"{plural} is longer than {_LONGEST} characters: names made of it would be too long")
    if re.search(rf"^CREATE [A-Z ]+ public\.{plural}\b", SCHEMA.read_text("utf-8"), re.MULTILINE):
        raise ResourceError(f"{plural} is in {SCHEMA.relative_to(ROOT)} already")
    for name in re.findall(r"^-- name: (\w+)", queries, re.MULTILINE):
        if name in STATEMENTS:
            raise ResourceError(f"{name} is a statement already: {_OTHERWISE}")
    for text in modules:
        bound = list(_bound(ast.parse(text)))
        if twice := [name for name in bound if bound.count(name) > 1]:
            raise ResourceError(f"{singular}: {twice[0]} has another meaning in its modules: {_OTHERWISE}")


def _bound(module: ast.Module) -> Iterator[str]:
    """Names that a module imports, defines or assigns."""
    for node in module.body:
        match node:
            case ast.ImportFrom(names=names):
                yield from (alias.name for alias in names)
            case ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name
