"""State that the parts of the contract's reader share."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from api.checks import sql
from api.checks.contract.catalog import Catalog, Table
from api.checks.contract.full_joins import FullJoins
from api.checks.contract.naming import names_agree
from api.checks.contract.values import UNKNOWN, Relation, Value
from api.database.statements.files import Statement


class Reading(sql.Reader[Value, Relation]):
    """Reads one statement; `parameters` are the declared types of its parameters, for one call if it is :batch.

    `read_keys` collects the keys that the statement reads of each JSON parameter.
    """

    unknown = UNKNOWN
    relation_type = Relation

    def __init__(self, catalog: Catalog, statement: Statement, parameters: Mapping[str, Any]) -> None:
        super().__init__()
        self.catalog = catalog
        self.statement = statement
        self.parameters = parameters
        self.read_keys: dict[str, set[str]] = {}
        # Keys of JSON parameters that a `case` shows to be there in the branch that is being read.
        self.present: frozenset[tuple[str, str]] = frozenset()
        # Columns that aren't null in that branch.
        self.not_null: frozenset[tuple[Relation, str]] = frozenset()
        self.full_joins = FullJoins()
        # Columns of subqueries, CTEs and functions, which all have to be used, and the set of those that are.
        self.derived_columns: list[tuple[Any, list[str], set[str]]] = []

    def on_name(self, value: Value, name: str, node: Any) -> None:
        """Require that a value that is passed on unchanged keeps its name."""
        for other in sorted(value.names):
            if not names_agree(other, name):
                self.fault(node, f"{other} becomes {name}: what is passed on keeps its name")

    @contextmanager
    def knowing(self, not_null: frozenset[tuple[Relation, str]]) -> Iterator[None]:
        """Within the block these columns of the row are known not to be null, and nothing else."""
        before = self.not_null, self.present
        self.not_null, self.present = not_null, frozenset()
        try:
            yield
        finally:
            self.not_null, self.present = before

    def columns_of(self, table: str) -> Table:
        """Columns of a table; none if the catalog lacks it."""
        return self.catalog.tables.get(table, {})
