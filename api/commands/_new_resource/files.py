"""Writes the files of a new resource from their templates."""

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

from api.app import FEATURES
from api.command_error import CommandError
from api.migrations import new_migration
from api.paths import API, QUERIES, ROOT

_TEMPLATES: Final = Path(__file__).parent
_NAME: Final = re.compile(r"[a-z]+(_[a-z]+)*")
_FEATURES: Final = re.compile(r"(?<=^FEATURES: Final = \(\n)(.*?)(?=^\)$)", re.DOTALL | re.MULTILINE)


class ResourceError(CommandError):
    """Nothing was written; the message says why in one line."""


def write_resource(plural: str, singular: str | None) -> list[Path]:
    """Write a resource's files and its line in api/app.py; returns their paths.

    Raises:
        ResourceError: a name isn't in plural snake_case, or is taken.

    """
    one = _singular(plural) if singular is None else singular
    for name in (plural, one):
        if _NAME.fullmatch(name) is None:
            raise ResourceError(f"{name!r} is not snake_case, like sleep_diaries")
    if one == plural:
        raise ResourceError(f"{plural} isn't the plural of {one}: a table has many rows, of which one has another name")
    feature, tests, query_file = API / plural, ROOT / "tests" / plural, QUERIES / f"{plural}.sql"
    for path in (feature, tests, query_file):
        if path.exists():
            raise ResourceError(f"{path.relative_to(ROOT)} is there already")
    words = _words(plural, one)
    apply, rollback = new_migration(plural)
    made = {
        apply: "migration.sql",
        rollback: "rollback.sql",
        query_file: "queries.sql",
        feature / "__init__.py": "package.py.txt",
        **{feature / f"{name}.py": f"{name}.py.txt" for name in ("facts", "queries", "routes", "schemas")},
        tests / "__init__.py": "",
        tests / f"test_{plural}.py": "test.py.txt",
    }
    for path, template in made.items():
        path.parent.mkdir(exist_ok=True)
        text = (_TEMPLATES / template).read_text("utf-8") if template else ""
        path.write_text(Template(text).substitute(words, id=apply.stem), "utf-8")
    return [*made, _register(plural)]


def _singular(plural: str) -> str:
    if plural.endswith("ies"):
        return f"{plural[:-3]}y"
    if not plural.endswith("s"):
        raise ResourceError(f"{plural}: what is one of them called? Add --singular NAME")
    return plural[:-1]


def _words(plural: str, singular: str) -> Mapping[str, str]:
    def in_words(name: str) -> str:
        return name.replace("_", " ")

    def as_class(name: str) -> str:
        return "".join(part.capitalize() for part in name.split("_"))

    return {
        "plural": plural,
        "singular": singular,
        "path": plural.replace("_", "-"),
        "word": in_words(singular),
        "words": in_words(plural),
        "Word": in_words(singular).capitalize(),
        "Words": in_words(plural).capitalize(),
        "Class": as_class(singular),
        "ClassPlural": as_class(plural),
        "CONSTANT": singular.upper(),
    }


def _register(plural: str) -> Path:
    """Add the feature's line to api/app.py."""
    path = API / "app.py"
    lines = "".join(f'    "{name}",\n' for name in sorted({*FEATURES, plural}))
    path.write_text(_FEATURES.sub(lines, path.read_text("utf-8")), "utf-8")
    return path
