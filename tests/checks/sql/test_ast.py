"""Nodes hold all of PostgreSQL's tree, as the description of all nodes says."""

import postgast
import pytest

from api.checks.sql import ast
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import nodes
from api.database.queries import STATEMENTS
from api.paths import CONVENTIONS, MIGRATIONS, ROLES
from tests.checks.sql.deparsing import message_of
from tests.checks.sql.test_refusals import REFUSED

FILES = (*sorted(MIGRATIONS.glob("*.sql")), CONVENTIONS, ROLES)
TEXTS = [
    *(statement.text for statement in STATEMENTS.values()),
    *(text for path in FILES if (text := path.read_text("utf-8")).isascii()),
    *REFUSED,
]


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_of_a_tree_is_lost(text: str) -> None:
    # Put back, it's the message that PostgreSQL's parser gives by protobuf, locations included.
    by_protobuf = postgast.parse(text)
    for statement in by_protobuf.stmts:
        statement.ClearField("stmt_location")
        statement.ClearField("stmt_len")
    by_protobuf.ClearField("version")
    assert message_of(parse_sql(text)) == by_protobuf


def test_what_is_not_given() -> None:
    [select] = parse_sql("select distinct x from t")
    [table], [target] = select.fromClause, select.targetList
    # An empty list, an absent node, an absent name, a flag, and a null in a list.
    assert (select.sortClause, select.whereClause, table.schemaname, table.inh, select.groupDistinct) == (
        None,
        None,
        None,
        True,
        False,
    )
    assert (select.distinctClause, target.name, target.indirection) == ((None,), None, None)
    assert (select.op, select.limitOption) == (ast.SetOperation.SETOP_NONE, ast.LimitOption.LIMIT_OPTION_DEFAULT)


@pytest.mark.parametrize(
    ("constant", "value"),
    [
        ("0", ast.Integer(ival=0)),
        ("7", ast.Integer(ival=7)),
        ("''", ast.String(sval="")),
        ("'é'", ast.String(sval="é")),
        ("1.50", ast.Float(fval="1.50")),
        ("false", ast.Boolean(boolval=False)),
        ("true", ast.Boolean(boolval=True)),
        ("b'10'", ast.BitString(bsval="b10")),
        ("null", None),
    ],
)
def test_constants(constant: str, value: ast.Node | None) -> None:
    found = parse_sql(f"select {constant}")[0].targetList[0].val
    assert found.isnull is (value is None)
    assert type(found.val) is type(value)
    assert [getattr(found.val, name) for name in getattr(type(value), "__slots__", ())] == [
        getattr(value, name) for name in getattr(type(value), "__slots__", ())
    ]


def test_locations() -> None:
    [select] = parse_sql("select 'é', x::int order by x")
    assert [target.location for target in select.targetList] == [7, 12]
    # PostgreSQL's -1 says that there is none; 0 is the first character.
    assert select.sortClause[0].location == -1
    assert parse_sql("begin")[0].location == -1


def test_patterns() -> None:
    match parse_sql("select a.b from a where (a.c or $1) is not null")[0]:
        case ast.SelectStmt(
            targetList=[ast.ResTarget(val=ast.ColumnRef(fields=[ast.String(sval="a"), ast.String(sval="b")]))],
            whereClause=ast.NullTest(
                arg=ast.BoolExpr(boolop=ast.BoolExprType.OR_EXPR, args=[_, ast.ParamRef(number=1)]),
                nulltesttype=ast.NullTestType.IS_NOT_NULL,
            ),
        ):
            return
    pytest.fail("doesn't match")


def test_names_that_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="no node or enum ColumnReff"):
        _ = ast.ColumnReff
    with pytest.raises(AttributeError):
        _ = ast.JoinType.JOIN_OUTWARD
    with pytest.raises(TypeError, match="ColumnRef has no feilds"):
        ast.ColumnRef(feilds=())
    with pytest.raises(AttributeError):
        _ = parse_sql("select 1")[0].wherClause


def test_deep_statements() -> None:
    # Protobuf refuses what is this deep.
    [select] = parse_sql(f"select {' || '.join(['x'] * 120)}")
    assert sum(isinstance(node, ast.ColumnRef) for node in nodes(select)) == 120
