"""Special needs: a list of texts that a patch replaces whole."""

from typing import Any

import pytest

from tests.accounts import Accounts
from tests.family_resources.resources import CHILDREN, add, check_problem


async def test_a_list_at_its_limits(accounts: Accounts) -> None:
    parent = await accounts.parent()
    needs = ["👶" * 200] * 50
    child = await add(parent, CHILDREN, specialNeeds=needs)
    assert child["specialNeeds"] == needs
    answer = await parent.client.patch(f"{CHILDREN.path}/{child['id']}", json={"specialNeeds": ["bril", ""]})
    assert answer.json()["specialNeeds"] == ["bril", ""]


@pytest.mark.parametrize(
    ("needs", "pointer"),
    [
        (["a"] * 51, ""),
        (["ok", "👶" * 201], "/1"),
        (["ok", None], "/1"),
        (["ok", 1], "/1"),
        ([["nested"]], "/0"),
        (["\0"], "/0"),
        ("bril", ""),
        ({"0": "bril"}, ""),
    ],
    ids=lambda part: repr(part)[:20],
)
async def test_invalid_lists(needs: Any, pointer: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN)
    posted = await parent.client.post(CHILDREN.path, json=CHILDREN.minimum | {"specialNeeds": needs})
    check_problem(posted, 400, "invalid_body", f"/specialNeeds{pointer}")
    patched = await parent.client.patch(f"{CHILDREN.path}/{child['id']}", json={"specialNeeds": needs})
    check_problem(patched, 400, "invalid_body", f"/specialNeeds{pointer}")


@pytest.mark.parametrize("text", ['{"a"}', "a,b", '"', "\\", "NULL", "{}", "", " "])
async def test_texts_with_the_syntax_of_arrays(text: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN, specialNeeds=[text, text])
    assert child["specialNeeds"] == [text, text]
