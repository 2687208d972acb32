"""Has every Python process below the tool run mutated statements, and note which statements it runs.

`MUTANT_FILE` names a file with texts of statements by name, as JSON; it's looked at before each call, so a service
that runs goes on with other statements as soon as it changes. `RUN_FILE` gets the names of the statements that are
called, a line each. Python imports this module by itself, as its folder is in `PYTHONPATH`; without `MUTANT_FILE` it
does nothing.
"""

import json
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_MODULE = "api.database.query"
_READING = "api.database.statements.files"
# Where declarations are held against statements, when a process starts.
_BINDING = "api.database.queries"


class _Mutants:
    """Texts of statements that stand in place of others, as the file has them now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._modified = 0
        self._texts: dict[str, str] = {}

    def text_of(self, name: str, original: str) -> str:
        modified = self._path.stat().st_mtime_ns
        if modified != self._modified:
            self._modified = modified
            self._texts = json.loads(self._path.read_text("utf-8"))
        return self._texts.get(name, original)


class _Finder(MetaPathFinder):
    """Finds the module of queries once, and has it changed when it was executed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        loader: Any = spec.loader
        execute = loader.exec_module

        def executed(module: ModuleType) -> None:
            execute(module)
            _change(module)

        loader.exec_module = executed
        return spec


def _change(module: Any) -> None:
    """Change the class of queries, and what the next module makes: a dictionary of all statements."""
    mutants = _Mutants(Path(os.environ["MUTANT_FILE"]))
    run = os.open(os.environ["RUN_FILE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    call = module.Query.__call__
    replace = module.msgspec.structs.replace
    originals: dict[Any, Any] = {}

    async def called(self: Any, **arguments: object) -> Any:
        original = originals.setdefault(self, self.statement)
        text = mutants.text_of(original.name, original.text)
        if text != self.statement.text:
            self.statement = replace(original, text=text)
        os.write(run, f"{original.name}\n".encode())
        return await call(self, **arguments)

    class Statements(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            original = super().__getitem__(name)
            if sys._getframe(1).f_globals["__name__"] == _BINDING:
                return original
            os.write(run, f"{name}\n".encode())
            text = mutants.text_of(name, original.text)
            return original if text == original.text else replace(original, text=text)

    files = sys.modules[_READING]
    read = files.read_statements
    files.read_statements = lambda directory: Statements(read(directory))  # type: ignore[attr-defined]
    module.Query.__call__ = called


if "MUTANT_FILE" in os.environ:
    sys.meta_path.insert(0, _Finder())
