"""What a feature says of its noun, for those who need to know it without knowing the feature.

Each feature has a `facts.py` with one `FACTS`: checks, the seed, rehearsals, messages and the documentation take from
it what they need. What is missing there is named by `just check`, with what to write.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from api.command_error import CommandError
from api.problems.text import Text

# What the owner column of a table holds: the id of a user, or that of their parent profile, which is the family's.
Owner = Literal["user", "family"]


class FactsError(CommandError):
    """Features contradict each other or say nothing; the message names what they do, one line for each."""


class Table(msgspec.Struct, frozen=True):
    """A table, and whose its rows are.

    A row is its owner's if one of the columns in `owners` holds what is named there; then all of them do. Without
    owners its rows are nobody's. `unique` gives unique constraints and the owner column among their columns: what
    conflicts with a row there has its owner. `grows` if it gets larger with every family or every login.
    """

    owners: Mapping[str, Owner] = {}
    unique: Mapping[str, str] = {}
    grows: bool = True


def family_table(name: str) -> dict[str, Table]:
    """A table of a family's rows, whose primary key begins with `parent_profile_id`."""
    return {name: Table({"parent_profile_id": "family"}, {f"{name}_pkey": "parent_profile_id"})}


class Payload(msgspec.Struct, frozen=True):
    """A struct, the table that its fields are columns of, and those that are columns of another name or table.

    Of a field whose name ends with `[]` each item is a value of the column. `unwritten` fields are no columns, for the
    reason given. A patch changes rows that are there: what it lacks stays as it is.
    """

    struct: Any
    table: str
    elsewhere: Mapping[str, str] = {}
    unwritten: Mapping[str, str] = {}
    is_patch: bool = False


# What differs: a value that the struct takes and the table refuses, or the other way; null; what an absent field is.
Difference = Literal["struct takes", "table takes", "null", "absent"]


class Exemption(msgspec.Struct, frozen=True):
    """A difference between payload and table that is right: of a field, of a kind, for some values or for all.

    `field` is `Struct.field`; `values` are called as `api.checks.payloads.probes` calls them.
    """

    field: str
    kind: Difference
    reason: str
    values: tuple[str, ...] = ()

    def covers(self, field: str, kind: Difference, value: str) -> bool:
        """Whether a difference is this one."""
        return (self.field, self.kind) == (field, kind) and (not self.values or value in self.values)


class Family(NamedTuple):
    """A family in whose name statements are called: its account, its profile if there is one, ids of rows by table."""

    user_id: int
    username: str
    password: str
    parent_profile_id: int | None
    session_id: int | None
    token_digest: bytes | None
    rows: Mapping[str, Sequence[int]]


# A value that a client could send, or a function that makes one for a family.
Example = Callable[[Family], Any] | str | int | bool | Sequence[Any] | Mapping[str, Any] | None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a noun.

    `labels` are what parents call the fields of its JSON, by name. `derived` gives structs that statements take and
    that are made of payloads, with what they're made of. `examples` are values of parameters, by `statement.parameter`
    or by parameter alone; those of structs with an example need none. `shares` says how often a statement comes among
    a client's (1 where it isn't there), `transactions` which statements the service runs as one.
    """

    tables: Mapping[str, Table] = {}
    labels: Mapping[str, Text] = {}
    payloads: Sequence[Payload] = ()
    derived: Mapping[Any, str] = {}
    exemptions: Sequence[Exemption] = ()
    examples: Mapping[str, Example] = {}
    shares: Mapping[str, int] = {}
    transactions: Mapping[str, Sequence[str]] = {}


_MAPPINGS: Final = ("tables", "labels", "derived", "examples", "shares", "transactions")


def together(facts: Iterable[Facts]) -> Facts:
    """Facts of several features as one.

    Raises:
        FactsError: two say different things of the same name.

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
