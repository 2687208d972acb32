"""Generated files that are missing, changed or left over are named, and brought up to date."""

from pathlib import Path

from api.checks.kept_files import outdated, write


def test_files_that_are_missing_changed_or_left_over(tmp_path: Path) -> None:
    a, b, old = (tmp_path / f"{name}.txt" for name in ("a", "b", "old"))
    other = tmp_path / "folder" / "other.sql"
    made = {a: "-- a\n", b: "-- b\n", other: "select;\n"}
    old.write_text("-- gone\n")
    assert outdated(made, tmp_path) == [a, b, other, old]
    assert write(made, tmp_path) == [a, b, other, old]
    assert outdated(made, tmp_path) == write(made, tmp_path) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt", "folder"]
    b.write_text("-- c\n")
    assert outdated(made, tmp_path) == [b]
