"""What the tool and its processes say to each other."""

from typing import Final, Literal

import msgspec

from tests.mutation.mutants import Mutant

# How a mutant ended: PostgreSQL refuses it, a check names it, a test fails, only a kept file differs, or none of these.
Outcome = Literal["stillborn", "check", "tests", "kept", "survived", "broken"]


# Seconds that a test may take: so many, and so many times what it took without a mutant.
PATIENCE: Final = 5.0
LONGER: Final = 5.0
# What a process says that has to be made anew, and then the test.
UNFIT: Final = "fails without the mutant, too: "


class Record(msgspec.Struct, frozen=True):
    """Run the tests of a file, and note which statements they run."""

    path: str


class Touch(msgspec.Struct, frozen=True):
    """A test: its seconds, and the statements that it runs. It's run on mutants if it passes twice in a row."""

    test: str
    seconds: float
    statements: list[str]
    passes: bool = True


class Try(msgspec.Struct, frozen=True):
    """Try a mutant against the checks, and then against tests, in this order; with each the seconds that it took."""

    mutant: Mutant
    tests: dict[str, float]


class Control(msgspec.Struct, frozen=True):
    """Run tests without a mutant, in this order; the answer is a list of those that fail."""

    tests: dict[str, float]


Task = Record | Try | Control


class Verdict(msgspec.Struct, frozen=True):
    """How a mutant ended, and what said so: a fault, or a test; `ran` is how many tests were run."""

    outcome: Outcome
    by: str
    ran: int = 0
