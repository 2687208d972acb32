"""All that the service runs on or is made with may be used, changed and passed on as the service itself."""

import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

from api.paths import ROOT
from tests.licences import installed, is_permissive, overrides, requirements, unfit

_UNCHANGED: Final = "its own files alone are under this licence, and they come unchanged from the package index"
# Packages that are taken nevertheless: what they state, and why.
EXCEPTIONS: Final = {
    "certifi": ({"MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)"}, f"for development; {_UNCHANGED}"),
    "hypothesis": ({"MPL-2.0"}, f"for development; {_UNCHANGED}"),
    "pathspec": ({"Mozilla Public License 2.0 (MPL 2.0)"}, f"for development; {_UNCHANGED}"),
    "promql-parser": ({"nothing"}, "for development; the file LICENSE that it brings is the MIT licence"),
    "psycopg": ({"LGPL-3.0-only"}, "imported as it is, so whoever likes can replace it; no worker loads it"),
    "psycopg-binary": ({"LGPL-3.0-only"}, "the compiled part of psycopg"),
    "python-dateutil": ({"Dual License"}, "for development; Apache 2.0 or BSD-3-Clause, as one likes"),
    "tqdm": ({"MPL-2.0 AND MIT"}, _UNCHANGED),
}
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def plant(folder: Path, name: str, *metadata: str) -> None:
    """Install a package that has nothing but its metadata."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *metadata, ""]))


def faults(asked: list[str], path: list[str]) -> dict[str, set[str]]:
    """What is stated that isn't permissive, by package."""
    project = {**PROJECT, "project": {"dependencies": asked}, "dependency-groups": {"dev": []}}
    found = installed(requirements(project), path, overrides(project))
    return {name: set(said) for name, each in found.items() if (said := unfit(each))}


def test_all_licences_are_permissive_but_for_the_exceptions() -> None:
    found = installed(requirements(PROJECT), sys.path, overrides(PROJECT))
    assert {name: set(said) for name, each in found.items() if (said := unfit(each))} == {
        name: said for name, (said, _) in EXCEPTIONS.items()
    }
    # Those of packages that others ask for, in extras too.
    assert {"postgast", "protobuf", "psycopg-binary", "jinja2", "pytest"} <= found.keys()


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (["License-Expression: GPL-3.0-or-later"], "GPL-3.0-or-later"),
        (["License-Expression: MIT AND GPL-2.0-only"], "MIT AND GPL-2.0-only"),
        (["License-Expression: (MIT OR Apache-2.0) AND AGPL-3.0-only"], "(MIT OR Apache-2.0) AND AGPL-3.0-only"),
        (["License: GPLv3+", "Classifier: License :: OSI Approved :: MIT License"], "GPLv3+"),
        (
            ["License: MIT", "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)"],
            "GNU General Public License v3 (GPLv3)",
        ),
        (["Classifier: License :: Other/Proprietary License"], "Other/Proprietary License"),
        (["Classifier: License :: OSI Approved"], "nothing"),
        ([], "nothing"),
    ],
)
def test_a_planted_package_is_found(tmp_path: Path, metadata: list[str], said: str) -> None:
    # It hides behind an extra of another.
    plant(tmp_path, "fair", "License-Expression: MIT", 'Requires-Dist: copyleft>=1; extra == "more"')
    plant(tmp_path, "copyleft", *metadata)
    assert faults(["fair==1.0"], [str(tmp_path)]) == {}
    assert faults(["fair[more]==1.0"], [str(tmp_path)]) == {"copyleft": {said}}


@pytest.mark.parametrize("statement", ["MIT", "Apache-2.0 OR GPL-3.0-only", "MIT AND BSD-3-Clause", "mit license"])
def test_permissive(statement: str) -> None:
    assert is_permissive(statement)
