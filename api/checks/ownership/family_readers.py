"""Functions of the schema that read or change rows of families, by their texts in sql/schema.sql."""

import re
from functools import cache
from typing import Final

from api.checks.ownership.owned_tables import OWNED
from api.paths import SCHEMA

_FUNCTION: Final = re.compile(
    r"CREATE FUNCTION public\.(?P<name>\w+)\(.*?(?=\n(?:CREATE|COMMENT|ALTER) |\Z)", re.DOTALL
)
_WORDS: Final = re.compile(r"\w+")


@cache
def family_readers() -> frozenset[str]:
    """Names of functions that name a table of families, or call a function that does."""
    texts = {found["name"]: set(_WORDS.findall(found[0])) for found in _FUNCTION.finditer(SCHEMA.read_text("utf-8"))}
    readers = {name for name, words in texts.items() if not words.isdisjoint(OWNED)}
    while more := {name for name, words in texts.items() if not words.isdisjoint(readers)} - readers:
        readers |= more
    return frozenset(readers)
