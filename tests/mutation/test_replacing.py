"""What was mutated is put back, whatever happens."""

from typing import Any

import pytest

from tests.mutation import replacing
from tests.mutation.replacing import replaced
from tests.mutation.world import World


def test_a_database_that_refuses_leaves_none_mutated(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    def run_sql(dsn: str, script: str) -> None:
        ran.append((dsn, script))
        if (dsn, script) == ("second", "apply"):
            raise ValueError("refused")

    monkeypatch.setattr(replacing, "run_sql", run_sql)
    maintenance: Any = None
    mutant: Any = type("Mutant", (), {"kind": "object", "apply": "apply", "undo": "undo"})
    with pytest.raises(ValueError, match="refused"), replaced(mutant, World("first", "second", "", maintenance)):
        pass
    assert ran == [("first", "apply"), ("second", "apply"), ("first", "undo")]
