"""The comment of each table says how long its rows are kept, and what says so is true."""

from collections.abc import Iterator

import psycopg
import pytest

from api.checks.retention import check_retentions
from api.database.queries import STATEMENTS

Database = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def own(dsn: str) -> Iterator[Database]:
    """A connection whose transaction is taken back."""
    with psycopg.connect(dsn) as connection:
        yield connection
        connection.rollback()


def test_the_tree_says_and_does_it(own: Database) -> None:
    assert check_retentions(own, STATEMENTS) == []


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("mails: Mails to send.", "its comment doesn't end with how long rows are kept: `Kept …; STATEMENT.`"),
        ("mails: Kept two days; remove_unsent_mails. Or so.", "its comment doesn't end with"),
        ("mails: Kept two days.", "what removes its rows isn't said: write `Kept two days; STATEMENT.`"),
        ("mails: Kept for good.", "it's kept for good, and recipient, language, parameters is about somebody"),
        (
            "mails: Kept two days; remove_old_mails.",
            "remove_old_mails, which is to remove its rows, is no statement of",
        ),
        ("mails: Kept two days; remove_mail.", "remove_mail, which is to remove its rows, is no statement of cleaning"),
        ("mails: Kept two days; remove_old_events.", "remove_old_events, which is to remove its rows, deletes none:"),
        *(
            (f"{table}: Kept {period}; {name}.", f"{name} doesn't remove its rows after {period}: correct it, or the")
            for table, period, name in (
                ("mails", "three days", "remove_unsent_mails"),
                ("suggestions", "a year", "remove_old_suggestions"),
                # By a function.
                ("audit_events", "two years", "remove_old_events"),
            )
        ),
        ("audit_events: Kept until the account is erased.", "no foreign key `on delete cascade` leads to users"),
    ],
)
def test_what_is_not_said_or_not_done(own: Database, comment: str, fault: str) -> None:
    table, _, said = comment.partition(": ")
    own.execute(f"comment on table {table} is '{said}'".encode())
    [found] = check_retentions(own, STATEMENTS)
    assert found.startswith(f"{table}: ")
    assert fault in found


def test_a_new_table_has_to_say_it(own: Database) -> None:
    own.execute("create table toys (id bigint); comment on table toys is 'Toys.'")
    assert [fault.partition(":")[0] for fault in check_retentions(own, STATEMENTS)] == ["toys"]
    own.execute("comment on table toys is 'Toys. Kept for good.'")
    assert check_retentions(own, STATEMENTS) == []


@pytest.mark.parametrize(
    ("period", "interval", "fault"),
    [
        ("90 days", "interval '90 days'", None),
        ("ninety days", "interval '90 days'", None),
        ("a year", "interval '12 months'", None),
        ("two days", "interval '48:00'", None),
        (
            "two days",
            "interval '47:00'",
            "doesn't remove its rows after two days: correct it, or the comment, in digits",
        ),
        (
            "91 days",
            "interval '90 days'",
            "doesn't remove its rows after 91 days: correct it, or the comment, in digits",
        ),
        (
            "two days",
            "interval '2d'",
            "has an interval that isn't read here, 2d: write it as `interval '3 days'`",
        ),
        (
            "two days",
            "make_interval(days => 2)",
            "has an interval that isn't read here, make_interval(days => 2): write",
        ),
    ],
)
def test_what_removes_rows_is_read(own: Database, period: str, interval: str, fault: str | None) -> None:
    own.execute(f"comment on table audit_events is 'Kept {period}; remove_old_events.'".encode())
    own.execute(
        "create or replace function remove_year_old_events() returns integer language plpgsql as $$ begin"
        f" delete from audit_events where created_at < now() - {interval}; return 0; end; $$".encode()
    )
    found = check_retentions(own, STATEMENTS)
    assert [fault is not None and fault in each for each in found] == ([True] if fault else [])


def test_a_removal_by_a_function_counts_as_long_as_it_removes(own: Database) -> None:
    own.execute("create or replace function remove_year_old_events() returns integer language sql return 0")
    [found] = check_retentions(own, STATEMENTS)
    assert found.startswith("audit_events: remove_old_events, which is to remove its rows, deletes none: ")
