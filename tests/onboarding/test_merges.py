"""Tabs that edit and save at random come to what a model says: no edit is lost, and what was removed doesn't return."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.accounts import Accounts
from tests.onboarding.documents import DOCUMENT
from tests.onboarding.merge_model import FIELDS, NAMES, NEEDS, TERMS, TITLES, Stored, Tab

EDITS: Final = (
    "field", "add child", "rename child", "age child", "child's needs", "remove child",
    "add goal", "edit goal", "remove goal", "move goal",
)  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """An edit of a document; the numbers say of what, modulo of how many there are."""

    kind: str
    which: int
    what: int


@dataclass(frozen=True)
class Round:
    """A tab may read anew, edits, and saves; the step is what it says, or 5 if it completes the onboarding."""

    tab: int
    reads: bool
    edits: list[Edit]
    step: int


edits = st.builds(Edit, st.sampled_from(EDITS), st.integers(0, 8), st.integers(0, 18))
rounds = st.builds(
    Round, st.integers(0, 2), st.sampled_from([False, False, True]), st.lists(edits, max_size=3), st.integers(0, 5)
)


def edit_child(children: list[dict[str, Any]], edit: Edit) -> None:
    """Edit the children of a document, in which no two have one name."""
    names = [name for name in NAMES if name not in {child["name"] for child in children}]
    child = children[edit.which % len(children)] if children else {}
    match edit.kind:
        case "add child" if names:
            children.append({"name": names[edit.what % len(names)], "age": edit.which, "specialNeeds": []})
        case "rename child" if child and names:
            child["name"] = names[edit.what % len(names)]
        case "age child" if child:
            child["age"] = edit.what
        case "child's needs" if child:
            child["specialNeeds"] = NEEDS[edit.what % 3]
        case "remove child" if child:
            children.remove(child)


def edit_goal(goals: dict[str, Any], edit: Edit) -> None:
    """Edit the goals of a document, in which no list has a title twice."""
    term, other = TERMS if edit.which % 2 else TERMS[::-1]
    titles = [title for title in TITLES if title not in goals[term]]
    place = edit.what % max(len(goals[term]), 1)
    match edit.kind:
        case "add goal" if titles:
            goals[term].insert(place, titles[edit.which % len(titles)])
        case "edit goal" if goals[term] and titles:
            goals[term][place] = titles[edit.which % len(titles)]
        case "remove goal" if goals[term]:
            goals[term].pop(place)
        case "move goal" if goals[term] and goals[term][place] not in goals[other]:
            goals[other].append(goals[term].pop(place))


async def check(accounts: Accounts, *, started: bool, program: list[Round]) -> None:
    """Have three tabs of one parent do their rounds, and hold the document after each save against the model."""
    parent = await accounts.parent(profile=False)
    stored = Stored()
    ids: dict[int, int] = {}
    observer, *tabs = (Tab(parent, stored, ids) for _ in range(4))
    await observer.read()
    if started:
        observer.document |= deepcopy(DOCUMENT)
        await observer.save()
    for tab in tabs:
        await tab.read()
    for turn in program:
        tab = tabs[turn.tab]
        if turn.reads:
            await tab.read()
        for edit in turn.edits:
            if edit.kind == "field":
                path = list(FIELDS)[edit.which]
                tab.set(path, FIELDS[path][edit.what % 3])
            elif "child" in edit.kind:
                edit_child(tab.document["childProfiles"], edit)
            else:
                tab.set(("goals", "supportAreas"), tab.document.get("goals", {}).get("supportAreas", []))
                edit_goal(tab.document["goals"], edit)
        await tab.save(step=min(turn.step, 4), completing=turn.step == 5)
        await observer.read()


@given(st.booleans(), st.lists(rounds, min_size=8, max_size=16))
@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None,
    phases=[Phase.generate],
)  # fmt: skip
async def test_tabs_lose_nothing(accounts: Accounts, started: bool, program: list[Round]) -> None:
    await check(accounts, started=started, program=program)


@pytest.mark.long
@given(st.booleans(), st.lists(rounds, min_size=4, max_size=40))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
async def test_tabs_lose_nothing_in_long_runs(accounts: Accounts, started: bool, program: list[Round]) -> None:
    await check(accounts, started=started, program=program)
