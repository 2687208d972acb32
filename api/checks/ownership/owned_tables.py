"""The tables with a family's rows, their owner columns, and the labels of values."""

from collections.abc import Mapping
from typing import Final

from api.app import load_facts
from api.facts import Table

OwnedTable = Table

# What a value is known to be: the caller's id or null ("user"), the id of their family or null ("family"), the
# number of a call in a batch ("call"), or that call's value of a parameter (":name").
Label = str
Labels = frozenset[Label]

NO_LABELS: Final[Labels] = frozenset()
# Parameters that identify the caller; clients can't choose them.
OWNER_PARAMETERS: Final[Mapping[str, Label]] = {"user_id": "user", "parent_profile_id": "family"}
# Labels of ids that are the caller's.
OWNER_LABELS: Final[Labels] = frozenset(OWNER_PARAMETERS.values())

_TABLES: Final = load_facts().tables
OWNED: Final[Mapping[str, OwnedTable]] = {name: table for name, table in _TABLES.items() if table.owners}
# Tables whose rows belong to nobody. A table or view that no feature declares is a fault.
UNOWNED: Final = _TABLES.keys() - OWNED.keys()
# Functions that run SQL from a text, or read a table by its name.
SQL_RUNNERS: Final = frozenset(
    {
        "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "table_to_xml", "table_to_xmlschema",
        "table_to_xml_and_xmlschema", "schema_to_xml", "schema_to_xmlschema", "schema_to_xml_and_xmlschema",
        "database_to_xml", "database_to_xmlschema", "database_to_xml_and_xmlschema", "cursor_to_xml", "ts_stat",
        "ts_rewrite", "dblink", "dblink_exec", "crosstab", "connectby",
    }
)  # fmt: skip
