"""What `just serve` installs: pinned to the last dependency, and nothing for development."""

import json
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from api.paths import ROOT
from tests.licences import installed, overrides
from tests.test_rooms import MODULES, imported

PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ASKED: Final = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
SERVED: Final = installed(ASKED, sys.path, overrides(PROJECT))


def test_all_that_is_installed_is_pinned() -> None:
    constraints = [Requirement(text) for text in PROJECT["tool"]["uv"]["constraint-dependencies"]]
    assert {str(each.specifier)[:2] for each in (*ASKED, *constraints)} == {"=="}
    pinned = {canonicalize_name(each.name): str(each.specifier)[2:] for each in constraints}
    direct = {canonicalize_name(each.name) for each in ASKED}
    found = {name: each.version for name, each in SERVED.items() if name not in direct}
    assert found.items() <= pinned.items()
    # What another Python or system needs isn't installed here, but somebody asks for it.
    wanted = {canonicalize_name(Requirement(text).name) for each in SERVED.values() for text in each.requires or ()}
    assert pinned.keys() - direct <= wanted


def test_nothing_that_runs_needs_what_development_does() -> None:
    """No module of api/ imports a package that only development installs; `telemetry/` says what it needs."""
    optional = installed([*map(Requirement, PROJECT["dependency-groups"]["telemetry"])], sys.path, overrides(PROJECT))
    there = SERVED.keys() | optional.keys()
    names = packages_distributions()
    roots = {name.partition(".")[0] for module, path in MODULES.items() for name in imported(module, path)}
    outside = roots - sys.stdlib_module_names - {"api"}
    assert "asyncpg" in outside
    assert {name for name in outside if not there & set(map(canonicalize_name, names.get(name, [])))} == set()


def test_recipes_of_development_install_what_they_need() -> None:
    """Those that run more than `python -m api`; and none of the others does."""
    just = Path(sys.executable).with_name("just")
    dump = subprocess.run([just, "--dump", "--dump-format", "json"], cwd=ROOT, check=True, capture_output=True).stdout
    recipes = {name: each for name, each in json.loads(dump)["recipes"].items() if not each["private"]}
    installing = {
        name for name, each in recipes.items() if [on["recipe"] for on in each["dependencies"]] == ["_develop"]
    }
    running = {name for name, each in recipes.items() if "python -m api" in json.dumps(each["body"])}
    assert installing == recipes.keys() - running
    assert not PROJECT["tool"]["uv"]["default-groups"]
