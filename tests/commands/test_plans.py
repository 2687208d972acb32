"""`just plans` on a small database."""

import pytest

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
    said = capsys.readouterr().out
    assert said.startswith("fewer than 1,000 rows or never analyzed: ")
    assert "audit_events, child_profiles, consents, devices, email_confirmations, family_sizes," in said
    assert STATISTICS.read_text() == kept
