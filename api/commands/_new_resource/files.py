"""Writes the files of a new resource from their templates."""

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

from api.app import FEATURES
from api.commands._new_resource.names import ResourceError, check_meanings, check_names
from api.migrations import new_migration
from api.paths import API, QUERIES, ROOT

_TEMPLATES: Final = Path(__file__).parent
_FEATURES: Final = re.compile(r"(?<=^FEATURES: Final = \(\n)(.*?)(?=^\)$)", re.DOTALL | re.MULTILINE)


def write_resource(plural: str, singular: str | None) -> list[Path]:
    """Write a resource's files and its line in api/app.py; returns their paths.

    Raises:
        ResourceError: a name isn't in plural snake_case, is taken, or can't be used in SQL or Python; or the list of
            features isn't formatted as expected.

    """
    one = _singular(plural) if singular is None else singular
    check_names(plural, one)
    feature, tests, query_file = API / plural, ROOT / "tests" / plural, QUERIES / f"{plural}.sql"
    # A folder would hide a module of its name.
    for path in (feature, tests, query_file, API / f"{plural}.py", ROOT / "tests" / f"{plural}.py"):
        if path.exists():
            raise ResourceError(f"{path.relative_to(ROOT)} is there already")
    words = _words(plural, one)
    texts = {
        path.name: Template(path.read_text("utf-8")).safe_substitute(words)
        for path in _TEMPLATES.iterdir()
        if path.suffix in {".sql", ".txt"}
    }
    check_meanings(
        plural, one, texts["queries.sql"], (text for name, text in texts.items() if name.endswith(".py.txt"))
    )
    app = API / "app.py"
    registered = _registered(plural, app.read_text("utf-8"))
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
        path.write_text(Template(texts[template]).substitute(id=apply.stem) if template else "", "utf-8")
    app.write_text(registered, "utf-8")
    return [*made, app]


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
        "CONSTANTS": plural.upper(),
        # Becomes $$ when the migration's id is put in.
        "quote": "$$$$",
    }


def _registered(plural: str, text: str) -> str:
    """Text of api/app.py with the feature's line."""
    lines = "".join(f'    "{name}",\n' for name in sorted({*FEATURES, plural}))
    text, found = _FEATURES.subn(lines, text)
    if not found:
        raise ResourceError("api/app.py: FEATURES has to be a tuple with a line for each feature: `just fmt`")
    return text
