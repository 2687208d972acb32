"""Parameters are told apart from what only looks like them, in examples, random statements and by PostgreSQL."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.database.statements.parameters import substitute
from api.postgres.embedded import EmbeddedServer
from api.sql_parser.lexer import Kind, scan
from api.sql_parser.library import ParseError

KEYWORDS = ("user", "limit", "id", "name", "select", "position", "value", "end")

# Expressions over the columns of FROM; each § is a parameter, and nothing else is.
EXPRESSIONS = (
    "§::int",
    "(§)::int",
    "-§::int",
    "§::int=§::int",
    "coalesce(§::int,§::int)",
    "array[§::int, §::int]",
    "array[n between §::int and §::int]",
    "array[case when n > §::int then §::int end]",
    "array[moment at time zone §::int::text]",
    "a[§::int]",
    "a[§]",
    "a[§:n]",
    "a[n: §::int]",
    "a[§ : §]",
    "a[1:n]",
    "a[n:n]",
    "a[position:n]",
    'a["n:x":n]',
    "a[n::int:n]",
    "a[(n):n]",
    "a[a[1]:n]",
    "a[n:]",
    "a[:]",
    "n::text",
    "'it''s :x'",
    "':x' \n '::x'",
    r"e'\' :x \\'",
    "E'a:x''b:y'",
    "b'1'",
    "$$ :x $$",
    "$tag$ :x $$ $1 $tag$",
    "$é$ :x $é$",
    "n /* :x /* :y */ :z */",
    "n -- :x it's\n",
    "U&'d!0061:x' uescape '!'",
    'n as "a:x"',
    "'é' || '€ :x' || '🙂'",
    "doc ? 'x'",
    "doc ?| array['a:x', 'b']",
    "doc @> '{\"a\":1}'",
    "doc #>> '{a,b}'",
    "doc ->> §::int",
    "make_interval(days := n)",
    "make_interval(days :=§)",
    "make_interval(days => §)",
)
FROM = """ from (values (array[1, 2], 1, 2, 3, now(), '{}'::jsonb)) as t (a, n, "n:x", position, moment, doc)"""

expressions = st.sampled_from(EXPRESSIONS)
names = st.sampled_from((*KEYWORDS, "x", "x_1", "a", "n"))


@st.composite
def statements(draw: st.DrawFn) -> tuple[str, str, tuple[str, ...]]:
    """A statement with `:name`, the same with `$n`, and the names."""
    template = "select " + ", ".join(draw(st.lists(expressions, min_size=1, max_size=6))) + FROM
    used = [draw(names) for _ in range(template.count("§"))]
    order = list(dict.fromkeys(used))
    source = numbered = template
    for name in used:
        source = source.replace("§", f":{name}", 1)
        numbered = numbered.replace("§", f"${order.index(name) + 1}", 1)
    return source, numbered, tuple(order)


@settings(max_examples=500)
@given(statements())
def test_finds_the_parameters_and_nothing_else(statement: tuple[str, str, tuple[str, ...]]) -> None:
    source, numbered, order = statement
    assert substitute(source) == (numbered, order)


@pytest.fixture(scope="module")
def connection(cluster: EmbeddedServer) -> Iterator[psycopg.Connection]:
    with psycopg.connect(cluster.dsn, autocommit=True) as opened:
        yield opened


@given(statement=statements())
def test_postgresql_counts_as_many(statement: tuple[str, str, tuple[str, ...]], connection: psycopg.Connection) -> None:
    text, order = substitute(statement[0])
    prepared = connection.pgconn.prepare(b"", text.encode())
    assert prepared.error_message == b""
    assert connection.pgconn.describe_prepared(b"").nparams == len(order)


PIECES = (
    *(":x", ":limit", ":", "::", ":=", "x", "limit", "1", "[", "]", "(", ")", ".", ",", "=", "-", "?", " ", "\n", "é"),
    *("'", '"', "$$", "$a$", "e'", "\\", "--", "/*", "*/", "a[", "between", "null"),
)


@settings(max_examples=1000)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_names_put_back_give_the_source(source: str) -> None:
    try:
        text, order = substitute(source)
    except ParseError:
        return
    found = [token for token in scan(text) if token.kind == Kind.PARAMETER]
    assert list(dict.fromkeys(token.text for token in found)) == [f"${number}" for number in range(1, len(order) + 1)]
    for token in reversed(found):
        name = order[int(token.text[1:]) - 1]
        text = f"{text[: token.start]}:{name}{text[token.end :]}"
    assert text == source


def test_a_name_used_twice_is_one_parameter() -> None:
    assert substitute("select :b, :a, :b") == ("select $1, $2, $1", ("b", "a"))


def test_positions_count_characters() -> None:
    assert substitute("select 'ééé€🙂', :a, «ü», :b") == ("select 'ééé€🙂', $1, «ü», $2", ("a", "b"))


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_a_keyword_can_be_a_name(keyword: str) -> None:
    assert substitute(f"select :{keyword}") == ("select $1", (keyword,))


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("a[:n]", "a[$1]", ("n",)),
        ("a[1:n]", "a[1:n]", ()),
        ("a[x:y]", "a[x:y]", ()),
        ("a[:x:y]", "a[$1:y]", ("x",)),
        ("a[:x : :y]", "a[$1 : $2]", ("x", "y")),
        ("a[:limit:n]", "a[$1:n]", ("limit",)),
        ("a[b[1]:n]", "a[b[1]:n]", ()),
        ("a[f(:x):n]", "a[f($1):n]", ("x",)),
        ("a['1':n]", "a['1':n]", ()),
        ("a[1.5:n]", "a[1.5:n]", ()),
        ('a[U&"x":n]', 'a[U&"x":n]', ()),
        ("a[position:n]", "a[position:n]", ()),
        ("a[t.user:n]", "a[t.user:n]", ()),
        ("a[(x):n], :m", "a[(x):n], $1", ("m",)),
        ("a[f(1, :n)]", "a[f(1, $1)]", ("n",)),
        ("array[x between :a and :b]", "array[x between $1 and $2]", ("a", "b")),
        ("array[moment at time zone :zone]", "array[moment at time zone $1]", ("zone",)),
        ("array[not :x]", "array[not $1]", ("x",)),
        ("array[json_object('a' :x)]", "array[json_object('a' $1)]", ("x",)),
        ("array[json_object('a' : :x)]", "array[json_object('a' : $1)]", ("x",)),
    ],
)
def test_slices(source: str, text: str, expected: tuple[str, ...]) -> None:
    assert substitute(f"select {source}") == (f"select {text}", expected)


@pytest.mark.parametrize("source", ["select : x", "select :/**/x", "select :1", "select a ::x", 'select 1 as "x:y"'])
def test_no_parameter(source: str) -> None:
    assert substitute(source) == (source, ())


@pytest.mark.parametrize(
    ("source", "reason", "at"),
    [
        ("select 'é', :Name", ":Name is not snake_case", ":Name"),
        ("select :é", ":é is not snake_case", ":é"),
        ("select :x$1", ":x$1 is not snake_case", ":x$1"),
        ("select :_x", ":_x is not snake_case", ":_x"),
        ("select 'é', $1", "$1 has no name: write :name", "$1"),
        ("select a from t limit:n", ":n needs a space before it", ":n"),
        ("select 1:n", ":n needs a space before it", ":n"),
        ("select é:n", ":n needs a space before it", ":n"),
        ("select 'é', 'x", "unterminated quoted string", "'x"),
    ],
)
def test_refuses(source: str, reason: str, at: str) -> None:
    with pytest.raises(ParseError, match=re.escape(reason)) as refusal:
        substitute(source)
    assert refusal.value.args[1] == source.index(at)
