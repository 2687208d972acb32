"""What tests run is found out once, and those that can't be run again and again are named."""

from pathlib import Path
from typing import Any

import pytest

from tests.mutation import recordings
from tests.mutation.recordings import recorded
from tests.mutation.tasks import Touch

FILE = "tests/activity/test_activity.py"


def test_one_that_passes_only_once_is_named_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = Touch(f"{FILE}::a", 0.1, []), Touch(f"{FILE}::b", 0.1, [], passes=False)
    asked: list[str] = []

    def in_turn(missing: list[str], _task: Any, _files: Any, _count: int, note: Any) -> None:
        asked.extend(missing)
        for path in missing:
            note(path, [good, bad])

    said: list[str] = []
    monkeypatch.setattr(recordings, "in_turn", in_turn)
    monkeypatch.setattr(recordings, "say", said.append)
    for _ in range(2):
        assert recorded(tmp_path / "mutation.json", 1, [FILE]) == [good]
    assert asked == [FILE]
    assert said == [f"{FILE}::b isn't run, as it didn't pass twice in a row"] * 2
