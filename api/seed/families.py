"""Made-up families, of the rows that each feature makes."""

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

# Rows of a table whose feature makes none: as many as that at most.
_MOST_EXAMPLES: Final = 2


class Family(NamedTuple):
    """Rows of an account and its profile, and those of each table of the family's, save keys."""

    account: Row
    profile: Row
    members: Mapping[str, Sequence[Row]]


def make_family(number: int) -> Family:
    """Family of a number."""
    family = SampleFamily(number)
    for table, maker in makers().items():
        family.members[table] = maker(family)
    return Family(account(family, parent_name(family)), profile(family), family.members)


@cache
def makers() -> Mapping[str, Maker]:
    """What makes the rows of each table of families: the feature's `samples.py`, or else the example of its payload."""
    facts = load_facts()
    found = {table: None for table, each in facts.tables.items() if list(each.owners.values()) == ["family"]}
    made: dict[str, Maker] = {}
    for name in FEATURES:
        if find_spec(f"api.{name}.samples") is not None:
            samples = import_module(f"api.{name}.samples")
            if hasattr(samples, "TABLE"):
                made[samples.TABLE] = samples.rows
    for payload in facts.payloads:
        if payload.table in found and not payload.is_patch and "example" in vars(payload.struct):
            made.setdefault(payload.table, _of_example(payload.table, payload.struct))
    return {table: made[table] for table in found if table in made}


def _of_example(table: str, struct: Any) -> Maker:
    columns = column_document(msgspec.convert(struct.example, struct))

    def rows(family: SampleFamily) -> list[Row]:
        row = {**columns, "created_at": family.created_at, "updated_at": family.created_at}
        return [row] * family.chance(table).number(0, _MOST_EXAMPLES)

    return rows
