"""Keysets and their cursors."""

import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.pagination import Keyset
from api.http.schemas import Cursor, Moment
from api.problems.problem import Problem
from api.problems.types import INVALID_CURSOR


class Row(msgspec.Struct):
    id: int
    starts_at: Moment
    priority: int
    title: str
    ends_at: Moment | None = None
    weight: float = 0


KEYS = [("id",), ("starts_at", "id"), ("priority", "starts_at", "id"), ("title", "id"), ("title", "starts_at", "id")]
ROWS = st.builds(
    Row,
    id=st.integers(1, 2**63 - 1),
    starts_at=st.datetimes(timezones=st.just(UTC)),
    priority=st.integers(-(2**63), 2**63 - 1),
    title=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300),
)


def key(row: Row, fields: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in fields)


@pytest.mark.parametrize("fields", KEYS)
@given(row=ROWS)
def test_a_cursor_names_the_last_row_of_its_page(fields: tuple[str, ...], row: Row) -> None:
    keyset = Keyset(Row, *fields)
    page = keyset.page([row, row], 1)
    assert page.items == [row]
    assert page.next_cursor is not None
    assert keyset.after(page.next_cursor) == key(row, fields)
    assert re.fullmatch(keyset.cursor.extra_json_schema["pattern"], page.next_cursor)  # type: ignore[index]
    assert len(page.next_cursor) <= keyset.cursor.max_length  # type: ignore[operator]
    assert keyset.after(None) < key(row, fields)


@given(row=ROWS)
def test_the_first_page_of_a_descending_list_leaves_no_row_out(row: Row) -> None:
    fields = ("starts_at", "priority", "id")
    first = Keyset(Row, *fields, descending=True).after(None)
    assert first >= key(row, fields)


def test_a_last_page_has_no_cursor() -> None:
    row = Row(1, datetime.now(UTC), 1, "a")
    assert Keyset(Row, "id").page([row], 1).next_cursor is None
    assert Keyset(Row, "id").page([], 1).items == []


@pytest.mark.parametrize("fields", KEYS)
@given(data=st.data())
def test_any_cursor_that_matches_the_pattern_is_decoded_or_refused(
    fields: tuple[str, ...], data: st.DataObject
) -> None:
    keyset = Keyset(Row, *fields)
    pattern: str = (keyset.cursor.extra_json_schema or {})["pattern"]
    cursor = data.draw(st.from_regex(pattern, fullmatch=True))
    # 0 is no id.
    if "AAAAAAAAAAA" not in cursor:
        after = keyset.after(cursor)
        assert [type(value) for value in after] == [type(value) for value in keyset.after(None)]


@pytest.mark.parametrize("fields", KEYS)
@given(cursor=st.text(max_size=60) | st.binary(max_size=40).map(lambda data: urlsafe_b64encode(data).decode()))
def test_any_text_is_decoded_as_a_cursor_or_refused(fields: tuple[str, ...], cursor: str) -> None:
    keyset = Keyset(Row, *fields)
    try:
        assert len(keyset.after(cursor)) == len(fields)
    except Problem as problem:
        refused = problem.type
        assert refused is INVALID_CURSOR


def test_the_cursor_of_ids_is_the_one_that_schemas_describe() -> None:
    [described] = Cursor.__metadata__  # type: ignore[attr-defined]
    assert Keyset(Row, "id").cursor == described


@pytest.mark.parametrize(
    ("fields", "descending"),
    [(("ends_at", "id"), False), (("weight", "id"), False), (("nothing",), False), (("title", "id"), True)],
)
def test_a_field_that_cannot_be_in_a_key_is_refused(*, fields: tuple[str, ...], descending: bool) -> None:
    with pytest.raises(TypeError, match=fields[0]):
        Keyset(Row, *fields, descending=descending)


def test_two_texts_are_refused() -> None:
    class Named(msgspec.Struct):
        first: str
        last: str

    with pytest.raises(TypeError, match="one text"):
        Keyset(Named, "first", "last")
