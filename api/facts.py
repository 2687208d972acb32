"""Facts that a feature declares about its noun, for the rest of the code, which doesn't know features.

Each feature has a `facts.py` with one `FACTS`, which checks, seed, rehearsals, messages and documentation use. `just
check` names the facts that are missing, with what to write.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from api.command_error import CommandError
from api.problems.text import Text

# An owner column holds the id of a user, or of a parent profile, which is the family's id.
Owner = Literal["user", "family"]


class FactsError(CommandError):
    """Features contradict each other, or one has no facts; the message has a line for each."""


class Table(msgspec.Struct, frozen=True):
    """A table, and the owners of its rows.

    `owners` says whose id each owner column holds; all of them name the same owner. Without owners, rows belong to
    nobody. `unique` maps unique constraints to the owner column among their columns: a row that conflicts there has the
    same owner. `grows` if the table gets larger with every family or every login. `may_be_nobodys` if an owner column
    may be null.
    """

    owners: Mapping[str, Owner] = {}
    unique: Mapping[str, str] = {}
    grows: bool = True
    may_be_nobodys: bool = False


def family_table(name: str) -> dict[str, Table]:
    """A table of families' rows, whose primary key begins with `parent_profile_id`."""
    return {name: Table({"parent_profile_id": "family"}, {f"{name}_pkey": "parent_profile_id"})}


class Words(msgspec.Struct, frozen=True):
    """The words that a text column holds, each with the label that the column `beside` has in the same row."""

    beside: str
    labels: Mapping[str, str]


class Payload(msgspec.Struct, frozen=True):
    """A struct, and the table that its fields are written to.

    `columns` maps fields to `table.column` where name or table differ; for a field that ends with `[]`, each item is
    written there. `unwritten` maps fields without a column to the reason. A patch changes existing rows: an absent
    field stays as it is.
    """

    struct: Any
    table: str
    columns: Mapping[str, str] = {}
    unwritten: Mapping[str, str] = {}
    is_patch: bool = False


# Only one of the two accepts a value; only one accepts null; they differ about an absent field.
Difference = Literal["struct takes", "table takes", "null", "absent"]


class Exemption(msgspec.Struct, frozen=True):
    """An intended difference between payload and table, for some values or for all.

    `field` is `Struct.field`; `values` are names of probes (`api.checks.payloads.probes`).
    """

    field: str
    kind: Difference
    reason: str
    values: tuple[str, ...] = ()

    def covers(self, field: str, kind: Difference, value: str) -> bool:
        """Whether this exemption allows a difference."""
        return (self.field, self.kind) == (field, kind) and (not self.values or value in self.values)


class Family(NamedTuple):
    """A family that statements are called for: its account, its profile if any, and ids of its rows by table."""

    user_id: int
    username: str
    password: str
    parent_profile_id: int | None
    session_id: int | None
    token_digest: bytes | None
    rows: Mapping[str, Sequence[int]]


# A value that a client could send, or a function that returns one for a family.
Example = Callable[[Family], Any] | str | int | bool | Sequence[Any] | Mapping[str, Any] | None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a noun.

    `labels` are what parents call the fields of its JSON, by name. `examples` are values of parameters, by
    `statement.parameter` or by parameter; structs with an example need none. `shares` are relative frequencies of
    statements in a client's traffic (default 1). `transactions` maps a name to the statements that run in one. `words`
    are those of text columns, by `table.column`.
    """

    tables: Mapping[str, Table] = {}
    labels: Mapping[str, Text] = {}
    payloads: Sequence[Payload] = ()
    exemptions: Sequence[Exemption] = ()
    examples: Mapping[str, Example] = {}
    shares: Mapping[str, int] = {}
    transactions: Mapping[str, Sequence[str]] = {}
    words: Mapping[str, Words] = {}


_MAPPINGS: Final = ("tables", "labels", "examples", "shares", "transactions", "words")


def merge_facts(facts: Iterable[Facts]) -> Facts:
    """Facts of several features, merged.

    Raises:
        FactsError: two features contradict each other.

    """
    merged: dict[str, dict[Any, Any]] = {name: {} for name in _MAPPINGS}
    contradictions = []
    payloads: list[Payload] = []
    exemptions: list[Exemption] = []
    for each in facts:
        payloads += each.payloads
        exemptions += each.exemptions
        for name in _MAPPINGS:
            for key, value in getattr(each, name).items():
                if merged[name].setdefault(key, value) != value:
                    contradictions.append(f"two features say different things of {key} in their facts: {name}")
    if contradictions:
        raise FactsError("\n".join(contradictions))
    return Facts(payloads=payloads, exemptions=exemptions, **merged)
