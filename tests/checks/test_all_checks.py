"""What a check is made of is asked: its faults are among those that `just check` prints."""

from typing import Final

import pytest

from api.app import load_routers
from api.checks import all_checks
from api.checks.all_checks import READ_ONLY_CHECKS, TREE_CHECKS, run_check

PARTS: Final = [
    ("contract", "check_null_parameters"),
    ("conventions", "idle_conditions"),
    ("retention", "check_figures"),
    ("exports", "check_export"),
    ("facts", "check_words"),
    ("grants", "check_on_other_server"),
]


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_a_part_of_a_check_is_asked(dsn: str, monkeypatch: pytest.MonkeyPatch, name: str, part: str) -> None:
    load_routers()
    check = {**READ_ONLY_CHECKS, **TREE_CHECKS}[name]
    assert run_check(name, check, dsn).faults == []
    monkeypatch.setattr(all_checks, part, lambda *_: ["planted"])
    assert run_check(name, check, dsn).faults == ["planted"]
