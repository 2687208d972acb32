"""`just backup` and `just restore`: which backup is meant, and what is refused before anything is looked at."""

import re
from pathlib import Path

import pytest

from api.__main__ import main
from api.paths import AFTER_RESTORE, SCHEMA
from tests.backups.made import made_backup


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["backup"], "set BACKUP_DIR, or say which folder the backup goes to: just backup DIR"),
        (["restore", "nowhere"], "nowhere is no folder of a backup"),
    ],
)
def test_what_is_left_out_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    for name in ("BACKUP_DIR", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert main(arguments) == 1
    assert capsys.readouterr().err.strip() == said


@pytest.mark.parametrize(
    ("url", "moment", "found"),
    [
        ("", None, "20260102T000000Z-incremental"),
        ("", "2026-01-01T23:59:59", "20260101T000000Z-full"),
        ("", "2026-01-02T00:00:00+00:00", "20260102T000000Z-incremental"),
        ("", "2026-01-02T00:00:00+01:00", "20260101T000000Z-full"),
        ("", "2025-12-31", None),
        ("postgresql:///other", None, "20260103T000000Z-dump"),
    ],
)
def test_the_last_backup_fits_database_and_moment(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    moment: str | None,
    found: str | None,
) -> None:
    for name in ("20260101T000000Z-full", "20260102T000000Z-incremental", "20260103T000000Z-dump"):
        made_backup(tmp_path, name)
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", url)
    chosen: list[str] = []
    for name in ("_load", "_replace"):
        monkeypatch.setattr(f"api.commands.restore.{name}", lambda backup, *_, **__: chosen.append(backup.path.name))
    main(["restore", "last", *(["--to", moment] if moment else [])])
    assert chosen == ([found] if found else [])


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("yesterday", "'yesterday' is no moment like 2026-11-26T02:00:00+01:00"),
        ("9999-01-01", "9999-01-01 00:00:00+00:00 is yet to come"),
    ],
)
def test_moments_that_are_none(capsys: pytest.CaptureFixture[str], moment: str, said: str) -> None:
    with pytest.raises(SystemExit):
        main(["restore", "last", "--to", moment])
    assert said in capsys.readouterr().err


def test_a_restore_ends_whatever_lets_somebody_in() -> None:
    """Each table with digests of tokens."""
    tables = re.findall(r"CREATE TABLE public\.(\w+) \((?:(?!\);).)*?\btoken_digest\b", SCHEMA.read_text(), re.DOTALL)
    assert "sessions" in tables
    assert [name for name in tables if f"'{name}'" not in AFTER_RESTORE.read_text()] == []
