"""The blocks of sql/roles.sql on databases that aren't new: shared ones, managed ones, and those that it ran on."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from api.checks.grants.roles import OWNER, READER, SERVICE
from api.postgres.log_settings import LOG_SETTINGS
from api.postgres.roles import make_roles

Connection = psycopg.Connection[Any]
OURS: Final = [OWNER, READER, SERVICE]
SETTINGS: Final = [f"{name}={value}" for name, value in LOG_SETTINGS.items()]
# What the file names where a superuser has it alone.
EVERYBODYS: Final = "advisory locks, code with `do`, large objects, replication messages"
SUPERUSERS: Final = (
    "auto_explain.log_parameter_max_length, log_error_verbosity, log_min_error_statement, log_parameter_max_length"
)
# Gives all that was migrated to another owner, as if that one had.
GIVE_ALL: Final = """
do $$
declare
  object record;
begin
  for object in
    select what.type, what.identity
      from pg_depend as d
     cross join lateral pg_identify_object(d.classid, d.objid, 0) as what
     where d.refobjid = 'public'::regnamespace
       and what.type in ('table', 'view', 'function', 'type')
       and not exists (
             select from pg_depend as of_another where of_another.objid = d.objid and of_another.deptype = 'e'
           )
  loop
    execute format('alter %s %s owner to app_owner', object.type, object.identity);
  end loop;
  execute format('alter database %I owner to app_owner', current_database());
end;
$$
"""
# What everybody may do in a new database, and who is granted it; null where nobody has changed that.
WIDE: Final = """
select what, case when acl is not null then array(
         select grantee::regrole::text
           from aclexplode(acl)
          where privilege_type in ('TEMPORARY', 'USAGE', 'EXECUTE')
       ) end
  from (
         select 'temporary tables', datacl from pg_database where datname = current_database()
          union all
         select datname, datacl from pg_database where datname = 'elsewhere'
          union all
         select lanname, lanacl from pg_language where lanname in ('plpgsql', 'sql')
          union all
         select proname, proacl from pg_proc where proname in ('lo_create', 'pg_advisory_lock', 'pg_sleep', 'lo_mine')
       ) as granted (what, acl)
"""


@pytest.fixture
def unmade(maintenance: Connection) -> Iterator[None]:
    """Has the cluster none of the file's roles: those that are there have other names until the test has ended.

    Roles that a test makes end with it.
    """
    before = {name for (name,) in maintenance.execute("select rolname from pg_roles").fetchall()}
    kept = [name for name in OURS if name in before]
    for name in kept:
        maintenance.execute(SQL("alter role {} rename to {}").format(Identifier(name), Identifier(f"kept_{name}")))
    yield
    after = {name for (name,) in maintenance.execute("select rolname from pg_roles").fetchall()}
    made = sorted(after - {*(f"kept_{name}" for name in kept)} - (before - {*OURS}))
    if made:
        names = SQL(", ").join(map(Identifier, made))
        # They may have been granted something on other databases, by a file that is wrong.
        maintenance.execute(SQL("drop owned by {}; drop role {}").format(names, names))
    for name in kept:
        maintenance.execute(SQL("alter role {} rename to {}").format(Identifier(f"kept_{name}"), Identifier(name)))


@pytest.fixture
def before(unmade: None, migrated: str) -> Iterator[Connection]:
    """A superuser's connection to a migrated database, which goes before its roles do."""
    with psycopg.connect(migrated, autocommit=True, prepare_threshold=None) as connection:
        yield connection


@pytest.fixture
def made(before: Connection) -> Connection:
    """A superuser's connection to a database in which the file has run."""
    assert run(before) == []
    return before


def run(connection: Connection, user: str = "postgres") -> list[str]:
    """Run the file as another connection's user; returns the notices."""
    return make_roles(connection.info.dsn.replace("user=postgres", f"user={user}"))


def value(connection: Connection, query: str) -> Any:
    [(found,)] = connection.execute(query.encode()).fetchall()
    return found


def owner_of(connection: Connection, table: str) -> Any:
    return value(connection, f"select relowner::regrole::text from pg_class where oid = '{table}'::regclass")


def grants_of(connection: Connection, routine: str) -> Any:
    """Who may run a routine, as PostgreSQL notes it, without who granted it."""
    return value(
        connection,
        f"select array(select split_part(acl::text, '/', 1) from unnest(proacl) as acl order by 1)"
        f" from pg_proc where oid = '{routine}'::regprocedure",
    )


def test_roles_that_are_missing_are_made(before: Connection) -> None:
    before.execute("revoke all on schema public from public; grant create on schema public to public")
    before.execute(SQL("revoke connect on database {} from public").format(Identifier(before.info.dbname)))
    assert run(before) == []
    most = value(
        before,
        "select (current_setting('max_connections')::integer - current_setting('reserved_connections')::integer"
        " - current_setting('superuser_reserved_connections')::integer) * 9 / 10",
    )
    roles = "select rolname, rolcanlogin, rolconnlimit, rolconfig from pg_roles where rolname = any(%s) order by 1"
    assert before.execute(roles, [OURS]).fetchall() == [
        (OWNER, False, -1, None),
        (READER, True, -1, SETTINGS),
        (SERVICE, True, most, SETTINGS),
    ]
    assert value(before, f"select pg_has_role('{SERVICE}', 'pg_read_all_stats', 'usage')")
    assert value(before, "select nspacl::text from pg_namespace where nspname = 'public'") == (
        f"{{pg_database_owner=UC/pg_database_owner,{OWNER}=UC/pg_database_owner,{SERVICE}=U/pg_database_owner,"
        f"{READER}=U/pg_database_owner}}"
    )
    for name in OURS:
        assert value(before, f"select has_database_privilege('{name}', current_database(), 'connect')")
    for limit, wanted in ((5, 5), (most + 1, most)):
        before.execute(f"alter role {SERVICE} connection limit {limit}".encode())
        assert run(before) == []
        assert value(before, f"select rolconnlimit from pg_roles where rolname = '{SERVICE}'") == wanted


def test_it_finds_its_tables_and_does_not_wait_for_locks(before: Connection) -> None:
    """Whatever the path of who runs it begins with, and while others read."""
    before.execute(
        """
        create schema postgres; create table postgres.users (id bigint);
        create schema probe; create table probe.timeouts (setting text);
        create function probe.note() returns event_trigger language plpgsql as
          $$ begin insert into probe.timeouts values (current_setting('lock_timeout')); end $$;
        create event trigger note on ddl_command_end execute function probe.note()
        """
    )
    assert run(before) == []
    assert before.execute("select distinct setting from probe.timeouts").fetchall() == [("5s",)]
    assert owner_of(before, "postgres.users") == "postgres"
    with before.transaction():
        before.execute("lock table public.users in access share mode")
        assert run(before) == []


@pytest.fixture
def managed(before: Connection) -> Connection:
    """A superuser's connection to a database whose owner is none, `app_owner`, and has yet to run the file."""
    before.execute("create role app_owner login createrole")
    before.execute(GIVE_ALL.encode())
    before.execute("create table of_superuser (id bigint)")
    return before


def test_an_owner_who_is_no_superuser_is_told_what_is_left(managed: Connection) -> None:
    assert run(managed, "app_owner") == [
        f"only a superuser can grant pg_read_all_stats to {SERVICE}: without it the service reads from no standby",
        "left to others, who are no members of nestwerk_owner: public.of_superuser (postgres)",
        f"left to everybody, as only a superuser can take it away: {EVERYBODYS}",
        f"not set for the roles, as only a superuser can: {SUPERUSERS}",
    ]
    assert owner_of(managed, "users") == OWNER
    assert not value(managed, f"select has_database_privilege('{READER}', current_database(), 'temporary')")
    # Who got the rest from a superuser isn't told of it.
    run(managed)
    managed.execute("create table of_superuser_later (id bigint)")
    assert run(managed, "app_owner") == [
        "left to others, who are no members of nestwerk_owner: public.of_superuser_later (postgres)"
    ]


def test_an_owner_who_is_no_superuser_becomes_a_member_and_takes_only_what_it_may(managed: Connection) -> None:
    managed.execute("drop table of_superuser")
    run(managed, "app_owner")
    managed.execute("create role migrator in role nestwerk_owner; create table theirs (id bigint)")
    managed.execute("alter table theirs owner to migrator")
    for right, option in (("usage", "inherit"), ("set", "set")):
        member = f"select pg_has_role('app_owner', '{OWNER}', '{right}')"
        assert value(managed, member)
        managed.execute("set role app_owner")
        managed.execute(f"revoke {option} option for {OWNER} from app_owner".encode())
        managed.execute("reset role")
        assert not value(managed, member)
        assert "left to others, who are no members of nestwerk_owner: public.theirs (migrator)" in run(
            managed, "app_owner"
        )
        assert value(managed, member)
    assert owner_of(managed, "theirs") == "migrator"


def test_what_others_have_in_a_shared_database_stays_theirs(made: Connection) -> None:
    """And what is of ours or of members goes to the owner, be it part of another object or not."""
    made.execute(
        """
        create role chats; create role migrator in role nestwerk_owner;
        create extension pg_stat_statements;
        create table parts (id bigint) partition by list (id);
        create table parts_default partition of parts default; alter table parts_default owner to migrator;
        create table numbered (id bigserial, other bigint generated by default as identity);
        create sequence counted;
        create table services (id bigint); alter table services owner to nestwerk_service;
        create table readers (id bigint); alter table readers owner to nestwerk_reader;
        create table theirs (id bigint generated by default as identity, other bigserial);
        alter table theirs owner to chats;
        create schema app; create table app.tables (id bigint); alter table app.tables owner to migrator;
        alter default privileges in schema public grant select on tables to chats;
        grant select on users to chats
        """
    )
    assert run(made) == ["left to others, who are no members of nestwerk_owner: public.theirs (chats)"]
    ours = [
        "parts",
        "parts_default",
        "numbered",
        "numbered_id_seq",
        "numbered_other_seq",
        "counted",
        "services",
        "readers",
    ]
    assert {owner_of(made, table) for table in ours} == {OWNER}
    assert [owner_of(made, table) for table in ("theirs", "app.tables")] == ["chats", "migrator"]
    of_extensions = """
        select distinct proowner::regrole::text
          from pg_proc
          join pg_depend
            on objid = pg_proc.oid
           and deptype = 'e'
         where pronamespace = 'public'::regnamespace
        """
    assert value(made, of_extensions) == "postgres"
    made.execute("alter table theirs owner to postgres; drop schema app cascade")
    # Nothing more is named, whoever has grants.
    assert run(made) == []


def test_grants_on_tables_of_the_owner_in_public_are_made_anew_and_no_others(made: Connection) -> None:
    made.execute(
        """
        create role chats;
        create table ours (id bigserial); create view seen as select 1 as one;
        create table theirs (id bigint); alter table theirs owner to chats;
        create schema app; create table app.ours (id bigint); alter table app.ours owner to nestwerk_owner
        """
    )
    run(made)
    tables = ["ours", "ours_id_seq", "seen", "theirs", "app.ours"]
    for table in tables:
        made.execute(f"grant select on {table} to public, chats, nestwerk_service, nestwerk_reader".encode())
    run(made)

    def readers(table: str) -> Any:
        return value(
            made,
            "select array(select grantee::regrole::text from pg_class cross join aclexplode(relacl) as acl"
            f" where oid = '{table}'::regclass and grantee <> relowner order by 1)",
        )

    left, ours = ["chats"], [READER, SERVICE]
    assert {table: readers(table) for table in tables} == {
        "ours": left, "ours_id_seq": left, "seen": left, "theirs": ["-", *ours], "app.ours": ["-", *left, *ours],
    }  # fmt: skip


def test_who_may_run_functions_where_everybody_lost_the_right(made: Connection) -> None:
    made.execute(
        """
        create role chats; create extension pg_stat_statements; create schema app;
        create function ours() returns integer return 1; create procedure work() begin atomic select 1; end;
        create function owners() returns integer security definer return 1;
        create function triggers() returns trigger language plpgsql as $$ begin return new; end $$;
        create function app.ours() returns integer return 1;
        create function theirs() returns integer return 1; alter function theirs() owner to chats;
        create function of_vector() returns integer return 1; alter function of_vector() owner to chats;
        alter function of_vector() depends on extension vector
        """
    )
    run(made)
    made.execute(
        """
        alter function app.ours() owner to nestwerk_owner;
        revoke execute on all routines in schema public, app from public;
        grant execute on all routines in schema public to chats;
        grant execute on function vector_norm(vector), owners(), triggers() to nestwerk_reader;
        grant execute on function vector_dims(vector), owners(), triggers() to nestwerk_service;
        grant execute on function owners() to public; grant execute on function l2_normalize(vector) to public
        """
    )
    run(made)
    both = [f"{READER}=X", f"{SERVICE}=X"]
    wanted = {
        "ours()": ["chats=X", f"{OWNER}=X", *both], "work()": ["chats=X", f"{OWNER}=X", *both],
        "owners()": ["chats=X", f"{OWNER}=X"], "triggers()": ["chats=X", f"{OWNER}=X"],
        "remove_year_old_events()": ["chats=X", f"{OWNER}=X", f"{SERVICE}=X"],
        "app.ours()": [f"{OWNER}=X"], "theirs()": ["chats=X"], "of_vector()": ["chats=X"],
        "vector_norm(vector)": ["chats=X", *both, "postgres=X"],
        "vector_dims(vector)": ["chats=X", *both, "postgres=X"],
        "l2_distance(vector,vector)": ["chats=X", *both, "postgres=X"],
        "l2_normalize(vector)": ["=X", "chats=X", "postgres=X"],
        "pg_stat_statements_reset(oid,oid,bigint,boolean)": ["chats=X", "postgres=X"],
    }  # fmt: skip
    assert {routine: grants_of(made, routine) for routine in wanted} == {
        routine: sorted(grantees) for routine, grantees in wanted.items()
    }


def test_what_everybody_may_do_goes_to_the_roles_that_are_there(before: Connection) -> None:
    before.execute("create role chats; create role dba superuser")
    before.execute("create schema app; create function app.lo_mine() returns integer return 1")
    before.execute("create database elsewhere")
    try:
        run(before)
        before.execute("create role late")
        assert run(before) == []
        grants = before.execute(WIDE).fetchall()
    finally:
        before.execute("drop database elsewhere")
    named = {"chats", "dba", "pg_monitor", SERVICE, READER, "late", "-"}
    assert {what: grantees and named & {*grantees} for what, grantees in grants} == {
        "temporary tables": {"chats"}, "elsewhere": None, "plpgsql": {"chats"}, "sql": None,
        "lo_create": {"chats"}, "pg_advisory_lock": {"chats"}, "pg_sleep": None, "lo_mine": None,
    }  # fmt: skip
