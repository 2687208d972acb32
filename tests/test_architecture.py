"""api/ARCHITECTURE.md speaks of the tree as it is."""

import re
from typing import Final

import pytest

from api.app import FEATURES
from api.paths import API, ROOT

TEXT: Final = (API / "ARCHITECTURE.md").read_text("utf-8")
# `database/pool.py`, `sql/queries/`, `facts.py`: no URLs, which begin with a slash.
PATHS: Final = sorted(set(re.findall(r"`(\w[\w./]*(?:/|\.(?:py|md|sql)))`", TEXT)))
ROOMS: Final = sorted(
    f"{path.name}/" if path.is_dir() else path.name
    for path in API.iterdir()
    if path.suffix == ".py" or (path / "__init__.py").exists()
)


@pytest.mark.parametrize("path", PATHS)
def test_every_path_is_there(path: str) -> None:
    """A path is of the project or of api/, or a file of features."""
    folders = (ROOT, API, *(API / name for name in FEATURES))
    assert any((folder / path).exists() for folder in folders)


def test_paths_are_found() -> None:
    assert {"database/pool.py", "sql/queries/", "tests/test_rooms.py", "routes.py"} <= set(PATHS)


# A new feature is a new folder, and no new kind of room.
@pytest.mark.parametrize("room", [room for room in ROOMS if room != "__init__.py" and room[:-1] not in FEATURES])
def test_every_room_is_named(room: str) -> None:
    rows = TEXT.partition("| room |")[2].partition("\n\n")[0].splitlines()
    assert any(f"`{room}`" in row.split("|")[1] for row in rows[1:])


def test_it_stays_a_map() -> None:
    assert len(TEXT.splitlines()) < 200
