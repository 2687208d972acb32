"""sql/roles.sql lets the service run its statements and nothing else, and shows the reader no secret."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from api.checks.grants.roles import check_role_attributes
from api.checks.grants.roles_file import check_roles_file
from api.database.queries import STATEMENTS
from api.migrations import migrate, rollback
from api.migrations.scripts import ScriptError, run_script
from api.paths import ROLES
from api.postgres.roles import make_roles
from tests.conftest import NewDatabase

Connection = psycopg.Connection[Any]
GRANTS_ONLY: Final = "take that from it, it is to do what its grants say"
MEND: Final = "`just generate` writes the grants"
IDLE: Final = f"no statement needs it; {MEND}"

# Changes to the grants, and the faults that result. They are made together, as each check takes a while: privileges
# that are missing, and those that are too many.
MISSING: Final = [
    (
        "revoke insert (email) on users from nestwerk_service",
        [f"nestwerk_service may not run add_user: permission denied for table users; {MEND}"],
    ),
    (
        "revoke delete on parenting_goals from nestwerk_service",
        [
            f"nestwerk_service may not run {name}: permission denied for table parenting_goals; {MEND}"
            for name in ("sync_parenting_goals", "delete_parenting_goal")
        ],
    ),
    (
        "revoke select (checksum) on migration_checksums from nestwerk_service",
        [
            f"nestwerk_service may not run {name}: permission denied for table migration_checksums; {MEND}"
            for name in ("the history of migrations",)
        ],
    ),
]
TOO_MANY: Final = [
    (
        "grant update (created_at, id) on users to nestwerk_service",
        [f"nestwerk_service may update (id, created_at) on users: {IDLE}"],
    ),
    ("grant truncate on users to nestwerk_service", [f"nestwerk_service may truncate on users: {IDLE}"]),
    (
        "grant delete on rate_limits to public",
        [f"{role} may delete on rate_limits: {IDLE}" for role in ("PUBLIC", "nestwerk_service")]
        + [
            f"nestwerk_reader may change rate_limits.{column}: it is to read only; {MEND}"
            for column in ("subject", "drained_at")
        ],
    ),
    (
        """create view logins as select id, password from users;
           alter view logins owner to nestwerk_owner;
           comment on column logins.id is '[operational] Key.';
           comment on column logins.password is '[secret] Hash.';
           grant select on logins to nestwerk_reader""",
        [f"nestwerk_reader may read logins.password, which is secret; {MEND}"],
    ),
    (
        "grant select (password) on users to nestwerk_reader",
        [f"nestwerk_reader may read users.password, which is secret; {MEND}"],
    ),
    (
        "grant select (routines) on child_profiles to public",
        [f"{role} may select (routines) on child_profiles: {IDLE}" for role in ("PUBLIC", "nestwerk_service")]
        + [f"nestwerk_reader may read child_profiles.routines, which is health-related; {MEND}"],
    ),
    (
        "revoke select (username) on users from nestwerk_reader",
        [f"nestwerk_reader may not read users.username, which is personal; {MEND}"],
    ),
    (
        """grant usage on sequence users_id_seq to nestwerk_service;
           grant select on sequence users_id_seq to nestwerk_reader""",
        [
            f"nestwerk_reader may select on sequence users_id_seq: {IDLE}",
            f"nestwerk_service may have usage on sequence users_id_seq: {IDLE}",
        ],
    ),
    (
        "grant select (id) on users to nestwerk_service, nestwerk_reader with grant option",
        [f"{role} may grant select (id) on users: {IDLE}" for role in ("nestwerk_service", "nestwerk_reader")],
    ),
    (
        """grant execute on function pg_read_file(text) to nestwerk_service;
           grant select on pg_authid to nestwerk_reader""",
        [
            f"nestwerk_reader may select on pg_catalog.pg_authid: {IDLE}",
            f"nestwerk_service may execute on function pg_catalog.pg_read_file(text): {IDLE}",
        ],
    ),
    ("grant maintain on mails to nestwerk_reader", [f"nestwerk_reader may maintain on mails: {IDLE}"]),
    (
        """create schema app; create table app.chats (id bigint); grant select on app.chats to nestwerk_reader;
           grant usage on schema app to nestwerk_reader; grant usage on type mail_language to nestwerk_service""",
        [
            f"nestwerk_reader may select on app.chats: {IDLE}",
            f"nestwerk_reader may have usage on schema app: {IDLE}",
            f"nestwerk_service may have usage on type mail_language: {IDLE}",
        ],
    ),
    (
        """create table naps (id bigint, secret text) partition by list (id);
           create table naps_of_one partition of naps for values in (1);
           alter table naps owner to nestwerk_owner; alter table naps_of_one owner to nestwerk_owner;
           comment on column naps.id is '[operational] Key.'; comment on column naps.secret is '[secret] A hash.';
           comment on column naps_of_one.id is '[operational] Key.';
           grant select (id) on naps to nestwerk_reader; grant select on naps_of_one to nestwerk_reader""",
        [f"nestwerk_reader may select on naps_of_one: {IDLE}"],
    ),
    (
        "grant update (age) on child_profiles to nestwerk_reader",
        [f"nestwerk_reader may change child_profiles.age: it is to read only; {MEND}"],
    ),
    (
        "alter default privileges in schema public grant select on tables to nestwerk_service",
        [f"nestwerk_service may select on what is made later: for role postgres in schema public on tables: {IDLE}"],
    ),
]
# Changes to the roles, and the faults that result.
PLANTED: Final = [
    ("alter role nestwerk_service superuser", [f"nestwerk_service is a superuser: {GRANTS_ONLY}"]),
    ("alter role nestwerk_reader createrole", [f"nestwerk_reader can make roles: {GRANTS_ONLY}"]),
    (
        "grant pg_read_all_data to nestwerk_service",
        [f"nestwerk_service is a member of another role: {GRANTS_ONLY}"],
    ),
    (
        "grant create on schema public to public",
        [f"{role} can make tables: {GRANTS_ONLY}" for role in ("nestwerk_service", "nestwerk_reader")],
    ),
    (
        "do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$",
        [f"{role} can make temporary tables: {GRANTS_ONLY}" for role in ("nestwerk_service", "nestwerk_reader")],
    ),
    (
        "do $$ begin execute format('grant create on database %I to nestwerk_service', current_database()); end $$",
        [f"nestwerk_service can make schemas: {GRANTS_ONLY}"],
    ),
    (
        "grant execute on function lo_create(oid) to nestwerk_service",
        [f"nestwerk_service can make large objects: {GRANTS_ONLY}"],
    ),
    (
        "grant execute on function pg_try_advisory_xact_lock(bigint) to nestwerk_reader",
        [f"nestwerk_reader can hold advisory locks: {GRANTS_ONLY}"],
    ),
    (
        "grant execute on function pg_logical_emit_message(boolean, text, text, boolean) to nestwerk_service",
        [f"nestwerk_service can write messages for replication: {GRANTS_ONLY}"],
    ),
    (
        "grant usage on language plpgsql to nestwerk_service",
        [f"nestwerk_service can run code with `do`: {GRANTS_ONLY}"],
    ),
    (
        "grant set on parameter log_error_verbosity to nestwerk_service",
        [f"nestwerk_service can change settings of superusers: {GRANTS_ONLY}"],
    ),
    (
        """create function passwords() returns setof text language sql security definer
             return (select password from users limit 1);
           alter function passwords() owner to nestwerk_owner""",
        [
            f"{role} can run passwords() with the rights of nestwerk_owner: {GRANTS_ONLY}"
            for role in ("nestwerk_service", "nestwerk_reader")
        ],
    ),
    (
        "alter role nestwerk_service reset log_error_verbosity",
        [
            (
                "nestwerk_service lacks the setting log_error_verbosity = terse, "
                "so PostgreSQL may log what a client sent: run the file again"
            ),
        ],
    ),
    (
        "create table toys (id bigint)",
        ["toys is owned by postgres: give it to nestwerk_owner, which is to own everything"],
    ),
    (
        "alter function fold(text) owner to postgres",
        ["fold(text) is owned by postgres: give it to nestwerk_owner, which is to own everything"],
    ),
    (
        "alter type stress_level owner to postgres",
        ["stress_level is owned by postgres: give it to nestwerk_owner, which is to own everything"],
    ),
    (
        "alter table users owner to nestwerk_service",
        [
            f"nestwerk_service owns tables: {GRANTS_ONLY}",
            "users is owned by nestwerk_service: give it to nestwerk_owner, which is to own everything",
        ],
    ),
]


@pytest.fixture(scope="module")
def granted(migrated_copy: NewDatabase) -> Iterator[Connection]:
    """A database with its roles, which are made twice, as after each migration."""
    dsn = migrated_copy("roles_made_twice")
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        for _ in range(2):
            make_roles(dsn)
        yield connection


@pytest.mark.parametrize("planted", [MISSING, TOO_MANY])
def test_wrong_grants_are_named(granted: Connection, planted: list[tuple[str, list[str]]]) -> None:
    with granted.transaction(force_rollback=True):
        for change, _ in planted:
            granted.execute(change.encode())
        # No statement of the release before needs that one either.
        kept = {("truncate", "users", None)}
        assert sorted(check_roles_file(granted, STATEMENTS.values(), kept)) == sorted(
            f"sql/roles.sql: {each}" for _, wanted in planted for each in wanted
        )


@pytest.mark.parametrize(("planted", "wanted"), PLANTED, ids=[planted for planted, _ in PLANTED])
def test_wrong_roles_are_named(granted: Connection, planted: str, wanted: list[str]) -> None:
    with granted.transaction(force_rollback=True):
        granted.execute(planted.encode())
        assert sorted(check_roles_file(granted, STATEMENTS.values())) == sorted(
            f"sql/roles.sql: {each}" for each in wanted
        )


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (id bigint)",
        "drop table users",
        "alter table users add column x text",
        "truncate users",
        "delete from consents",
        "update users set ban_reason = 'fraud'",
        "update users set username = 'x'",
        "create role other",
        "create temporary table mine (id bigint)",
        "create schema mine",
        "select lo_create(0)",
        "select lo_from_bytea(0, 'x')",
        "select lo_put(1, 0, 'x')",
        "select lo_unlink(1)",
        "select lo_import('/etc/passwd')",
        "select pg_advisory_lock(1)",
        "select pg_try_advisory_xact_lock_shared(1, 2)",
        "select pg_logical_emit_message(false, 'a', 'b')",
        "do $do$ begin end $do$",
        "copy (select) to program 'true'",
        "select pg_read_file('PG_VERSION')",
        "alter role nestwerk_reader password 'x'",
        "alter role nestwerk_service superuser",
        "set log_error_verbosity = 'verbose'",
    ],
)
def test_statements_that_the_service_may_not_run(granted: Connection, statement: str) -> None:
    with granted.transaction(force_rollback=True):
        granted.execute("set role nestwerk_service")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            granted.execute(statement.encode())


@pytest.mark.long
def test_running_it_again_takes_back_what_others_granted(granted: Connection) -> None:
    granted.execute("grant select on users to public; grant delete on users to nestwerk_reader with grant option")
    granted.execute("set role nestwerk_reader; grant delete on users to nestwerk_service; reset role")
    granted.execute("create extension if not exists pg_stat_statements")
    make_roles(granted.info.dsn)
    assert check_roles_file(granted, STATEMENTS.values()) == []
    readable = "select has_table_privilege('nestwerk_reader', 'pg_stat_statements', 'select')"
    # Objects of extensions keep their grants.
    assert granted.execute(readable).fetchall() == [(True,)]
    granted.execute("drop extension pg_stat_statements")


@pytest.mark.long
def test_everything_of_ours_is_given_to_the_owner_and_nothing_of_others(migrated: str) -> None:
    """Whatever kind it is, in a database that others have tables in."""
    ours = {
        "table": "mine", "view": "seen", "materialized view": "kept", "sequence": "counted", "type": "pair",
        "statistics": "of_names", "collation": "plain", "operator": "=== (integer, integer)", "function": "one()",
        "text search configuration": "words", "procedure": "work()", "aggregate": "total(integer)",
    }  # fmt: skip
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute("create role chats; create role migrator in role nestwerk_owner")
        try:
            connection.execute(
                """
                create table mine (id bigint) partition by list (id);
                create table mine_default partition of mine default;
                create view seen as select 1 as one; create materialized view kept as select 1 as one;
                create sequence counted; create type pair as (a integer); create type span as range (subtype = integer);
                create statistics of_names on username, email from users; create collation plain from "C";
                create operator === (leftarg = integer, rightarg = integer, function = int4eq);
                create function one() returns integer return 1; create procedure work() begin atomic select 1; end;
                create aggregate total(integer) (sfunc = int4pl, stype = integer);
                create text search configuration words (copy = simple);
                create table theirs (id bigint generated by default as identity); alter table theirs owner to chats;
                create domain their_word as text; alter domain their_word owner to chats;
                alter table mine_default owner to migrator
                """
            )
            make_roles(migrated)
            left = connection.execute(
                """
                select distinct (pg_identify_object(classid, objid, 0)).identity
                  from pg_shdepend
                  join pg_database
                    on pg_database.oid = dbid
                   and datname = current_database()
                 where deptype = 'o'
                   and refobjid <> 'nestwerk_owner'::regrole
                 order by 1
                """
            ).fetchall()
            assert left == [("public.their_word",), ("public.theirs",), ("public.theirs_id_seq",)]
            assert check_role_attributes(connection) == []
            for kind, name in ours.items():
                with connection.transaction(force_rollback=True):
                    # The owner can drop what is its own.
                    connection.execute("set local role nestwerk_owner")
                    connection.execute(f"drop {kind} {name}".encode())
        finally:
            connection.execute("drop owned by chats, migrator; drop role chats, migrator")


@pytest.mark.long
def test_functions_run_where_everybody_lost_the_right(migrated: str) -> None:
    """As where a DBA takes it back, of our functions and those of the extension."""
    with psycopg.connect(migrated, autocommit=True, prepare_threshold=None) as connection:
        connection.execute("revoke execute on all functions in schema public from public")
        make_roles(migrated)
        assert check_roles_file(connection, STATEMENTS.values()) == []
        with connection.transaction(force_rollback=True):
            connection.execute("set local role nestwerk_service")
            # Of a check, an index, a trigger and an operator.
            connection.execute(
                "insert into users (username, email, password) values ('n', 'n@example.org', '$argon2id$')"
            )
            connection.execute("select '[1]'::halfvec <=> '[1]'::halfvec")


def test_roles_of_others_keep_what_everybody_has(migrated: str) -> None:
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute("create role chats")
        try:
            for _ in range(2):
                make_roles(migrated)
            connection.execute("set role chats")
            connection.execute("create temporary table theirs (id bigint)")
            connection.execute("select lo_create(0), pg_advisory_xact_lock(1)")
            connection.execute("do $do$ begin end $do$")
        finally:
            connection.execute("reset role; drop owned by chats; drop role chats")


@pytest.mark.long
def test_the_owner_migrates_back_and_forth(granted: Connection) -> None:
    as_owner = f"{granted.info.dsn} options='-c role=nestwerk_owner'"
    # Back to before the migration that replaces a function, and forward again.
    while rollback(as_owner).id != "0009_limits_of_payloads":
        pass
    migrate(as_owner)
    # A table that was created again gets its grants back.
    make_roles(granted.info.dsn)
    with granted.transaction(force_rollback=True):
        granted.execute("set local role nestwerk_owner")
        granted.execute("alter type stress_level rename value 'low' to 'none'")
        granted.execute("drop function merge_patch(jsonb, jsonb) cascade")


@pytest.mark.long
def test_columns_that_a_migration_adds_are_no_fault(granted: Connection) -> None:
    # They have no grants until roles.sql is run again, which the previous release doesn't need.
    with granted.transaction(force_rollback=True):
        for (table,) in granted.execute("select tablename from pg_tables where schemaname = 'public'").fetchall():
            granted.execute(SQL("alter table {} add column added text").format(Identifier(table)))
        assert not [fault for fault in check_roles_file(granted, STATEMENTS.values()) if "nestwerk_service" in fault]


def test_the_service_keeps_its_grants_meanwhile(granted: Connection) -> None:
    taken_away, grants, _ = ROLES.read_text("utf-8").partition("-- <grants>\n")
    assert grants
    with psycopg.connect(granted.info.dsn, autocommit=True) as other:
        run_script(other, ROLES, taken_away)
        kept = granted.execute("select has_column_privilege('nestwerk_service', 'users', 'username', 'select')")
        assert kept.fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select 'open\n;\n", "1: unterminated quoted string at or near \"'open"),
        ("select;\ngrnt usage on schema public to public;", '2: syntax error at or near "grnt"'),
        ("select;\n\ngrant usage on schema\n  away to public;", '3: schema "away" does not exist'),
    ],
)
def test_a_wrong_file(empty: str, tmp_path: Path, sql: str, why: str) -> None:
    path = tmp_path / "roles.sql"
    path.write_text(sql)
    with pytest.raises(ScriptError, match=f"^roles.sql:{re.escape(why)}$"):
        make_roles(empty, path)
