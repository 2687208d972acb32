"""Facts of the tables that health checks read, for the checks of SQL."""

from typing import Final

from api.facts import Facts, Table

FACTS: Final = Facts(
    tables={"_yoyo_migration": Table(grows=False)},
    examples={"migrations": "{0001_shared_functions}"},
)
