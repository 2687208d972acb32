"""Which tables hold a family's rows, and what tells whose a row is."""

from collections.abc import Mapping
from typing import Final

from api.app import load_facts
from api.facts import Table

OwnedTable = Table

# What a column is known to hold: the caller's id or null ("user"), their family's or null ("family"), which call of a
# batch this is ("call"), or what that call has for a parameter (":name").
Label = str
Labels = frozenset[Label]

NOTHING: Final[Labels] = frozenset()
# Parameters that say who the caller is; no client chooses them.
OWNER_PARAMETERS: Final[Mapping[str, Label]] = {"user_id": "user", "parent_profile_id": "family"}

_TABLES: Final = load_facts().tables
OWNED: Final[Mapping[str, OwnedTable]] = {name: table for name, table in _TABLES.items() if table.owners}
# Tables with rows of nobody. One that no feature declares is a fault, and so is a view.
FREE: Final = _TABLES.keys() - OWNED.keys()
# Functions of PostgreSQL that run SQL from a text or read a table by its name.
RUN_SQL: Final = frozenset(
    {
        "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "table_to_xml", "table_to_xmlschema",
        "table_to_xml_and_xmlschema", "schema_to_xml", "schema_to_xmlschema", "schema_to_xml_and_xmlschema",
        "database_to_xml", "database_to_xmlschema", "database_to_xml_and_xmlschema", "cursor_to_xml", "ts_stat",
        "ts_rewrite", "dblink", "dblink_exec", "crosstab", "connectby",
    }
)  # fmt: skip
