"""Patterns of the types in the OpenAPI document."""

import re

import pytest

from api.http.openapi.patterns import portable


@pytest.mark.parametrize(
    ("python", "javascript"),
    [
        (r"^[a-z]{1,3}$(?!\n)", r"^[a-z]{1,3}$"),
        (r"a.b\.c[.]", r"a[^\n]b\.c[.]"),
        (r"^https?://\$", r"^https?://\$"),
    ],
)
def test_patterns_are_converted_to_javascript(python: str, javascript: str) -> None:
    assert portable(python) == javascript


@pytest.mark.parametrize("pattern", [r"^\S$(?!\n)", r"^[^@\s]$(?!\n)", r"^[\s]$(?!\n)"])
def test_white_space_is_the_same_in_both(pattern: str) -> None:
    # Without \s and \S the pattern means the same in Python.
    converted = portable(pattern)
    assert not re.search(r"\\[sS]", converted)
    for code in range(0x3100):
        assert bool(re.search(pattern, chr(code))) == bool(re.search(converted.replace("$", r"\Z"), chr(code))), hex(
            code
        )
