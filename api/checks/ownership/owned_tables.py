"""Which tables hold a family's rows, and what tells whose a row is."""

from collections.abc import Mapping
from typing import Final

import msgspec

# What a column is known to hold: the caller's id or null ("user"), their family's or null ("family"), which call of a
# batch this is ("call"), or what that call has for a parameter (":name").
Label = str
Labels = frozenset[Label]

NOTHING: Final[Labels] = frozenset()
# Parameters that say who the caller is; no client chooses them.
OWNER_PARAMETERS: Final[Mapping[str, Label]] = {"user_id": "user", "parent_profile_id": "family"}


class OwnedTable(msgspec.Struct, frozen=True):
    """A table with rows of users or families.

    A row is its owner's if one of the columns in `owners` holds what is named there; then all of them do. `unique`
    gives unique constraints and the owner column among their columns: what conflicts with a row there has its owner.
    """

    owners: Mapping[str, Label]
    unique: Mapping[str, str]


OWNED: Final[Mapping[str, OwnedTable]] = {
    "users": OwnedTable({"id": "user"}, {"users_pkey": "id"}),
    "sessions": OwnedTable({"user_id": "user"}, {"sessions_pkey": "user_id"}),
    "parent_profiles": OwnedTable(
        {"user_id": "user", "id": "family"},
        {"parent_profiles_pkey": "id", "parent_profiles_user_id_key": "user_id"},
    ),
    "child_profiles": OwnedTable({"parent_profile_id": "family"}, {"child_profiles_pkey": "parent_profile_id"}),
    "parenting_goals": OwnedTable({"parent_profile_id": "family"}, {"parenting_goals_pkey": "parent_profile_id"}),
}
# Tables with rows of nobody. One that is in neither list is a fault, and so is a view.
FREE: Final = frozenset({"login_throttles", "_yoyo_migration"})
# Functions of PostgreSQL that run SQL from a text or read a table by its name.
RUN_SQL: Final = frozenset(
    {
        "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "table_to_xml", "table_to_xmlschema",
        "table_to_xml_and_xmlschema", "schema_to_xml", "schema_to_xmlschema", "schema_to_xml_and_xmlschema",
        "database_to_xml", "database_to_xmlschema", "database_to_xml_and_xmlschema", "cursor_to_xml", "ts_stat",
        "ts_rewrite", "dblink", "dblink_exec", "crosstab", "connectby",
    }
)  # fmt: skip
