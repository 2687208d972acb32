"""`just plans` on a small database."""

from pathlib import Path

import psycopg
import pytest

from api.checks.plans.statistics import tables_in
from api.paths import STATISTICS
from tests.commands.running import run


def test_shows_how_a_small_database_plans(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str
) -> None:
    assert run(monkeypatch, seeded, "plans") == 1
    shown = capsys.readouterr().out
    assert "users                       2 rows  few: these plans say nothing of many\n" in shown
    assert "+++ child_profiles.txt" in shown


def test_keeps_no_statistics_of_a_small_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str
) -> None:
    kept = STATISTICS.read_text()
    assert run(monkeypatch, seeded, "plans", "--statistics") == 1
    few, nothing = capsys.readouterr().out.splitlines()
    assert few.startswith(
        "fewer than 1,000 rows or never analyzed, so their sizes stay assumed: audit_events, consents,"
    )
    assert nothing == "nothing to add; what is kept stays as it is"
    assert STATISTICS.read_text() == kept


def test_adds_statistics_of_new_tables_and_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], migrated: str, tmp_path: Path
) -> None:
    path = tmp_path / "statistics.sql"
    path.write_text(STATISTICS.read_text())
    monkeypatch.setattr("api.commands.plans.STATISTICS", path)
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute("insert into rate_limits select 'a' || n, now() from generate_series(1, 1000) as n")
        connection.execute("analyze rate_limits")
    assert run(monkeypatch, migrated, "plans", "--statistics") == 0
    assert "added rate_limits to statistics.sql: `just generate` makes" in capsys.readouterr().out
    added = path.read_text().removeprefix(STATISTICS.read_text())
    assert tables_in(added) >= {"rate_limits", "rate_limits_pkey"}
    assert all("rate_limits" in line for line in added.splitlines())
    assert run(monkeypatch, migrated, "plans", "--statistics") == 1
