"""Checks in the service's Python code that statements are called by names that are written out."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from api.checks.faults import Fault, Message

_DECLARATIONS: Final = re.compile(r"api\.(?!database\.).*queries")
_UNSEEN: Final[Message] = "write `sql.STATEMENT(…)`: no check would see which statement this is, or what it is given"


def check_written_out(files: Iterable[Path]) -> list[Fault]:
    """Uses of what `bind` returns other than `sql.STATEMENT`, as by `getattr` or as an argument."""
    return sorted(fault for path in files for fault in _faults(path))


def _faults(path: Path) -> Iterator[Fault]:
    text = path.read_text("utf-8")
    # Most files have no statements, and parsing them all takes a while.
    if "queries import" not in text and "bind(" not in text:
        return
    nodes = list(ast.walk(ast.parse(text)))
    names = set(_bound(nodes))
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    written = {id(node.value) for node in attributes if not node.attr.startswith("__")}
    for node in nodes:
        is_read = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.Name) and is_read and node.id in names and id(node) not in written:
            yield Fault(path, node.lineno, node.id, _UNSEEN)


def _bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Names that a module gives to what `bind` returns."""
    for node in nodes:
        match node:
            case ast.ImportFrom(module=str(module), names=aliases) if _DECLARATIONS.fullmatch(module):
                # Protocols, which are imported too, begin with a capital.
                yield from (alias.asname or alias.name for alias in aliases if alias.name.islower())
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="bind"))):
                yield name
