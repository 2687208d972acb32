"""What facts say of statements that aren't there is named."""

from api.app import load_facts, load_routers
from api.checks.noun_facts import check_facts
from api.database.queries import bound_queries
from api.facts import Facts, merge_facts


def test_statements_that_are_not_there() -> None:
    load_routers()
    planted = Facts(shares={"a": 1}, transactions={"both": ("get_caller", "b")}, examples={"c.id": 1, "id_of_none": 2})
    assert [str(fault) for fault in check_facts(merge_facts([load_facts(), planted]), bound_queries(), [])] == [
        f"api:1: {name}: a facts.py names it, and there is no such statement: remove it or correct its name"
        for name in ("a", "b", "c")
    ]
