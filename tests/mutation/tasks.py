"""What the tool and its processes say to each other."""

from typing import Final, Literal

import msgspec

from tests.mutation.mutants import Mutant

# How a mutant ended: PostgreSQL refuses it, a check names it, a test fails, only a kept file differs, or none of these.
Outcome = Literal["stillborn", "check", "tests", "kept", "survived", "broken"]


# What a process says that has to be made anew, and then the test.
UNFIT: Final = "fails without the mutant, too: "


class Record(msgspec.Struct, frozen=True):
    """Run the tests of a file, and note which statements they run."""

    path: str


class Touch(msgspec.Struct, frozen=True):
    """A test that passes again and again: its seconds, and the statements that it runs."""

    test: str
    seconds: float
    statements: list[str]


class Try(msgspec.Struct, frozen=True):
    """Try a mutant against the checks, and then against tests, in this order; with each the seconds that it took."""

    mutant: Mutant
    tests: dict[str, float]


class Verdict(msgspec.Struct, frozen=True):
    """How a mutant ended, and what said so: a fault, or a test; `ran` is how many tests were run."""

    outcome: Outcome
    by: str
    ran: int = 0
