"""Where the service keeps pictures."""

from pathlib import Path

import pytest


@pytest.fixture
def uploads(data_dir: Path) -> Path:
    """The folder, made as the service makes it."""
    folder = data_dir / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
