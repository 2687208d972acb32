"""Has every Python process below this one run mutated statements, and note which statements it runs.

`MUTANT_FILE` names a file with texts of statements by name, as JSON; it's looked at before each call, so a service that
runs goes on with other statements as soon as it changes. `RUN_FILE` gets the names of the statements that are called, a
line each. Both are set by the tool for the processes that it starts, and this folder is in their `PYTHONPATH`.
"""

import json
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder

_MODULE = "api.database.query"
_mutant_file = os.environ.get("MUTANT_FILE", "")
_texts: dict = {}
_modified = 0


class _Finder(MetaPathFinder):
    def find_spec(self, name, path=None, target=None) -> ModuleSpec | None:  # type: ignore[no-untyped-def]
        if name != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        execute = spec.loader.exec_module

        def executed(module) -> None:  # type: ignore[no-untyped-def]
            execute(module)
            _patch(module.Query)

        spec.loader.exec_module = executed
        return spec


def _patch(query_type) -> None:  # type: ignore[no-untyped-def]
    from msgspec.structs import replace

    call = query_type.__call__
    originals: dict = {}
    run = os.open(os.environ["RUN_FILE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT) if "RUN_FILE" in os.environ else None

    async def called(self, **arguments):  # type: ignore[no-untyped-def]
        _read()
        original = originals.setdefault(self, self.statement)
        text = _texts.get(original.name, original.text)
        if text != self.statement.text:
            self.statement = replace(original, text=text)
        if run is not None:
            os.write(run, f"{original.name}\n".encode())
        return await call(self, **arguments)

    query_type.__call__ = called


def _read() -> None:
    global _modified, _texts
    try:
        modified = os.stat(_mutant_file).st_mtime_ns
    except OSError:
        return
    if modified != _modified:
        _modified = modified
        with open(_mutant_file) as file:
            _texts = json.load(file)


if _mutant_file:
    sys.meta_path.insert(0, _Finder())
