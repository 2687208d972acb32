"""The conventions of the schema: the tree keeps them, and breaches are named."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest

from api.checks.conventions import check_conventions, conventions
from api.migrations.scripts import ScriptError
from tests.conftest import NewDatabase

# Changes to the schema, the fault that results, and its convention.
BROKEN: Final = [
    (
        "create table pet (id bigint generated always as identity primary key)",
        "pet: should be named in plural snake_case",
    ),
    ('alter table users add "shoeSize" integer', "users.shoeSize: should be named in snake_case"),
    ("comment on table users is null", "users: needs a comment: what it is"),
    ("comment on table users is '  '", "users: needs a comment: what it is"),
    ("create view addresses as select email from users", "addresses: needs a comment: what it is"),
    (
        "create view addresses as select email from users",
        "addresses.email: needs a comment: what it is, behind its privacy class",
    ),
    (
        "create materialized view addresses as select email from users",
        "addresses.email: needs a comment: what it is, behind its privacy class",
    ),
    (
        "create table days (day date) partition by list (day)",
        "days.day: needs a comment: what it is, behind its privacy class",
    ),
    ("comment on column users.email is '\t\n'", "users.email: needs a comment: what it is, behind its privacy class"),
    ("comment on column users.email is null", "users.email: needs a comment: what it is, behind its privacy class"),
    (
        "comment on column users.email is '[public] Address.'",
        "users.email: needs a comment behind its class: [personal], [health-related], [secret] or [operational]",
    ),
    (
        "comment on column users.email is '[personal]'",
        "users.email: needs a comment behind its class: [personal], [health-related], [secret] or [operational]",
    ),
    (
        "comment on column users.email is '[personal]  '",
        "users.email: needs a comment behind its class: [personal], [health-related], [secret] or [operational]",
    ),
    (
        "alter table users rename constraint users_email_check to users_mail_check",
        "users: users_mail_check should be named users_email_check",
    ),
    (
        "alter table child_profiles rename constraint child_profiles_pkey to child_profiles_key",
        "child_profiles: child_profiles_key should be named child_profiles_pkey",
    ),
    (
        "alter table sessions rename constraint sessions_user_id_fkey to fk",
        "sessions: fk should be named sessions_user_id_fkey",
    ),
    (
        "alter table users add constraint apart exclude using btree (lower(email) with =)",
        "users: apart should be named users_COLUMNS_excl",
    ),
    (
        "alter table users add woken time with time zone",
        "users.woken: should be timestamptz, and is time with time zone",
    ),
    ("create index oldest on users (created_at)", "users: oldest should be named users_COLUMNS_idx"),
    (
        "create unique index users_created_at_idx on users (created_at)",
        "users: users_created_at_idx should be named users_COLUMNS_key",
    ),
    (
        "update pg_index set indisvalid = false where indexrelid = 'sessions_expires_at_idx'::regclass",
        "sessions: sessions_expires_at_idx is not valid: drop it and create it again",
    ),
    (
        "alter table users add constraint users_id_check check (id > 0) not valid",
        "users: users_id_check is not validated: `alter table … validate constraint`",
    ),
    (
        "alter table users add constraint users_id_check check (id > 0) not enforced",
        "users: users_id_check is not enforced: rows that it forbids are taken",
    ),
    (
        "alter table users add parent_id bigint constraint users_parent_id_fkey references users",
        "users: users_parent_id_fkey needs `on delete cascade`, `restrict` or `set null`",
    ),
    (
        "alter table users add parent_id bigint constraint users_parent_id_fkey references users on delete cascade",
        "users: users_parent_id_fkey needs an index that begins with parent_id",
    ),
    (
        "alter table sessions drop constraint sessions_pkey",
        "sessions: sessions_user_id_fkey needs an index that begins with user_id",
    ),
    ("alter table sessions drop constraint sessions_pkey", "sessions: needs a primary key"),
    (
        """alter table child_profiles drop constraint child_profiles_pkey cascade,
             add constraint child_profiles_pkey primary key (id, parent_profile_id)""",
        "child_profiles: child_profiles_pkey should begin with parent_profile_id, and begins with id",
    ),
    (
        "alter table users alter column id drop identity",
        "users.id: should be bigint generated … as identity, and is bigint without that",
    ),
    ("alter table users add at timestamp", "users.at: should be timestamptz, and is timestamp without time zone"),
    ("alter table users add details json", "users.details: should be jsonb, and is json"),
    ("alter table users add nickname varchar(20)", "users.nickname: should be text, and is character varying(20)"),
    ("alter table users add tenant_id integer", "users.tenant_id: should be bigint, and is integer"),
    ("alter table users add nickname text", "users.nickname: needs a check of its length"),
    ("alter table users add nicknames text[]", "users.nicknames: needs a check with is_text_list(…)"),
    ("alter table users add details jsonb", "users.details: needs a check of jsonb_typeof(…)"),
    (
        "drop trigger child_profiles_set_updated_at on child_profiles",
        "child_profiles.updated_at: needs a trigger `before update … execute function set_updated_at()`",
    ),
    (
        "alter table child_profiles disable trigger all",
        "child_profiles.updated_at: needs a trigger `before update … execute function set_updated_at()`",
    ),
    *(
        (
            (
                f"drop trigger child_profiles_set_updated_at on child_profiles;"
                f" create trigger child_profiles_set_updated_at {when}"
            ),
            "child_profiles.updated_at: needs a trigger `before update … execute function set_updated_at()`",
        )
        for when in (
            "before update of name on child_profiles for each row execute function set_updated_at()",
            "before update on child_profiles for each row when (new.age > 1) execute function set_updated_at()",
            "after update on child_profiles for each row execute function set_updated_at()",
            "before update of name on child_profiles for each row when (true) execute function set_updated_at()",
            "before insert on child_profiles for each row execute function set_updated_at()",
        )
    ),
    *(
        (
            (
                "alter table child_profiles drop constraint child_profiles_parent_profile_id_fkey,"
                " add constraint child_profiles_parent_profile_id_fkey foreign key (parent_profile_id)"
                f" references parent_profiles on delete {action}"
            ),
            f"child_profiles: child_profiles_parent_profile_id_fkey {fault}",
        )
        for action, fault in (
            ("restrict", "needs `on delete cascade`: a family's rows go with its account"),
            ("set default", "needs `on delete cascade`: a family's rows go with its account"),
            ("set null", "sets parent_profile_id to null, which is not null: write `on delete cascade`"),
        )
    ),
    (
        "alter table child_profiles drop constraint child_profiles_parent_profile_id_fkey",
        (
            "child_profiles.parent_profile_id: needs a foreign key to parent_profiles,"
            " or a comment that it is kept when the account is erased"
        ),
    ),
    (
        "alter table mails drop constraint mails_user_id_fkey",
        "mails.user_id: needs a foreign key to users, or a comment that it is kept when the account is erased",
    ),
    (
        "alter table parenting_goals set unlogged",
        "parenting_goals: is unlogged, so a crash empties it: `alter table … set logged`",
    ),
    (
        "alter table parenting_goals enable replica trigger parenting_goals_set_updated_at",
        "parenting_goals.updated_at: needs a trigger `before update … execute function set_updated_at()`",
    ),
    *(
        (
            f"create function refuse() returns trigger language plpgsql as $$ begin {raised}; end; $$",
            (
                "refuse(): should raise errors with `errcode = 'check_violation', constraint = …`,"
                " or `insufficient_privilege`"
            ),
        )
        for raised in (
            "raise exception 'no'",
            "raise 'no'",
            "raise exception using errcode = 'data_exception', message = 'no'",
            "raise sqlstate '22012'",
            "raise division_by_zero",
            "raise exception using errcode = 'check_violation', constraint = 'one'; raise exception 'other'",
        )
    ),
    (
        "alter table child_profiles disable trigger child_profiles_limit",
        "child_profiles: child_profiles_limit fires never: `alter table … enable trigger`",
    ),
    (
        "alter table mails enable replica trigger mails_notify_mail_queued",
        "mails: mails_notify_mail_queued fires on replicas only: `alter table … enable trigger`",
    ),
    (
        "alter table users set (autovacuum_enabled = off)",
        "users: is never vacuumed by itself: `alter table … reset (autovacuum_enabled)`",
    ),
    *(
        (
            (
                "alter table child_profiles drop constraint child_profiles_development_notes_check,"
                f" add constraint child_profiles_development_notes_check check ({check})"
            ),
            "child_profiles.development_notes: needs a check of its length",
        )
        for check in (
            "length(development_notes) >= 0",
            "length(development_notes) <= 2000000000",
            "length(name) <= 100 and development_notes <> ''",
        )
    ),
    (
        (
            "alter table child_profiles drop constraint child_profiles_special_needs_check,"
            " add constraint child_profiles_special_needs_check check (is_text_list(special_needs, 50, 2000000000))"
        ),
        "child_profiles.special_needs: needs a check with is_text_list(…)",
    ),
    (
        (
            "alter table child_profiles drop constraint child_profiles_routines_check,"
            " add constraint child_profiles_routines_check check (jsonb_typeof(routines) <> '')"
        ),
        "child_profiles.routines: needs a check of jsonb_typeof(…)",
    ),
    *(
        (
            f"comment on column {column} is '[personal] What a parent writes.'",
            f"{column}: should be [health-related]: a parent may write anything there",
        )
        for column in (
            "child_profiles.development_notes",
            "child_profiles.special_needs",
            "parent_profiles.bio",
            "parent_profiles.onboarding_data",
            "parenting_goals.title",
            "suggestions.feedback",
        )
    ),
    (
        "create function key() returns text language sql as $$ select username_key('a') $$",
        "key(): should say public.username_key, or set its search_path",
    ),
    (
        (
            "create function one() returns text language plpgsql as"
            " $$ declare t text; begin execute 'select name from child_' || 'profiles' into t; return t; end $$"
        ),
        "one(): should have its SQL written out: no check reads what `execute` runs",
    ),
    (
        "create function one() returns text language sql security definer set search_path = public as $$ select 'a' $$",
        "one(): should be `security invoker`: with its owner's rights it reaches what its caller may not",
    ),
    (
        "create function one() returns trigger language plpgsql security definer as $$ begin return null; end $$",
        "one(): should have `set search_path = public, pg_temp`, as it has its owner's rights",
    ),
    (
        "create function mail() returns text language plpgsql as $$ begin return (select email from users); end $$",
        "mail(): should say public.users, or set its search_path",
    ),
    *(
        (f"create domain made as {domain}; alter table users add made made", f"users.made: {fault}")
        for domain, fault in (
            ("text", "needs a check of its length"),
            ("text check (length(value) >= 0)", "needs a check of its length"),
            ("json", "should be jsonb, and is json"),
            ("timestamp", "should be timestamptz, and is timestamp without time zone"),
            ("varchar(20)", "should be text, and is character varying(20)"),
        )
    ),
    (
        "alter table users add moments timestamp[]",
        "users.moments: should be timestamptz, and is timestamp without time zone[]",
    ),
    ("alter table users add documents json[]", "users.documents: should be jsonb, and is json[]"),
    (
        "create domain document as json; alter table users add documents document[]",
        "users.documents: should be jsonb, and is json[]",
    ),
    (
        """
        create domain label as text;
        alter domain label add check (length(value) <= 50) not valid;
        alter table users add label label;
        """,
        "users.label: needs a check of its length",
    ),
    (
        """
        alter table parenting_goals add sitter_id bigint
          constraint parenting_goals_sitter_id_fkey references users on delete cascade;
        create index parenting_goals_sitter_id_idx on parenting_goals using brin (sitter_id);
        """,
        "parenting_goals: parenting_goals_sitter_id_fkey needs an index that begins with sitter_id",
    ),
    (
        """
        alter table parenting_goals add sitter_id bigint
          constraint parenting_goals_sitter_id_fkey references users on delete cascade;
        create index parenting_goals_status_idx on parenting_goals (status) include (sitter_id);
        """,
        "parenting_goals: parenting_goals_sitter_id_fkey needs an index that begins with sitter_id",
    ),
    (
        """
        alter table parenting_goals add child_id bigint,
          add constraint parenting_goals_parent_profile_id_child_id_fkey foreign key (parent_profile_id, child_id)
              references child_profiles on delete cascade;
        create index parenting_goals_parent_profile_id_idx on parenting_goals (parent_profile_id) include (child_id);
        """,
        (
            "parenting_goals: parenting_goals_parent_profile_id_child_id_fkey"
            " needs an index that begins with parent_profile_id, child_id"
        ),
    ),
    (
        """
        alter table parenting_goals add preferred_channel_of_communication integer
          constraint channel_check check (preferred_channel_of_communication > 0),
          add favourite_channel_of_communication integer
        """,
        "parenting_goals: channel_check should be named parenting_goals_preferred_channel_of_communication_check",
    ),
    (
        """
        alter table parenting_goals add preferred_channel_of_communication_with_neighbours integer
          constraint channel_check check (preferred_channel_of_communication_with_neighbours > 0)
        """,
        (
            "parenting_goals: channel_check should be named"
            " parenting_goals_preferred_channel_of_communication_with_neighbours_check"
        ),
    ),
]


@pytest.fixture(scope="module")
def own_dsn(migrated_copy: NewDatabase) -> str:
    """A migrated database for these tests only."""
    return migrated_copy("conventions")


@pytest.fixture
def own(own_dsn: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection whose changes are rolled back."""
    with psycopg.connect(own_dsn) as connection:
        yield connection
        connection.rollback()


def faults(connection: "psycopg.Connection[tuple[object, ...]]") -> list[str]:
    return [fault for _, fault in check_conventions(connection)]


def test_the_tree_keeps_the_conventions(own: "psycopg.Connection[tuple[object, ...]]") -> None:
    assert faults(own) == []


@pytest.mark.long
def test_breaches_are_named_and_every_convention_has_one(own: "psycopg.Connection[tuple[object, ...]]") -> None:
    broken: set[str] = set()
    unnamed = []
    for sql, fault in BROKEN:
        own.execute(sql.encode())
        found = check_conventions(own)
        own.rollback()
        broken |= {convention for convention, _ in found}
        unnamed += [] if fault in {said for _, said in found} else [(sql, fault)]
    assert unnamed == []
    assert sorted(broken) == sorted(conventions())


def test_what_is_right_but_unusual(own: "psycopg.Connection[tuple[object, ...]]") -> None:
    own.execute("""
        create extension btree_gist;
        create table godchildren (
          id bigint generated by default as identity,
          parent_profile_id bigint not null,
          sitter_id bigint,
          period daterange not null,
          woken time not null default '07:00',
          constraint godchildren_pkey primary key (parent_profile_id, id),
          constraint godchildren_parent_profile_id_fkey foreign key (parent_profile_id)
            references parent_profiles on delete cascade,
          constraint godchildren_sitter_id_fkey foreign key (sitter_id) references users on delete set null,
          constraint godchildren_id_period_key unique (id, period without overlaps),
          constraint godchildren_parent_profile_id_period_excl
            exclude using gist (parent_profile_id with =, period with &&)
        );
        create index godchildren_sitter_id_idx on godchildren (sitter_id) where sitter_id is not null;
        comment on table godchildren is 'Children of others. Kept until the account is erased.';
        comment on column godchildren.id is '[operational] Key.';
        comment on column godchildren.parent_profile_id is '[operational] The family.';
        comment on column godchildren.sitter_id is '[personal] Who sits with them.';
        comment on column godchildren.period is '[personal] When.';
        comment on column godchildren.woken is '[personal] When they wake up.';
    """)
    assert faults(own) == []
    own.execute("""
        drop index godchildren_sitter_id_idx;
        create index godchildren_sitter_id_idx on godchildren (sitter_id) where id > 7;
    """)
    assert faults(own) == ["godchildren: godchildren_sitter_id_fkey needs an index that begins with sitter_id"]


# Too long for a constraint to be named for it.
LONG: Final = "preferred_channel_of_communication_with_grandparents_and_aunts"


def stays(*more: str) -> str:
    """A table of families' rows, with more columns and constraints."""
    return f"""
        create table stays (
          id bigint generated by default as identity,
          parent_profile_id bigint not null,
          {", ".join(more)},
          constraint stays_pkey primary key (parent_profile_id, id),
          constraint stays_parent_profile_id_fkey foreign key (parent_profile_id)
            references parent_profiles on delete cascade
        );
    """


# What is right of unusual form, and a change that makes it wrong.
RIGHT: Final = {
    "a temporal key": (
        """
        create extension btree_gist;
        create table stays (
          id bigint generated by default as identity,
          parent_profile_id bigint not null,
          stay_id bigint,
          period daterange not null,
          constraint stays_pkey primary key (parent_profile_id, id, period without overlaps),
          constraint stays_parent_profile_id_fkey foreign key (parent_profile_id)
            references parent_profiles on delete cascade,
          constraint stays_parent_profile_id_stay_id_period_fkey foreign key (parent_profile_id, stay_id, period period)
            references stays (parent_profile_id, id, period period)
        );
        create index stays_parent_profile_id_stay_id_period_idx on stays
          using gist (parent_profile_id, stay_id, period);
        """,
        ("(parent_profile_id, stay_id, period);", "(stay_id) include (parent_profile_id, period);"),
        (
            "stays_parent_profile_id_stay_id_period_fkey needs an index that begins with"
            " parent_profile_id, stay_id, period"
        ),
    ),
    "a partial index of two": (
        f"""
        {
            stays(
                "family_id bigint",
                "child_id bigint",
                "constraint stays_family_id_child_id_fkey foreign key (family_id, child_id)"
                " references child_profiles on delete set null",
            )
        }
        create index stays_family_id_child_id_idx on stays (family_id, child_id)
         where family_id is not null and child_id is not null;
        """,
        ("family_id is not null and", "id is not null and"),
        "stays_family_id_child_id_fkey needs an index that begins with family_id, child_id",
    ),
    "columns of domains": (
        f"""
        create domain label as text check (char_length(value) <= 50);
        create domain title as label not null;
        {stays("label label", "title title")}
        """,
        ("<= 50", "> 0"),
        "title: needs a check of its length",
    ),
    "a name that is cut off": (
        stays(f"{LONG} integer", f"constraint stays_{LONG}_check check ({LONG} > 0)"),
        ("constraint stays_preferred", "constraint stays_favourite"),
        f"should be named stays_{LONG}_check",
    ),
    "a name that is shortened": (
        stays(f"{LONG} integer check ({LONG} > 0)"),
        ("integer check (", "integer constraint stays_channel_check check ("),
        f"should be named stays_{LONG}_check",
    ),
}


@pytest.mark.parametrize(("sql", "change", "fault"), RIGHT.values(), ids=RIGHT)
def test_what_is_right_and_what_makes_it_wrong(
    own: "psycopg.Connection[tuple[object, ...]]", sql: str, change: tuple[str, str], fault: str
) -> None:
    def said(sql: str) -> list[str]:
        own.execute(sql.encode())
        found = [said for said in faults(own) if "needs a comment" not in said]
        own.rollback()
        return found

    assert said(sql) == []
    assert any(said.endswith(fault) for said in said(sql.replace(*change)))


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("alter table users add constraint mail unique (email)", "users: mail should be named users_email_key"),
        (
            """create table days (day date constraint days_pkey primary key) partition by list (day);
               create table today partition of days for values in ('today');
               alter table users add day date constraint day references days on delete cascade""",
            "users: day should be named users_day_fkey",
        ),
    ],
)
def test_a_name_is_wrong_once(own: "psycopg.Connection[tuple[object, ...]]", sql: str, fault: str) -> None:
    """It isn't reported again for its index, or for each partition that it references."""
    own.execute(sql.encode())
    assert [found for found in faults(own) if "should be named" in found] == [fault]


def test_a_partition_is_part_of_its_table(own: "psycopg.Connection[tuple[object, ...]]") -> None:
    own.execute("""
        create table days (day date constraint days_pkey primary key) partition by list (day);
        create table today partition of days for values in ('today');
    """)
    assert {fault.split(".")[0].split(":")[0] for fault in faults(own)} == {"days"}


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select 1\n  from nowhere;", '2: relation "nowhere" does not exist'),
        ("drop table users;", "1: cannot execute DROP TABLE in a read-only transaction"),
    ],
)
def test_a_wrong_file(
    own: "psycopg.Connection[tuple[object, ...]]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str, why: str
) -> None:
    path = tmp_path / "conventions.sql"
    path.write_text(sql)
    monkeypatch.setattr("api.checks.conventions.CONVENTIONS", path)
    with pytest.raises(ScriptError, match=f"^conventions.sql:{re.escape(why)}$"):
        check_conventions(own)


def test_a_completed_profile_has_a_name(own: "psycopg.Connection[tuple[object, ...]]") -> None:
    own.execute("insert into users (username, email, password) values ('a', 'a@b.c', '$argon2id$' || repeat('c', 60))")
    with pytest.raises(psycopg.errors.CheckViolation, match="parent_profiles_completed_onboarding_check"):
        own.execute("insert into parent_profiles (user_id, completed_onboarding) select id, true from users")
