"""Imports between the rooms of api/: only along the arrows, and without circles."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

from api.app import FEATURES, INNER
from api.paths import API, ROOT

# All rooms may import these, which know nothing above them.
GROUND: Final = {
    "atomic_write",
    "backup_age",
    "command_error",
    "costly_work",
    "interruptions",
    "metrics",
    "paths",
    "terminal",
    "problems",
    "recurring",
    "database_url",
    "mail_settings",
    "setting_values",
    "settings",
    "facts",
    "samples",
    "sql_parser",
    "telemetry",
}
WITHIN_GROUND: Final[Mapping[str, set[str]]] = {
    "atomic_write": set(),
    "backup_age": set(),
    "command_error": set(),
    "costly_work": set(),
    "interruptions": set(),
    "metrics": set(),
    "paths": set(),
    "terminal": set(),
    "problems": set(),
    "sql_parser": set(),
    "database_url": {"command_error"},
    "setting_values": {"command_error"},
    "mail_settings": {"setting_values"},
    "settings": {"database_url", "mail_settings", "setting_values"},
    "telemetry": {"command_error"},
    "recurring": {"problems"},
    "facts": {"command_error", "problems"},
    "samples": {"problems"},
}
FEATURE: Final = {"http", "database", *INNER, *FEATURES, *GROUND}
OPERATION: Final = {"migrations", "postgres"}
# Rooms that each room may import.
ARROWS: Final[Mapping[str, set[str]]] = {
    **WITHIN_GROUND,
    "database": GROUND,
    "http": {"costly_work", "metrics", "problems", "telemetry"},
    "http1": {"metrics", "problems"},
    "mail": {"database", *GROUND},
    "idempotency_keys": {"auth", "database", "http", *GROUND},
    **dict.fromkeys(FEATURES, FEATURE),
    "app": FEATURE,
    "migrations": GROUND,
    "postgres": {"migrations", *GROUND},
    "seed": {"app", *OPERATION, *FEATURE},
    "adoption": {*OPERATION, *GROUND},
    "checks": {"app", "seed", *OPERATION, *FEATURE},
    "server": {"app", "checks", "http1", *OPERATION, *FEATURE},
    "backups": {*OPERATION, *GROUND},
    "cluster": {*OPERATION, *GROUND},
    "commands": {"adoption", "app", "backups", "cluster", "seed", "checks", "server", *OPERATION, *FEATURE},
    "__main__": {"commands", *GROUND},
}
MODULES: Final = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(API.rglob("*.py"))
}


def imported(module: str, path: Path) -> Iterator[str]:
    """Modules of ours that a module imports, those in functions and for the type checker alone included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(source), level=0, names=names):
                inner = [f"{source}.{alias.name}" for alias in names if f"{source}.{alias.name}" in MODULES]
                yield from inner
                if len(inner) < len(names):
                    yield source
            case ast.ImportFrom():
                pytest.fail(f"{module} imports by a relative name")
            # A name for import_module.
            case ast.Constant(value=str(name)) if name in MODULES and name != "api":
                yield name


def packages(module: str) -> set[str]:
    """Packages that a module is in: they are run before it."""
    parts = module.split(".")
    return {".".join(parts[:length]) for length in range(2, len(parts))}


GRAPH: Final = {
    module: {
        each
        for name in imported(module, path)
        if name in MODULES
        for each in {name} | packages(name) - packages(module)
        if each not in {"api", module}
    }
    for module, path in MODULES.items()
    if module != "api"
}


def room(module: str) -> str:
    return module.split(".")[1]


def test_every_room_is_known() -> None:
    assert {room(module) for module in GRAPH} == ARROWS.keys()


@pytest.mark.parametrize("name", ARROWS)
def test_a_room_imports_what_it_may(name: str) -> None:
    wrong = {
        f"{module} -> {other}"
        for module, others in GRAPH.items()
        if room(module) == name
        for other in others
        if room(other) != name and room(other) not in ARROWS[name]
    }
    assert wrong == set()


def test_no_circle_of_modules() -> None:
    try:
        TopologicalSorter(GRAPH).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_no_circle_of_rooms() -> None:
    rooms: dict[str, set[str]] = {}
    for module, others in GRAPH.items():
        rooms.setdefault(room(module), set()).update(room(other) for other in others if room(other) != room(module))
    try:
        TopologicalSorter(rooms).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_the_search_finds_hidden_imports(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden.py"
    hidden.write_text(
        "from typing import TYPE_CHECKING\n"
        "from api import paths\n"
        "if TYPE_CHECKING:\n    from api.http.body import read_body\n"
        "def late():\n    import api.auth.tokens\n    import_module('api.app')\n"
    )
    assert set(imported("hidden", hidden)) >= {"api.paths", "api.http.body", "api.auth.tokens", "api.app"}


def test_a_package_is_run_before_its_modules() -> None:
    assert "api.checks.contract.python_types" in GRAPH["api.checks.examples"]
    assert "api.checks.contract" in GRAPH["api.checks.examples"]
