"""Refusal of common passwords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

from api.auth.common_passwords import is_common

RANKED: list[str] = FREQUENCY_LISTS["passwords"]
LONG_ENOUGH = [password for password in RANKED if len(password) >= 8]


def test_the_3000_most_common_long_enough_passwords_are_refused_and_no_more() -> None:
    assert [password for password in LONG_ENOUGH if is_common(password)] == LONG_ENOUGH[:3000]


def test_long_enough_ones_of_the_3000_most_common_passwords_are_refused() -> None:
    assert [password for password in RANKED[:3000] if len(password) >= 8 and not is_common(password)] == []


@given(st.sampled_from(LONG_ENOUGH[:3000]), st.data())
def test_common_passwords_are_refused_in_any_letter_case(password: str, data: st.DataObject) -> None:
    changed = "".join(data.draw(st.sampled_from([letter, letter.upper()])) for letter in password)
    assert is_common(changed)


@pytest.mark.parametrize(
    "password", ["", "password ", " password", "password\n12345678", "nestwerk-demo", "\ud800" * 8]
)
def test_other_passwords_are_allowed(password: str) -> None:
    assert not is_common(password)
