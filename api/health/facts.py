"""Facts of the tables that health checks read, and the problem of a service that stops."""

from typing import Final

from api.facts import Facts, Table
from api.problems.text import Text
from api.problems.types import ProblemType

STOPPING: Final = ProblemType(
    code="stopping",
    status=503,
    title="About to stop",
    nl="We zijn zo terug. Probeer het over een minuutje nog eens.",
    en="We will be right back. Please try again in a minute.",
    retry_after=1,
)

FACTS: Final = Facts(
    tables={"_yoyo_migration": Table(grows=False)},
    labels={"verbose": Text("uitvoerig", "verbose")},
    examples={"migrations": "{0001_shared_functions}"},
)
