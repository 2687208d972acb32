"""What the parts of the contract's reader share while it reads a statement."""

from collections.abc import Mapping
from typing import Any

from api.checks import sql
from api.checks.contract.catalog import Catalog, Table
from api.checks.contract.naming import agree
from api.checks.contract.values import ANYTHING, Relation, Value
from api.database.statements.files import Statement


class Reading(sql.Reader[Value, Relation]):
    """Reads one statement; `parameters` are the declared types of its parameters, one call's where it is :batch.

    Collects the keys that the statement reads of each JSON parameter.
    """

    anything = ANYTHING
    relation_type = Relation

    def __init__(self, catalog: Catalog, statement: Statement, parameters: Mapping[str, Any]) -> None:
        super().__init__()
        self.catalog = catalog
        self.statement = statement
        self.parameters = parameters
        self.read_keys: dict[str, set[str]] = {}
        # Keys of JSON parameters that are there, where the branch of a `case` asks for them.
        self.present: set[tuple[str, str]] = set()
        # Columns that have to be used in the end, and those that are.
        self.watched: list[tuple[Any, list[str], set[str]]] = []

    def passed_on(self, value: Value, name: str, node: Any) -> None:
        """Demand that a value that is passed on as it is keeps its name."""
        for other in sorted(value.names):
            if not agree(other, name):
                self.fault(node, f"{other} becomes {name}: what is passed on keeps its name")

    def columns_of(self, table: str) -> Table:
        """Columns of a table of the catalog; none of one that isn't there."""
        return self.catalog.tables.get(table, {})
