"""The lexer gives the tokens of PostgreSQL, with positions in characters."""

import postgast
import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgast import pg_query_pb2

from api.database.queries import STATEMENTS
from api.paths import CONVENTIONS, MIGRATIONS, ROLES
from api.sql_parser.lexer import Keyword, Kind, Token, is_keyword, quoted, scan
from api.sql_parser.library import ParseError

TEXTS = [
    *(statement.text for statement in STATEMENTS.values()),
    *(path.read_text("utf-8") for path in (*sorted(MIGRATIONS.glob("*.sql")), CONVENTIONS, ROLES)),
]
# What each kind is called in libpg_query.
KINDS = {
    "IDENT": Kind.IDENTIFIER,
    "UIDENT": Kind.UNICODE_IDENTIFIER,
    "FCONST": Kind.FLOAT,
    "SCONST": Kind.STRING,
    "ICONST": Kind.INTEGER,
    "PARAM": Kind.PARAMETER,
    "SQL_COMMENT": Kind.LINE_COMMENT,
    "C_COMMENT": Kind.BLOCK_COMMENT,
}
KEYWORDS = {
    "NO_KEYWORD": Keyword.NONE,
    "UNRESERVED_KEYWORD": Keyword.UNRESERVED,
    "COL_NAME_KEYWORD": Keyword.COLUMN_NAME,
    "TYPE_FUNC_NAME_KEYWORD": Keyword.TYPE_OR_FUNCTION_NAME,
    "RESERVED_KEYWORD": Keyword.RESERVED,
}


def by_protobuf(text: str) -> list[Token]:
    """The tokens that postgast reads with protobuf."""
    encoded = text.encode()
    return [
        Token(
            encoded[each.start : each.end].decode(),
            len(encoded[: each.start].decode()),
            len(encoded[: each.end].decode()),
            each.token,
            each.keyword_kind,
        )
        for each in postgast.scan(text).tokens
    ]


def test_kinds_are_those_of_the_library() -> None:
    assert {name: pg_query_pb2.Token.Value(name) for name in KINDS} == KINDS
    assert dict(pg_query_pb2.KeywordKind.items()) == KEYWORDS


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_those_that_protobuf_gives(text: str) -> None:
    assert scan(text) == by_protobuf(text)


PIECES = ("select", "é", "🙂", "'ü'", " ", "\n", "1 ", "$1 ", "--", ":", "/*€*/", "x")


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_tokens_of_any_text_are_those_that_protobuf_gives(text: str) -> None:
    assert scan(text) == by_protobuf(text)


def test_no_token() -> None:
    assert scan("") == scan(" \n") == []


def test_a_long_text() -> None:
    # Positions and lengths of more than one byte in protobuf's encoding.
    [*_, last] = scan(f"'{'é' * 20_000}' x")
    assert last == Token("x", 20_003, 20_004, Kind.IDENTIFIER, Keyword.NONE)


@pytest.mark.parametrize(
    ("text", "at"),
    [("select 'éé', 'x", "'x"), ("select '🙂', \"\"", '""'), ("/* é */ 1 /* 2", "/* 2"), ("'é', 1a", "1a")],
)
def test_errors_say_where_in_characters(text: str, at: str) -> None:
    with pytest.raises(ParseError) as refusal:
        scan(text)
    assert refusal.value.args == (refusal.value.reason, text.index(at))
    assert refusal.value.position == text.index(at)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("users", "users"),
        ("name", "name"),
        ("values", "values"),
        ("user", '"user"'),
        ("left", '"left"'),
        ("Users", '"Users"'),
        ("a b", '"a b"'),
        ('a"b', '"a""b"'),
        ("1a", '"1a"'),
        ("é", '"é"'),
        ("", '""'),
    ],
)
def test_names_are_quoted_where_they_have_to_be(name: str, written: str) -> None:
    assert quoted(name) == written


def test_keywords() -> None:
    assert [name for name in ("order", "join", "between", "position", "goals") if is_keyword(name)] == ["order", "join"]
