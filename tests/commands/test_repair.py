"""`just repair` and `just baseline`: marks that are set right without running a migration."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from api.__main__ import main
from api.commands import baseline, repair
from api.migrations import MigrationError, check_current, migrate, read_migrations, rollback, status
from api.migrations.marks import accept, find_mended
from api.paths import MIGRATIONS
from tests.checks.working_tree import Tree
from tests.commands.running import run
from tests.migrations.migration_files import dump


@pytest.fixture
def applied(empty: str, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Path]:
    """A database, and the folder of migrations in git that were applied to it, the last with a wrong rollback."""
    tree.add("shoes", "alter table users add column shoe_size integer;", "alter table users drop shoe_sizes;\n")
    tree.tag("v1")
    folder = tree.root / MIGRATIONS.relative_to(MIGRATIONS.parents[1])
    migrate(empty, directory=folder)
    for module in (repair, baseline):
        for name in ("find_mended", "read_migrations"):
            if found := getattr(module, name, None):
                monkeypatch.setattr(module, name, lambda *given, found=found: found(*given, directory=folder))
    return empty, folder


def test_a_mended_rollback_is_shown_and_kept(
    applied: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn, folder = applied
    [path] = folder.glob("*_shoes.rollback.sql")
    assert run(monkeypatch, dsn, "repair") == 0
    assert capsys.readouterr().out.startswith("nothing to repair")
    path.write_text("alter table users drop shoe_size;\n")
    with pytest.raises(MigrationError, match="or run `just repair` if only what takes it back was mended"):
        rollback(dsn, directory=folder)
    before = dump(dsn)
    assert main(["repair"]) == 1
    out, err = capsys.readouterr()
    assert "\n-alter table users drop shoe_sizes;\n+alter table users drop shoe_size;\n" in out
    assert f"keep {path.name} as what takes its migration back; there is no terminal" in err
    assert dump(dsn) == before
    assert main(["repair", "--yes"]) == 0
    assert check_current(dsn, directory=folder) == []
    assert rollback(dsn, directory=folder).id == path.name.removesuffix(".rollback.sql")


def test_other_edits_are_refused(applied: tuple[str, Path]) -> None:
    """Those of a migration itself, and those where nobody knows what was applied."""
    dsn, folder = applied
    [path] = folder.glob("*_shoes.sql")
    written = path.read_text()
    path.write_text("alter table users add column shoe_size bigint;")
    with pytest.raises(MigrationError, match=f"^{path.name} itself was edited, and the database is as it was before"):
        find_mended(dsn, directory=folder)
    path.write_text(written)
    path.with_suffix(".rollback.sql").write_text("alter table users drop shoe_size;\n")
    [mended] = find_mended(dsn, directory=folder)
    shutil.rmtree(folder.parents[1] / ".git")
    with pytest.raises(MigrationError, match=f"no revision that git knows has the files of {path.stem} as they were"):
        find_mended(dsn, directory=folder)
    with psycopg.connect(dsn) as connection:
        connection.execute("delete from _yoyo_migration where migration_id like '%shoes'")
    with pytest.raises(MigrationError, match="was applied or taken back meanwhile"):
        accept(dsn, [mended])


@contextmanager
def another_database(dsn: str) -> Iterator[str]:
    """In place of a temporary server, which takes a second to make."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create database made_for_baseline")
        try:
            yield re.sub(r"/\w+\?", "/made_for_baseline?", dsn)
        finally:
            connection.execute("drop database made_for_baseline")


@pytest.mark.long
def test_a_baseline_marks_what_is_there(
    empty: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(baseline, "temporary_server", lambda: another_database(empty))
    migrate(empty, to="9")
    with psycopg.connect(empty, autocommit=True) as connection:
        # What is left of the marks counts for nothing.
        connection.execute("drop table migration_checksums, _yoyo_log, _yoyo_version")
        assert run(monkeypatch, empty, "migrate") == 1
        assert "`just baseline` marks them as applied" in capsys.readouterr().err
        connection.execute("alter table users add column shoe_size integer")
        before = dump(empty)
        assert main(["baseline", "9", "--yes"]) == 1
        out = capsys.readouterr().out
        assert "+    shoe_size integer" in out
        assert out.endswith("nothing was marked: the database doesn't have the schema of 0009_limits_of_payloads\n")
        connection.execute("alter table users drop column shoe_size")
        # A dump brings its checks with fewer parentheses.
        connection.execute(
            "alter table users drop constraint users_email_check, add constraint users_email_check"
            " check (length(email) >= 3 and length(email) <= 254 and email ~ '^[^@\\s]+@[^@\\s]+$')"
        )
    assert main(["baseline", "9"]) == 1
    assert "mark 0001 to 0009_limits_of_payloads as applied without running them;" in capsys.readouterr().err
    assert dump(empty) != before
    assert main(["baseline", "0009", "--yes"]) == 0
    assert [entry.state for entry in status(empty)].count("applied") == 9
    capsys.readouterr()
    assert main(["baseline", "9", "--yes"]) == 1
    assert capsys.readouterr().err == "migrations are applied already: `just status` shows them\n"
    assert main(["migrate"]) == 0
    assert check_current(empty) == []
    assert [entry.id for entry in status(empty)] == [file.id for file in read_migrations()]
