"""Facts of the tables that health checks read, for the checks of SQL."""

from typing import Final

from api.facts import Facts, Table
from api.problems.text import Text

FACTS: Final = Facts(
    tables={"_yoyo_migration": Table(grows=False)},
    labels={"verbose": Text("uitvoerig", "verbose")},
    examples={"migrations": "{0001_shared_functions}"},
)
