"""Facts of features become one: those that contradict each other, and a feature that has none, are named."""

import pytest

from api.app import load_facts
from api.facts import Facts, FactsError, merge_facts
from api.problems.text import Text


def test_alike_facts_are_one() -> None:
    name = Facts(labels={"name": Text("naam", "name")})
    facts = merge_facts([name, name, Facts(shares={"get_user": 2})])
    assert (facts.labels, facts.shares) == (name.labels, {"get_user": 2})


def test_contradictions_are_named_together() -> None:
    with pytest.raises(FactsError) as raised:
        merge_facts([Facts(shares={"a": 1, "b": 1}), Facts(shares={"a": 2, "b": 2})])
    assert str(raised.value).splitlines() == [
        f"two features say different things of {key} in their facts: shares" for key in ("a", "b")
    ]


def test_a_feature_without_facts_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.app.FEATURES", ("users", "http"))
    with pytest.raises(FactsError, match=r"^api/http/facts.py: is missing: write one with `FACTS: Final = Facts"):
        load_facts()
