"""What the service asks about the database itself, as checks know it."""

from typing import Final

from api.facts import Facts, Table

FACTS: Final = Facts(tables={"_yoyo_migration": Table(grows=False)})
