"""Reading named statements from files, and all mistakes that files can have."""

from pathlib import Path

import asyncpg
import psycopg
import pytest

from api.database.statements.files import QueryFileError, Statement, read_statement_file, read_statements
from api.postgres.embedded import EmbeddedServer

CHILDREN = """\
-- Children of a family.

-- name: get_child_profile :maybe
-- One child of the caller; :id is theirs.
-- note: this is prose.
-- owner: none, because
--    the caller is known.
--
-- More prose,
--    indented.
-- plan: name
select id, '€' as price, name
  from child_profiles -- :not_this
 where parent_profile_id = :parent_profile_id
   and id = :id
   and parent_profile_id = :parent_profile_id;

-- Between statements.

-- name: add_goals :many :batch
select 1; -- done
"""


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_reads_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "children.sql", CHILDREN)
    source = CHILDREN[CHILDREN.index("select id") : CHILDREN.index(";\n\n-- Between")]
    text = source.replace("select id", "select /* get_child_profile */ id").replace(":id", "$2")
    assert read_statement_file(path) == [
        Statement(
            name="get_child_profile",
            mode="maybe",
            batch=False,
            path=path,
            line=3,
            description="One child of the caller; :id is theirs. note: this is prose. More prose, indented.",
            notes={"owner": "none, because the caller is known.", "plan": "name"},
            source=source,
            text=text.replace(":parent_profile_id", "$1"),
            parameters=("parent_profile_id", "id"),
            reads_only=True,
        ),
        Statement(
            name="add_goals",
            mode="many",
            batch=True,
            path=path,
            line=20,
            description="",
            notes={},
            source="select 1",
            text="select /* add_goals */ 1",
            parameters=(),
            reads_only=True,
        ),
    ]


def test_reads_all_files_of_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "b.sql", "-- B\n-- name: second :exec\nselect 1;")
    write(tmp_path / "a.sql", "-- A\n-- name: first :value\nselect 1;")
    write(tmp_path / "notes.txt", "no SQL")
    assert list(read_statements(tmp_path)) == ["first", "second"]


def test_equivalent_mutants_are_noted_one_by_one(tmp_path: Path) -> None:
    text = "-- name: q :one\n-- equivalent: a, because b\n--    c\n-- equivalent: d, because e\nselect 1;"
    [statement] = read_statement_file(write(tmp_path / "a.sql", text))
    assert statement.notes == {"equivalent": "a, because b c\nd, because e"}


@pytest.mark.parametrize(
    ("sql", "reads_only"),
    [
        ("select 1;", True),
        ("(values (1) union all table t);", True),
        ("with a as (select 1) select from a;", True),
        ("select from t for update;", True),
        ("insert into t select;", False),
        ("update t set a = 1;", False),
        ("delete from t;", False),
        ("merge into t using u on a = b when not matched then do nothing;", False),
        ("with a as (delete from t returning b) select from a;", False),
        ("select from (with a as (select) select from a) as s, t;", True),
        ("truncate t;", False),
        ("call p();", False),
    ],
)
def test_reads_only(tmp_path: Path, sql: str, reads_only: bool) -> None:
    path = write(tmp_path / "a.sql", f"-- name: q :exec\n{sql}")
    assert read_statement_file(path)[0].reads_only is reads_only


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_do_not_matter(tmp_path: Path, newline: str) -> None:
    path = write(tmp_path / "a.sql", CHILDREN.replace("\n", newline))
    assert [statement.line for statement in read_statement_file(path)] == [3, 20]


def test_only_line_feeds_end_a_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.sql", "-- name: a :one\nselect '\u2028\x0c\x85\u2029';")
    assert read_statement_file(path)[0].source == "select '\u2028\x0c\x85\u2029'"


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select/* c */1;", "select /* q *//* c */1"),
        ("(select 1);", "( /* q */select 1)"),
        ("with a as (values (1)) table a;", "with /* q */ a as (values (1)) table a"),
        ("/* before */ select 1;", "select /* q */ 1"),
        ("  select 1 -- last\n  ;", "select /* q */ 1"),
    ],
)
def test_the_name_stands_behind_the_first_word(tmp_path: Path, sql: str, text: str) -> None:
    path = write(tmp_path / "a.sql", f"-- name: q :one\n{sql}")
    assert read_statement_file(path)[0].text == text


async def test_postgresql_shows_the_name(tmp_path: Path, cluster: EmbeddedServer) -> None:
    path = write(
        tmp_path / "a.sql",
        """\
        -- name: see_itself :value
        select query
          from pg_stat_activity
         where pid = pg_backend_pid()
           and :number = 1;
        -- name: see_statements :many
        select query
          from pg_stat_statements
         where query ~ 'see_itself';
        """.replace(" " * 8, ""),
    )
    statements = read_statements(path.parent)
    with psycopg.connect(cluster.dsn, dbname="postgres") as maintenance:
        maintenance.execute("create extension if not exists pg_stat_statements")
    connection = await asyncpg.connect(cluster.dsn, database="postgres")
    try:
        activity = await connection.fetchval(statements["see_itself"].text, 1)
        recorded = await connection.fetch(statements["see_statements"].text)
    finally:
        await connection.close()
    assert activity.startswith("select /* see_itself */ query")
    assert any(row["query"].startswith("select /* see_itself */ query") for row in recorded)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("select 1;\n-- name: q :one\nselect 1;", "1: SQL before the first `-- name:`"),
        ("-- c\n\nselect 1;", "3: SQL before the first `-- name:`"),
        ("-- name:\nselect 1;", "1: the name is not snake_case"),
        ("-- name: :one\nselect 1;", "1: :one: the name is not snake_case"),
        ("-- name: GetChild :one\nselect 1;", "1: GetChild: the name is not snake_case"),
        ("-- name: get-child :one\nselect 1;", "1: get-child: the name is not snake_case"),
        ("-- name: q\nselect 1;", "1: q: has no mode: write :one, :maybe, :many, :value, :exec behind the name"),
        ("-- name: q :first\nselect 1;", "1: q: :first is no mode: write :one"),
        ("-- name: q one\nselect 1;", "1: q: one is no mode"),
        ("-- name: q :batch\nselect 1;", "1: q: :batch is no mode"),
        ("-- name: q :one :batched\nselect 1;", "1: q: :batched: behind the mode only :batch can stand"),
        ("-- name: q :one :batch :batch\nselect 1;", "1: q: :batch :batch: behind the mode only :batch can stand"),
        ("-- name: q :one", "1: q: has no statement"),
        ("-- name: q :one\n-- select 1;\n", "1: q: has no statement"),
        ("-- name: q :one\n;", "1: q: has no statement"),
        ("-- name: q :one\nselect 1;\n\nselect\n2;", "4: q: has more than one statement"),
        ("-- name: q :one\nselect 1;;", "2: q: has more than one statement"),
        ("-- name: q :one\nselect 1;\n-- Name: r :one\nselect 2;", "4: q: has more than one statement"),
        ("-- name: q :one\nselect\n1\n\n", "3: q: has no semicolon at its end"),
        ("-- name: q :one\nselect 1,\n$1;", "3: q: $1 has no name: write :name"),
        ("-- name: q :one\nselect 'é\n', :Id;", "3: q: :Id is not snake_case"),
        ("-- name: q :one\nselect :a_long_name\n'é' frm\nt x y;", "3: q: syntax error at or near \"'é'\""),
        ("-- name: q :one\nselect\n1 :name;", '3: q: syntax error at or near ":name"'),
        (
            "-- name: q :one\n-- c\nselect :a_long_name,\n:a_long_name,\n1 from from;",
            '5: q: syntax error at or near "from"',
        ),
        ('-- name: q :one\nselect\n1 as "$9" "$9";', '3: q: syntax error at or near ""$9""'),
        ("-- name: q :one\nselect :a as b x$9;", '2: q: syntax error at or near "x$9"'),
        ("-- name: q :one\nselect :a\nfrom;", "3: q: syntax error at end of input"),
        ("-- name: q :one\nselect 1;\n-- name: r :one\nselect\n'1;\n", "5: r: unterminated quoted string"),
        ("-- name: q :one\n-- plan: a\n-- plan: b\nselect 1;", "3: q: plan is noted twice"),
        ("-- name: q :one\n-- apart: a\nselect :a;", "3: q: apart: there's nothing to keep apart without :batch"),
        ("-- name: q :one :batch\n-- apart: a, b\nselect :a;", "3: q: apart: there's no parameter :b"),
        (
            "-- name: q :one :batch\nupdate t set b = :b where a = :a;",
            "2: q: a row is updated once",
        ),
        (
            "-- name: q :one :batch\nmerge into t using u on t.a = u.a when matched then update set b = :b;",
            "2: q: a row is updated once",
        ),
        (
            "-- name: q :one :batch\nwith w as (insert into t values (:a) on conflict (a) do update set b = 1) select;",
            "2: q: a row is updated once",
        ),
        ("-- c\n-- name: q :one\nselect '\0';", "3: holds a NUL character"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, mistake: str) -> None:
    path = write(tmp_path / "wrong.sql", text)
    with pytest.raises(QueryFileError) as refusal:
        read_statement_file(path)
    assert str(refusal.value).startswith(f"{path}:{mistake}")
    assert "\n" not in str(refusal.value)


def test_skips_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("\ufeff-- name: get_one :one\n-- One.\nselect 1 as one;\n", "utf-8")
    assert list(read_statements(tmp_path)) == ["get_one"]


def test_refuses_what_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "latin.sql"
    path.write_bytes("-- é\n\n-- name: q :one\nselect '".encode() + "é';".encode("latin-1"))
    with pytest.raises(QueryFileError) as refusal:
        read_statements(tmp_path)
    assert str(refusal.value) == f"{path}:4: is not UTF-8: save it so"


@pytest.mark.parametrize("folder", [".", "missing"])
def test_refuses_a_folder_without_files(tmp_path: Path, folder: str) -> None:
    with pytest.raises(QueryFileError, match=r"holds no \.sql file"):
        read_statements(tmp_path / folder)


def test_refuses_a_name_that_is_taken(tmp_path: Path) -> None:
    first = write(tmp_path / "a.sql", "-- name: q :one\nselect 1;\n-- name: q :one\nselect 1;")
    second = write(tmp_path / "b.sql", "-- B\n-- name: q :one\nselect 1;")
    with pytest.raises(QueryFileError) as refusal:
        read_statements(tmp_path)
    assert str(refusal.value).splitlines() == [
        f"{first}:3: q: the name is taken in {first}:1: choose another",
        f"{second}:2: q: the name is taken in {first}:1: choose another",
    ]


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    first = write(tmp_path / "a.sql", "-- name: q :one\nselect from from;\n-- name: r :first\nselect 1;")
    second = write(tmp_path / "b.sql", "-- name: q :one\nselect 1\n-- name:\n-- name:\n")
    with pytest.raises(QueryFileError) as refusal:
        read_statements(tmp_path)
    assert [line.split(": ")[0] for line in str(refusal.value).splitlines()] == [
        f"{first}:2",
        f"{first}:3",
        f"{second}:1",
        f"{second}:2",
        f"{second}:3",
        f"{second}:4",
    ]
