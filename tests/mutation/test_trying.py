"""Mutants are tried: of one small file from end to end, and what is put back makes the database as it was."""

import re
from pathlib import Path

import psycopg
import pytest

from api.app import load_routers
from api.checks.schema import dump_schema
from api.paths import QUERIES
from tests.mutation.definitions import read_definitions
from tests.mutation.mutate import mutants_of, tried
from tests.mutation.objects import object_mutants
from tests.mutation.recordings import recorded
from tests.mutation.tasks import Touch
from tests.mutation.verdicts import Verdicts
from tests.mutation.vocabulary import read_vocabulary

TESTS = "tests/activity/test_activity.py"


@pytest.fixture(scope="module")
def touches(tmp_path_factory: pytest.TempPathFactory) -> list[Touch]:
    load_routers()
    return recorded(tmp_path_factory.mktemp("kept") / "mutation.json", 1, [TESTS])


@pytest.mark.long
def test_a_file_from_end_to_end(touches: list[Touch], tmp_path: Path) -> None:
    assert {touch.test.partition("::")[0] for touch in touches} == {TESTS}
    assert any("list_activity" in touch.statements for touch in touches)
    before = (QUERIES / "activity.sql").read_bytes()
    mutants = mutants_of([QUERIES / "activity.sql"])
    verdicts = Verdicts(tmp_path / "mutants.json")
    results = tried(mutants, touches, 1, [], verdicts)
    verdicts.write()
    outcomes = {(result.mutant.operator, result.mutant.new): result.verdict for result in results}
    # A check names it, with its file and line.
    assert outcomes["relation", "<>"].outcome == "check"
    assert re.match(r"sql/queries/activity\.sql:\d+: list_activity: ", outcomes["relation", "<>"].by)
    # A test fails on it.
    assert outcomes["direction", "id asc"].outcome in {"tests", "check", "kept"}
    assert any(result.verdict.by.startswith(f"{TESTS}::") for result in results)
    assert (QUERIES / "activity.sql").read_bytes() == before


@pytest.mark.long
def test_what_is_put_back_makes_the_schema_as_it_was(migrated: str) -> None:
    standing = read_definitions()
    before = dump_schema(migrated)
    with psycopg.connect(migrated, autocommit=True) as connection:
        for mutant in object_mutants(standing, standing, read_vocabulary()):
            with connection.transaction(force_rollback=True):
                try:
                    connection.execute(mutant.apply.encode())
                except psycopg.Error:
                    continue
                connection.execute(mutant.undo.encode())
            # A constraint is put back without looking at rows, which a dump shows.
            if mutant.of not in {"constraint", "table"}:
                connection.execute(mutant.undo.encode())
    assert dump_schema(migrated) == before
