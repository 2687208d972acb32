"""Generated files that are missing, changed or left over are named, and brought up to date."""

from pathlib import Path

import pytest

from api.checks.kept_files import MarkersError, around, outdated, write


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


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "roles.sql"
    path.write_text("by hand\n")
    with pytest.raises(UnicodeEncodeError):
        write({path: "by hand, and more\ud800\n"}, tmp_path)
    assert path.read_text() == "by hand\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_part_stands_between_two_lines() -> None:
    assert around(Path("a.md"), "a\n<\nb\n>\nc\n", "<\n", ">\n") == ("a\n<\n", ">\nc\n")


@pytest.mark.parametrize("text", ["", "<\n", ">\n", ">\n<\n"])
def test_a_part_without_its_lines_is_refused(text: str) -> None:
    with pytest.raises(MarkersError, match=r"a\.md: .* the lines < and >: they have to be there"):
        around(Path("a.md"), text, "<\n", ">\n")
