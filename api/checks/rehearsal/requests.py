"""What clients ask for: each statement of a release with values that a client could send."""

import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import asyncpg

from api.checks.rehearsal.families import Family
from api.database.aliases import Connection
from api.database.statements.files import Statement

Value = Callable[[Family], Any]

# How often the statements come that most requests are made of; each of the others comes once.
_SHARES: Final = {
    "get_caller": 20,
    "get_family": 30,
    "get_child_profile": 30,
    "get_parenting_goal": 15,
    "list_child_profiles": 5,
    "list_parenting_goals": 5,
    "update_child_profile": 5,
    "update_parenting_goal": 15,
    "add_child_profile": 2,
    "add_parenting_goal": 5,
}
# What the service runs in one transaction.
_TRANSACTIONS: Final = {"complete_onboarding": ("save_onboarding", "sync_child_profiles", "sync_parenting_goals")}

_CHILD: Final = {
    "name": "Noor",
    "age": 4,
    "special_needs": [],
    "routines": {"bedtime": "19:30"},
    "development_notes": None,
    "last_assessment": None,
}
_GOAL: Final = {
    "title": "Read together",
    "description": "Each evening, before bed.",
    "category": "short_term",
    "priority": 10,
    "status": "active",
    "target_date": None,
}
_PROFILE: Final = {
    "name": "Sanne",
    "email": None,
    "stress_level": "moderate",
    "experience_level": "first_time",
    "primary_concerns": ["sleep"],
    "support_network": [],
    "bio": None,
    "preferred_language": "nl",
    "communication_preference": None,
}

# By STATEMENT.PARAMETER, else FILE.PARAMETER, else PARAMETER.
_VALUES: Final[Mapping[str, Value]] = {
    "user_id": lambda family: family.user_id,
    "parent_profile_id": lambda family: family.parent_profile_id,
    "session_id": lambda family: family.session_id,
    "token_digest": lambda family: family.token_digest,
    "username": lambda family: family.username,
    "password": lambda family: family.password,
    "old_password": lambda family: family.password,
    "child_profiles.id": lambda family: _any(family.children),
    "parenting_goals.id": lambda family: _any(family.goals),
    "sessions.id": lambda family: family.session_id,
    "add_user.username": lambda _: f"rehearsal-{secrets.token_hex(8)}",
    "email": lambda _: f"{secrets.token_hex(8)}@example.org",
    "add_session.token_digest": lambda _: secrets.token_bytes(32),
    "user_agent": lambda _: "just rehearse",
    "address": lambda _: secrets.token_hex(8),
    "seconds": lambda _: 3600,
    "forgive": lambda _: True,
    "after": lambda _: 0,
    "count": lambda _: 21,
    "status": lambda _: "active",
    "with_children": lambda _: True,
    "with_goals": lambda _: True,
    "completed": lambda _: True,
    "step": lambda _: 4,
    "document": lambda _: {"basicInfo": {"name": "Sanne", "experienceLevel": "first_time"}},
    "answers": lambda _: {"name": "Sanne", "experience_level": "first_time"},
    "child": lambda _: _CHILD,
    "children": lambda _: [_CHILD],
    "goal": lambda _: _GOAL,
    "goals": lambda _: [_GOAL],
    "profile": lambda _: _PROFILE,
    "child_profiles.patch": lambda _: {"age": random.randrange(19)},  # noqa: S311
    "parenting_goals.patch": lambda _: {"priority": random.randrange(101)},  # noqa: S311
    "parent_profiles.patch": lambda _: {"bio": secrets.token_hex(20)},
    "users.patch": lambda _: {"profile_picture": f"https://example.org/{secrets.token_hex(8)}"},
}


class Request(NamedTuple):
    """One statement, or several in a transaction, with the values of each; `share` is how often it comes."""

    name: str
    steps: Sequence[tuple[Statement, Sequence[Value]]]
    share: int

    def values(self, family: Family) -> list[tuple[Statement, list[Any]]]:
        return [(statement, [value(family) for value in values]) for statement, values in self.steps]


async def plan_requests(
    connection: Connection, statements: Mapping[str, Statement]
) -> tuple[list[Request], dict[str, str]]:
    """A request for each statement that the database can prepare, and why others are left out, by their names."""
    requests: dict[str, Request] = {}
    left_out: dict[str, str] = {}
    for name, statement in statements.items():
        values = [_value(statement, parameter) for parameter in statement.parameters]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            unknown = statement.parameters[values.index(None)]
            left_out[name] = f"no value is known for :{unknown}"
            continue
        try:
            await connection.prepare(statement.text)
        except asyncpg.PostgresError as error:
            left_out[name] = str(error)
        else:
            requests[name] = Request(name, [(statement, known)], _SHARES.get(name, 1))
    for name, parts in _TRANSACTIONS.items():
        if all(part in requests for part in parts):
            requests[name] = Request(name, [step for part in parts for step in requests[part].steps], 1)
    return list(requests.values()), left_out


def _value(statement: Statement, parameter: str) -> Value | None:
    for key in (f"{statement.name}.{parameter}", f"{statement.path.stem}.{parameter}", parameter):
        if key in _VALUES:
            return _VALUES[key]
    return None


def _any(ids: Sequence[int]) -> int:
    """One of a family's rows; where it has none, one that isn't there."""
    return random.choice(ids) if ids else 0  # noqa: S311
