"""Constructs that can't be read are refused once, in the same words by all analyses."""

from typing import Any, Final

import pytest

from api.checks.contract.catalog import Catalog
from api.checks.contract.reader import Reader as ContractReader
from api.checks.ownership.reader import Reader as OwnershipReader
from api.checks.sql.ast import parse_sql
from tests.checks.sql.origins import read
from tests.checks.sql.statements import statement_of

_ANOTHER_WAY: Final = "is nothing that the check understands: write it another way"
_ALIAS_OF_JOIN: Final = "an alias of a join hides those in it: leave it out"
_STAR: Final = "what * stands for isn't known here: name the columns"
_NAMELESS: Final = "a function's rows hide others that are called as it is: give them a name with `as`"
_COMMAND: Final = "is neither a select nor an insert, update, delete or merge: put it into a migration"

REFUSED: Final = {
    "select 1 from a natural join b": (
        "a natural join changes its meaning with its tables: write `on` or `using`, or name the columns in subqueries"
    ),
    "select 1 from (a join b on true) as j": _ALIAS_OF_JOIN,
    "select 1 from a join b using (id) as j": _ALIAS_OF_JOIN,
    "select row(t.*) from a as t": _STAR,
    "select 1 from a as t where row(t.*, 1) in (select 1, 2)": _STAR,
    "select v.n from a as t, lateral (values (t.*)) as v (n)": _STAR,
    "select (t).* from a as t": _STAR,
    "select 1 from unnest(array[1])": _NAMELESS,
    "select 1 from rows from (unnest(array[1]))": _NAMELESS,
    "truncate a": _COMMAND,
    "select lower(a.x) from a group by rollup (lower(a.x))": (
        "a grouping set has nulls for what it doesn't group by, and which that is isn't known of an expression:"
        " make it a column of a subquery first"
    ),
    "select 1 from json_table('{}', '$' columns (y text))": _NAMELESS,
    "select a.id into d from a": "`select into` makes a table, and that is for a migration",
    "select xmlelement(name x, (select id from a)) as x": f"XmlExpr {_ANOTHER_WAY}",
    "select 1 from xmltable('/x' passing '<x/>' columns y text) as x": f"RangeTableFunc {_ANOTHER_WAY}",
    "delete from a where current of cursor": f"CurrentOfExpr {_ANOTHER_WAY}",
}


@pytest.mark.parametrize(("text", "what"), REFUSED.items(), ids=REFUSED)
def test_is_refused_once(text: str, what: str) -> None:
    reader, _ = read(text)
    assert [said for _, said in reader.faults] == [what]


@pytest.mark.parametrize(("text", "what"), REFUSED.items(), ids=REFUSED)
def test_both_analyses_refuse_it_in_the_same_words(text: str, what: str) -> None:
    text = text.replace(" a ", " users ")
    [tree] = parse_sql(text)
    statement = statement_of(text)
    readers: list[Any] = [ContractReader(Catalog({}, {}), statement, {}), OwnershipReader(statement, {})]
    for reader in readers:
        reader.read(tree)
    # At the same place, so `just check` prints it once.
    [of_contract, of_ownership] = [[node for node, said in reader.faults if said == what] for reader in readers]
    assert of_contract == of_ownership
    assert len(of_contract) == 1


def test_parts_of_a_refused_node_get_no_fault() -> None:
    text = "select xmlelement(name x, (select id from child_profiles)) as x"
    [tree] = parse_sql(text)
    statement = statement_of(text, batch=True)
    reader = OwnershipReader(statement, {})
    reader.read(tree)
    assert [said for _, said in reader.faults] == [f"XmlExpr {_ANOTHER_WAY}"]
