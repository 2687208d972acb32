"""Statements of anybody's rows, functions that read families, and declarations of tables and calls."""

from pathlib import Path
from typing import Final

import asyncpg
import psycopg
import pytest

from api.checks.ownership.check import check_ownership
from api.checks.ownership.declared import check_declared, check_nobodys
from api.checks.ownership.owned_tables import OWNED
from api.checks.ownership.written_out import check_written_out
from api.database.statements.files import Statement, read_statements
from api.facts import Table, family_table
from api.paths import API
from tests.checks.ownership.test_ownership import QUERIES, statement

NOBODYS: Final = "-- owner: none, because the token says whose it is\n"
GOALS: Final = "with g as (select id, parent_profile_id as owner from parenting_goals)"
# Statements of anybody's rows, and the table that is named, if one is.
JOINED: Final = [
    ("select s.id from sessions s join parent_profiles p on p.user_id = s.user_id where s.token_digest = :t", None),
    ("select s.id from sessions as s join parent_profiles as p on true where s.token_digest = :t", "parent_profiles"),
    ("select s.id from sessions s join parent_profiles p on p.id = s.id where s.token_digest = :t", "parent_profiles"),
    ("select s.id, (select max(name) from child_profiles) as name from sessions as s", "sessions"),
    (
        ("select s.id, (select max(c.name) from child_profiles as c join parent_profiles as p"
        " on p.id = c.parent_profile_id where p.user_id = s.user_id) as name from sessions as s"),
        None,
    ),
    ("delete from mails where id in (select id from mails order by id limit 200 for update skip locked)", None),
    ("delete from mails where id in (select id from pictures)", "pictures"),
    (f"{GOALS} select a.id, b.id from g as a, g as b", "parenting_goals"),
    (f"{GOALS} select a.id, b.id from parent_profiles as p, g as a, g as b where p.id = all (array[a.owner, b.owner])",
     None),
    (f"{GOALS} select g.id from child_profiles as c join g on g.owner = c.parent_profile_id", None),
    (f"{GOALS}, h as (select id, owner from g) select a.id, b.id from h as a, h as b", "parenting_goals"),
    ("with g as (delete from parenting_goals where id < 3 returning id) select a.id, b.id from g as a, g as b",
     "parenting_goals"),
    (("with f as (select id from users where username = :username),"
     " gone as (delete from sessions using f where sessions.user_id = f.id) select f.id from f"), None),
    ("with f as (select id from users where username = :username) select id from f union all select id + 1 from f",
     None),
    (("with recursive later as (select id, parent_profile_id from child_profiles where id = :id union all"
     " select c.id, c.parent_profile_id from later join child_profiles as c using (parent_profile_id))"
     " select id from later"), None),
    ("with child_profiles as (select id from child_profiles where id = 3) select id from child_profiles", None),
    ("select needs_consent(u.id) from users as u where username = :username", None),
    ("select needs_consent(s.id) from sessions as s where token_digest = :t", "needs_consent"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "named"), JOINED)
def test_what_anybodys_statements_join(tmp_path: Path, sql: str, named: str | None) -> None:
    said = [
        f"join {named} by its owner, or note `-- owner: any, because REASON`: rows of several could meet",
    ] if named else []  # fmt: skip
    assert [fault.what for fault in check_ownership(statement(tmp_path, NOBODYS + sql))] == said
    assert check_ownership(statement(tmp_path, NOBODYS.replace("none", "any") + sql)) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("get_caller", "profile.user_id = session.user_id", "profile.id = session.id"),
        ("find_passkey", "account.id = passkey.user_id", "account.id = passkey.id"),
        ("get_password_reset", "account.id = link.user_id", "account.username = :token_digest::text"),
    ],
)
def test_planted_joins_are_named(name: str, old: str, new: str) -> None:
    given: Statement = read_statements(QUERIES)[name]
    assert old in given.text
    text = given.text.replace(old, new.replace(":token_digest", "$1"), 1)
    spoiled = type(given)(**{**{key: getattr(given, key) for key in given.__struct_fields__}, "text": text})
    assert any("rows of several could meet" in fault.what for fault in check_ownership({name: spoiled}))


@pytest.mark.parametrize(
    ("sql", "is_right"),
    [
        ("select coalesce(needs_consent(:user_id), true) as needed", True),
        ("select coalesce(needs_consent(:id), true) as needed", False),
        ("select coalesce(nullif(:name::text, ''), remove_year_old_events()::text) as name", False),
        ("select takes_document(:parent_profile_id, :document::jsonb, '') as taken", True),
        ("select id from users where id = :user_id and needs_consent(id)", True),
        ("select id from sessions where user_id = :user_id and needs_consent(id)", False),
    ],
)
def test_functions_that_read_families_get_the_callers_id(tmp_path: Path, sql: str, is_right: bool) -> None:
    found = [fault.what for fault in check_ownership(statement(tmp_path, sql))]
    assert found == [] if is_right else [what.endswith("it reads families") for what in found] == [True]


def test_tables_that_are_called_nobodys(migrated: str) -> None:
    with psycopg.connect(migrated) as connection:
        assert check_declared(connection) == []
        assert check_declared(connection, {"child_profiles", "concerns", "family_sizes"}) == [
            f'{table}: write `tables=family_table("{table}")` in the facts.py of its feature:'
            " its parent_profile_id says whose its rows are"
            for table in ("child_profiles", "family_sizes")
        ]
        connection.execute("create table pets (owner_id bigint references parent_profiles)")
        assert len(check_declared(connection, {"pets"})) == 1


async def test_owners_that_may_be_null(migrated: str) -> None:
    connection = await asyncpg.connect(migrated)
    try:
        assert await check_nobodys(connection) == []
        await connection.execute("""
            create view own_goals as
            select c.parent_profile_id, g.title
              from parenting_goals as g
              left join child_profiles as c on c.parent_profile_id = g.parent_profile_id and c.id = g.id;
            create view own_children as select parent_profile_id, name from child_profiles;
        """)
        views = {**family_table("own_goals"), **family_table("own_children")}
        mails = {"mails": Table({"user_id": "user"}), "pictures": OWNED["pictures"]}
        assert await check_nobodys(connection, {**views, **mails}) == [
            f"{table}: its {column} may be null: make it not null,"
            " or write `may_be_nobodys=True` in the facts.py of its feature"
            for table, column in (("own_goals", "parent_profile_id"), ("mails", "user_id"))
        ]
    finally:
        await connection.close()


def test_statements_are_called_by_their_names(tmp_path: Path) -> None:
    assert check_written_out(API.rglob("*.py")) == []
    path = tmp_path / "routes.py"
    path.write_text("""
from api.child_profiles.queries import ChildProfileQueries, sql as children
from api.database.queries import bind, bound_queries

own = bind(ChildProfileQueries)

async def call(name, caller):
    await children.get_child_profile(parent_profile_id=caller.parent_profile_id, id=1)
    await getattr(children, name)(id=1)
    await vars(own)[name](id=1)
    await own.__dict__[name](id=1)
    return run(children)
""")
    assert [fault.line for fault in check_written_out([path])] == [9, 10, 11, 12]
