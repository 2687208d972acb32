"""What `just adopt` refuses, in a line without a secret."""

from datetime import timedelta

import psycopg
import pytest

from api.adoption import adopting
from tests.adoption.conftest import Adopt, Databases, MakeDatabases

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def databases(make_databases: MakeDatabases) -> Databases:
    return make_databases(5)


@pytest.mark.parametrize(
    ("old", "arguments", "message"),
    [
        ("postgresql://noor:sesam/open@db/app", [], "OLD_URL or OLD_DATABASE_URL is not like postgresql://user"),
        ("postgresql://noor:sesam@127.0.0.1:1/app", [], "the old database: "),
        ("", [], "which database? `just adopt OLD_URL`, or OLD_DATABASE_URL in the environment"),
        (None, ["--timezone", "Nowhere"], "--timezone 'Nowhere' is no time zone"),
        (None, ["--schema", "public"], "no schema with the tables users and parent_profiles"),
        (None, ["--rules", "/nowhere"], "/nowhere: "),
    ],
)
def test_what_cannot_be_used(
    old: str | None, arguments: list[str], message: str, databases: Databases, adopt: Adopt
) -> None:
    refused = adopt(databases if old is None else Databases(old, databases.new), *arguments)
    assert (refused.status, refused.out) == (1, "")
    assert message in refused.err
    assert "sesam" not in refused.err


def test_two_schemas_and_columns_that_lack(databases: Databases, adopt: Adopt) -> None:
    with psycopg.connect(databases.old, autocommit=True) as connection:
        connection.execute(
            "create schema other; create table other.users (id int); create table other.parent_profiles (id int)"
        )
        refused = adopt(databases, "--dry-run")
        assert "several schemas have the tables, app, other: say which with --schema" in refused.err
        assert (
            "the old table users lacks username, email, password"
            in adopt(databases, "--dry-run", "--schema", "other").err
        )
        connection.execute("drop schema other cascade")


def test_an_error_of_the_old_database_is_told_as_such(databases: Databases, adopt: Adopt) -> None:
    with psycopg.connect(databases.old, autocommit=True) as connection:
        connection.execute(
            """create schema broken
               create table parent_profiles (id int, user_id int, completed_onboarding bool, onboarding_data jsonb)
               create view users as
                 select name::int as id, name as username, '' as email, '' as password
                   from (values ('geheim')) as given (name)"""
        )
        refused = adopt(databases, "--schema", "broken")
        assert (refused.status, refused.out) == (1, "")
        assert "the old database: " in refused.err
        assert refused.err.endswith("; nothing was changed\n")
        assert "geheim" not in refused.err
        connection.execute("drop schema broken cascade")


def test_the_new_database_as_the_old_one(databases: Databases, adopt: Adopt) -> None:
    refused = adopt(Databases(databases.new, databases.new))
    assert "tables that `just migrate` made aren't old ones" in refused.err


def test_a_database_with_accounts_of_its_own(databases: Databases, adopt: Adopt) -> None:
    with psycopg.connect(databases.new, autocommit=True) as connection:
        connection.execute("insert into users (username, email, password) values ('a', 'a@b', '$argon2id$x')")
        assert "this database has 1 accounts that weren't adopted" in adopt(databases, "--dry-run").err
        connection.execute("delete from users")


def test_two_at_once(databases: Databases, adopt: Adopt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adopting, "LOCK_WAIT", timedelta(0))
    with psycopg.connect(databases.new) as other:
        other.execute("select pg_advisory_lock(hashtext('nestwerk adopt'))")
        assert "another `just adopt` is at work on this database" in adopt(databases, "--dry-run").err


def test_an_error_of_the_database_quotes_no_row(make_databases: MakeDatabases, adopt: Adopt) -> None:
    databases = make_databases(5)
    with psycopg.connect(databases.new, autocommit=True) as connection:
        connection.execute("create unique index users_left_key on users (left(username, 2))")
        # A unique index that nobody here knows is looked at as all are.
        assert ("users_left_key", "6") in adopt(databases, "--dry-run").findings
        connection.execute("drop index users_left_key")
        connection.execute("alter table users add constraint odd exclude using btree (left(username, 3) with =)")
        failed = adopt(databases)
        assert failed.status == 1
        assert 'conflicting key value violates exclusion constraint "odd"; what was copied stays' in failed.err
        assert "geheim" not in failed.err
