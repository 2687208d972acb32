"""What an export lacks is named, and what its list of columns that are left out has too much."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import psycopg
import pytest
from msgspec.structs import replace

from api.checks.exports import Reader, check_export, read_columns, wanted
from api.checks.sql.ast import parse_sql
from api.database.queries import STATEMENTS
from api.database.statements.files import Statement
from api.exports.left_out import LEFT_OUT
from api.facts import family_table

Database = psycopg.Connection[tuple[object, ...]]

OR_LEFT_OUT: Final = "or say in api/exports/left_out.py why not"
NO_ROWS: Final = (
    "no statement of sql/queries/exports.sql gives rows of this table: add one, and a field in api/exports/schemas.py, "
    + OR_LEFT_OUT
)


@pytest.fixture
def own(dsn: str) -> Iterator[Database]:
    """A connection whose transaction is taken back."""
    with psycopg.connect(dsn) as connection:
        yield connection
        connection.rollback()


def with_changed(name: str, old: str, new: str = "") -> Mapping[str, Statement]:
    """The statements with one that says something else in one place."""
    statement = STATEMENTS[name]
    assert statement.text.count(old) == 1, old
    return {**STATEMENTS, name: replace(statement, text=statement.text.replace(old, new))}


def not_given(by: str) -> str:
    return f"{by} doesn't give it: add it there, and a field in api/exports/schemas.py, {OR_LEFT_OUT}"


def test_the_export_is_complete(own: Database) -> None:
    assert check_export(read_columns(own), STATEMENTS) == []


def test_what_it_is_to_have(own: Database) -> None:
    columns = wanted(read_columns(own))
    assert len(columns) > 100
    # Nobody's rows that are about somebody; not what only says whose a row is, and not what all share.
    assert columns.keys() >= {"rate_limits.subject", "users.username", "users.password", "audit_events.network"}
    assert not columns.keys() & {"mails.user_id", "parenting_goals.parent_profile_id", "users.id"}
    assert not columns.keys() & {"library_suggestions.slug", "passkey_logins.challenge_digest"}


@pytest.mark.parametrize(
    ("statement", "old", "new", "column"),
    [
        ("export_events", " network,", "", "audit_events.network"),
        ("export_account", " email, profile_picture", " profile_picture", "users.email"),
        ("export_children", " routines,", " '{}' as routines,", "child_profiles.routines"),
        # What orders rows, tests it or is worked out of it doesn't give it.
        ("export_account", "select subject, drained_at", "select drained_at", "rate_limits.subject"),
        ("export_goals", " title,", " title is not null as title,", "parenting_goals.title"),
        ("export_goals", " title,", " md5(title) as title,", "parenting_goals.title"),
        # Of another table.
        ("export_suggestions", " given.slug,", " library.slug,", "suggestions.slug"),
        # It's given beside the document's rows.
        ("export_children", "json_agg(child) as items", "count(*) as items", "child_profiles.name"),
    ],
)
def test_a_column_that_a_statement_lacks(own: Database, statement: str, old: str, new: str, column: str) -> None:
    [*found] = check_export(read_columns(own), with_changed(statement, old, new))
    named = next(fault for fault in found if fault.startswith(f"{column}: "))
    assert named in {f"{column}: {not_given(statement)}", f"{column}: {NO_ROWS}"}
    assert len(found) == 1 or "count(*)" in new


def test_a_table_that_no_statement_gives(own: Database) -> None:
    of_consents = """select id, purpose, version, agreed_at as "agreedAt", withdrawn_at as "withdrawnAt"
                    from consents"""
    found = check_export(read_columns(own), with_changed("export_account", of_consents, "select 1 as id from consents"))
    names = ("id", "purpose", "version", "agreed_at", "withdrawn_at")
    assert found == [f"consents.{name}: {NO_ROWS}" for name in names]


def test_a_new_table_with_an_owner(own: Database) -> None:
    own.execute("create table toys (parent_profile_id bigint, id bigint, name text)")
    owned = family_table("toys")
    found = [fault for fault in check_export(read_columns(own), STATEMENTS, {}, owned) if fault.startswith("toys.")]
    assert found == [f"toys.{name}: {NO_ROWS}" for name in ("id", "name")]
    assert not [fault for fault in check_export(read_columns(own), STATEMENTS) if fault.startswith("toys.")]
    # Whether or not it says whose its rows are.
    own.execute("comment on column toys.name is '[personal] What it is called.'")
    assert f"toys.name: {NO_ROWS}" in check_export(read_columns(own), STATEMENTS)


def test_a_new_column(own: Database) -> None:
    own.execute("alter table child_profiles add column shoe_size integer")
    assert check_export(read_columns(own), STATEMENTS) == [f"child_profiles.shoe_size: {not_given('export_children')}"]
    assert check_export(read_columns(own), STATEMENTS, {**LEFT_OUT, "child_profiles.shoe_size": "tested"}) == []


def test_what_a_write_returns_is_not_given(own: Database) -> None:
    begin = STATEMENTS["begin_export"]
    text = begin.text.replace("returning id", "returning id, network")
    without = with_changed("export_events", " network,")
    found = check_export(read_columns(own), {**without, begin.name: replace(begin, text=text)})
    assert found == [f"audit_events.network: {not_given('export_events')}"]


def test_statements_of_other_files_give_nothing(own: Database) -> None:
    elsewhere = {
        name: replace(statement, path=Path("children.sql")) if name == "export_children" else statement
        for name, statement in STATEMENTS.items()
    }
    assert f"child_profiles.name: {NO_ROWS}" in check_export(read_columns(own), elsewhere)


def test_a_secret(own: Database) -> None:
    without = {column: reason for column, reason in LEFT_OUT.items() if column != "users.password"}
    unsaid = "users.password: it's secret: say in api/exports/left_out.py why it isn't given"
    assert check_export(read_columns(own), STATEMENTS, without) == [unsaid]
    giving = with_changed("export_account", "select id, username, email,", "select id, username, password, email,")
    for left_out in (LEFT_OUT, without):
        assert check_export(read_columns(own), giving, left_out) == [
            "users.password: it's secret, and export_account gives it: take it out there"
        ]


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        ("users.email", "export_account gives it: take it out of api/exports/left_out.py"),
        *(
            (column, "an export needs no such column: take it out of api/exports/left_out.py")
            for column in ("users.nickname", "toys.name", "mails.user_id", "library_suggestions.category", "users")
        ),
    ],
)
def test_an_entry_that_nothing_needs(own: Database, column: str, fault: str) -> None:
    assert check_export(read_columns(own), STATEMENTS, {**LEFT_OUT, column: "tested"}) == [f"{column}: {fault}"]


TABLES: Final = {"users": ("id", "email"), "mails": ("user_id", "recipient")}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("select email from users", "users.email"),
        ("select email::text as other from users as u", "users.email"),
        ("select one.email from (select email, id from users) as one", "users.email"),
        ("with one as (select email from users) select email from one", "users.email"),
        ("select * from users", "users.email users.id"),
        ("select json_build_object('a', id, 'b', array[email]) from users", "users.email users.id"),
        ("select json_object('a': id) from users", "users.id"),
        ("select to_jsonb(users) from users", "users.email users.id"),
        ("select array(select email from users)", "users.email"),
        ("select encode(recipient::bytea, 'hex') from mails", "mails.recipient"),
        ("select coalesce(email, recipient) from users join mails on user_id = id", "mails.recipient users.email"),
        ("select email from users union all select recipient from mails", "mails.recipient users.email"),
        ("select email from users intersect select recipient from mails", "mails.recipient users.email"),
        ("select email from users except select recipient from mails", "users.email"),
        ("select count(email), max(id), min(length(email)) from users", ""),
        ("select exists (select email from users), 1 in (select id from users)", ""),
        ("select case when id > 1 then email end from users", ""),
        ("select email || 'a', sha256(email::bytea), $1::text from users", ""),
        ("select name from unnest(array[1]) as name, users", ""),
        ("select json_agg(id) filter (where email = '') from users", "users.id"),
        ("select email from unknown.secrets", ""),
    ],
)
def test_what_a_result_shows(text: str, shown: str) -> None:
    [tree] = parse_sql(text)
    assert " ".join(sorted(Reader(TABLES).shown(tree))) == shown
