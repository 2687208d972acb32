"""Sample families, from the rows that each feature makes."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import msgspec

from api.app import FEATURES, load_facts
from api.auth.samples import account
from api.database.codecs import column_document
from api.parent_profiles.samples import parent_name, profile
from api.samples import Row, SampleFamily

Maker = Callable[[SampleFamily], list[Row]]

# Rows of a family, at most, in a table whose feature has no `samples.py`.
_MOST_EXAMPLES: Final = 2


class Family(NamedTuple):
    """Rows of a family without keys: account, profile, and those of the other tables."""

    account: Row
    profile: Row
    rows: Mapping[str, Sequence[Row]]


def make_family(number: int) -> Family:
    """Family with a number."""
    family = SampleFamily(number)
    for table, maker in row_makers().items():
        family.rows[table] = maker(family)
    return Family(account(family, parent_name(family)), profile(family), family.rows)


@cache
def row_makers() -> Mapping[str, Maker]:
    """Functions that make rows, by table: from the feature's `samples.py`, or else from its payload's example."""
    facts = load_facts()
    tables = [name for name, table in facts.tables.items() if list(table.owners.values()) == ["family"]]
    made: dict[str, Maker] = {}
    for name in FEATURES:
        if find_spec(f"api.{name}.samples") is not None:
            samples = import_module(f"api.{name}.samples")
            if hasattr(samples, "TABLE"):
                made[samples.TABLE] = samples.rows
    for payload in facts.payloads:
        if payload.table in tables and not payload.is_patch and "example" in vars(payload.struct):
            made.setdefault(payload.table, _example_maker(payload.table, payload.struct))
    return {table: made[table] for table in tables if table in made}


def _example_maker(table: str, struct: Any) -> Maker:
    columns = column_document(msgspec.convert(struct.example, struct))

    def rows(family: SampleFamily) -> list[Row]:
        row = {**columns, "created_at": family.created_at, "updated_at": family.created_at}
        return [row] * family.chance(table).number(0, _MOST_EXAMPLES)

    return rows
