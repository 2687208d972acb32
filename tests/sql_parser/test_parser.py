"""The parser gives PostgreSQL's trees, with places in characters, and refuses what is none."""

import pytest

from api.sql_parser.library import ParseError
from api.sql_parser.parser import members, parse


def test_statements_are_told_apart() -> None:
    text = "-- é\nselect 'é;';\n/* ü */ ;; select é from \"🙂\" ;\nselect 2 -- end"
    found = [text[each.start : each.end] for each in parse(text)]
    assert found == ["select 'é;'", 'select é from "🙂" ', "select 2 -- end"]


@pytest.mark.parametrize("text", ["", " ", "-- nothing", ";;"])
def test_no_statement(text: str) -> None:
    assert parse(text) == []


def test_locations_count_characters() -> None:
    text = "select 'é', \"ü\".x from \"ü\" where '🙂' = any(array['€'])"
    nodes = [(name, part) for name, part in members(parse(text)[0].tree) if isinstance(part, dict)]
    at = {name: text[part["location"] :] for name, part in nodes if "location" in part}
    assert at["ColumnRef"].startswith('"ü".x')
    assert at["RangeVar"].startswith('"ü" where')
    assert at["A_Expr"].startswith("= any")
    assert at["A_ArrayExpr"].startswith("array[")


def test_texts_come_as_they_are() -> None:
    told = "it''s \\ \" / \t\n\r\x01\x1f\x7f é € 🙂 \u2028"
    [(_, constant)] = [each for each in members(parse(f"select '{told}'")[0].tree) if each[0] == "A_Const"]
    assert constant["sval"] == {"sval": told.replace("''", "'")}


@pytest.mark.parametrize(
    ("text", "reason", "at"),
    [
        ("select 'é' frm t x", 'syntax error at or near "t"', "t x"),
        ("select '🙂',\n 1 frm\n a b", 'syntax error at or near "a"', "a b"),
        ("select 'éé', 'x", 'unterminated quoted string at or near "\'x"', "'x"),
        (r"select 'éé', E'\u12'", "invalid Unicode escape", r"\u12"),
        ("create table é (é int collate x collate y)", "multiple COLLATE clauses not allowed", "collate y"),
    ],
)
def test_errors_say_where_in_characters(text: str, reason: str, at: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parse(text)
    assert refusal.value.args == (reason, text.index(at))


def test_an_unfinished_statement_ends_at_the_end() -> None:
    with pytest.raises(ParseError) as refusal:
        parse("select é from (\n")
    assert refusal.value.args == ("syntax error at end of input", len("select é from (\n"))


@pytest.mark.parametrize("depth", [48, 140])
def test_deep_statements(depth: int) -> None:
    # Protobuf refuses the first.
    [statement] = parse(f"select {' || '.join(['x'] * depth)}")
    assert sum(name == "A_Expr" for name, _ in members(statement.tree)) == depth - 1


def test_statements_that_are_too_deep_are_refused() -> None:
    with pytest.raises(ParseError, match="nested too deeply"):
        parse(f"select {' || '.join(['x'] * 2000)}")
