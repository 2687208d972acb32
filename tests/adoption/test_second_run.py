"""A second run copies what changed there since, and never writes over what changed here."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from api.adoption import adopting, copying
from api.paths import ROOT
from tests.adoption.conftest import Adopt, Databases, MakeDatabases, environment, run_recipe

pytestmark = pytest.mark.long

Connection = psycopg.Connection[Any]
# Runs with small ranges, so that there are some to be killed between.
IN_RANGES = "import api.adoption.copying as c; c.RANGE = 10; from api.__main__ import main; main(['adopt'])"


@pytest.fixture(scope="module")
def databases(make_databases: MakeDatabases) -> Databases:
    return make_databases(300)


@pytest.fixture
def old(databases: Databases) -> Iterator[Connection]:
    with psycopg.connect(databases.old, autocommit=True, options="-csearch_path=app") as connection:
        yield connection


@pytest.fixture
def new(databases: Databases) -> Iterator[Connection]:
    with psycopg.connect(databases.new, autocommit=True) as connection:
        yield connection


def one(connection: Connection, query: str) -> Any:
    return connection.execute(query.encode()).fetchone()


def test_killed_and_run_again(make_databases: MakeDatabases, adopt: Adopt) -> None:
    databases = make_databases(300)
    with psycopg.connect(databases.new, autocommit=True) as new:
        process = subprocess.Popen(
            [sys.executable, "-c", IN_RANGES], cwd=ROOT, env=environment(databases), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while one(new, "select to_regclass('adoption.adopted_rows')") == (None,) or not one(
            new, "select 1 from adoption.adopted_rows"
        ):
            assert time.monotonic() < deadline
        process.send_signal(signal.SIGKILL)
        process.wait()
        [(killed,)] = new.execute("select count(*) from users").fetchall()
        assert 0 < killed < 300
        # A range is all there or not there at all.
        assert one(new, "select count(*) from users where id not in (select id from adoption.adopted_rows)") == (0,)
        assert one(new, "select count(*) from pg_trigger where tgenabled = 'D'") == (0,)
    again = adopt(databases)
    assert again.status == 0
    assert f"{300 - killed:>9,}  users            insert" in again.err
    assert adopt(databases, "--verify").status == 0


@pytest.fixture(scope="module")
def copied(databases: Databases) -> Databases:
    """The databases, with everything copied."""
    ran = run_recipe(databases)
    assert ran.status == 0, ran.err
    return databases


def test_what_changed_there(copied: Databases, old: Connection, new: Connection, adopt: Adopt) -> None:
    bram = "select id from child_profiles where parent_profile_id = 4 and name = 'Geheim Bram'"
    before = one(new, bram)
    versions = "select array_agg(updated_at order by id) from users where id in (3, 9, 6)"
    first, second, same = one(new, versions)[0]
    # The releases before noted what rows are by the same columns.
    noted = """
        select count(*)
          from adoption.adopted_rows as adopted
          join child_profiles as child using (id)
         where of_table = 'child_profiles'
           and digest <> md5(row(child.id, parent_profile_id, name, age, special_needs, routines, development_notes,
                                 last_assessment, created_at, updated_at)::text)::uuid
    """
    assert one(new, noted) == (0,)
    old.execute(
        """update users set username = case id when 3 then 'geheim-2' else 'geheim-1' end where id in (3, 6);
           insert into users (id, username, email, password) values (5000, 'geheim nieuw', 'geheim@voorbeeld.nl', '');
           delete from parenting_goals where parent_profile_id = 20;
           delete from "childProfiles" where "parentProfileId" = 20;
           delete from parent_profiles where user_id = 30;
           delete from chats where user_id = 30;
           delete from users where id = 30;
           update parent_profiles set onboarding_data = jsonb_set(
             jsonb_set(onboarding_data, '{childProfiles,0,age}', '9'),
             '{childProfiles,1}', '{"name": "Geheim Fien", "age": 1}'
           ) where id = 4"""
    )
    assert adopt(copied).status == 0
    assert one(new, "select array_agg(username order by id) from users where id in (3, 6)") == (
        ["geheim-2", "geheim-1"],
    )
    # What clients were given of an account is of another version.
    later, too, unchanged = one(new, versions)[0]
    assert (later > first, unchanged == same, too > second) == (True, True, True)
    assert one(new, "select count(*) from users where id in (30, 5000)") == (1,)
    assert one(new, "select array_agg(name || age order by name) from child_profiles where parent_profile_id = 4") == (
        ["Geheim Bram9", "Geheim Fien1"],
    )
    # A child that was there before is the same one.
    assert one(new, bram) == before
    assert one(new, "select nextval(pg_get_serial_sequence('users', 'id'))") == (5001,)
    assert adopt(copied, "--verify").status == 0
    assert " insert" not in adopt(copied, "--dry-run").err


def test_what_changed_here_stays(copied: Databases, old: Connection, new: Connection, adopt: Adopt) -> None:
    new.execute("update child_profiles set age = 11 where parent_profile_id = 8 and name = 'Geheim Bram'")
    new.execute("insert into child_profiles (parent_profile_id, name, age) values (10, 'Fien', 1)")
    new.execute("delete from users where id = 18")
    new.execute("insert into users (id, username, email, password) values (6000, 'a', 'a@b', '$argon2id$x')")
    # The name that one takes there was taken here meanwhile.
    new.execute("update users set username = 'geheim ander' where id = 21")
    old.execute(
        """update parent_profiles set onboarding_data = jsonb_set(onboarding_data, '{childProfiles,0,age}', '12')
            where id = 8;
           update parent_profiles set name = 'Geheim anders' where id = 12;
           update users set email = 'geheim-anders@voorbeeld.nl' where id in (18, 24);
           update users set username = 'GEHEIM ANDER' where id = 24;
           delete from chats where user_id = 15;
           delete from parent_profiles where user_id = 15;
           delete from users where id = 15;
           insert into users (id, username, email, password)
           values (6000, 'geheim 6000', 'geheim-6000@voorbeeld.nl', '');
           insert into parent_profiles (user_id, name, stress_level, experience_level, onboarding_data)
           values (6000, 'Geheim', 'low', 'first_time', '{}')"""
    )
    told = adopt(copied)
    assert told.status == 1
    [child] = one(new, "select array_agg(id::text) from child_profiles where parent_profile_id = 8 and age = 11")
    assert {
        ("changed_here", child[0]), ("changed_here", "15"), ("changed_here", "10"), ("removed_here", "18"),
        ("taken", "6000"), ("users_username_key", "24"),
    } <= told.findings  # fmt: skip
    assert one(new, "select count(*) from child_profiles where parent_profile_id = 10") == (3,)
    assert one(new, "select count(*) from users where id in (15, 18)") == (1,)
    # Nobody gets into a profile that isn't theirs.
    assert one(new, "select count(*) from parent_profiles where user_id = 6000") == (0,)
    assert one(new, "select username from users where id = 24") == ("GEHEIM ANDER-24",)
    assert adopt(copied, "--verify").status == 1


def test_rules_decide_otherwise(
    make_databases: MakeDatabases, adopt: Adopt, tmp_path_factory: pytest.TempPathFactory
) -> None:
    databases = make_databases(100)
    file = tmp_path_factory.mktemp("rules") / "rules.toml"
    file.write_text(
        'users_email_check = "leave out"\nusers_username_key = "leave out"\nusers_email_not_null = "placeholder"\n'
    )
    told = adopt(databases, "--rules", str(file), "--timezone", "Europe/Amsterdam")
    assert ("users_email_check", "180") in told.findings
    assert "users_email_check: leave out\n" in told.err
    with psycopg.connect(databases.new) as connection:
        assert one(connection, "select count(*) from users where id in (180, 27)") == (0,)
        assert one(connection, "select created_at::text from users where id = 3") == ("2024-01-01 11:00:01+00",)
    for rules, message in (
        ('users_email_check = "nonsense"', "'placeholder', 'leave out'"),
        ('nonsense_key = "keep"', "nonsense_key: no constraint of the tables that are adopted"),
        ("nonsense", "rules.toml: "),
    ):
        file.write_text(rules)
        refused = adopt(databases, "--rules", str(file))
        assert (refused.status, message in refused.err, refused.out) == (1, True, ""), refused.err


def test_a_profile_that_changed_here_keeps_its_family(
    copied: Databases, old: Connection, new: Connection, adopt: Adopt
) -> None:
    new.execute("update parent_profiles set bio = 'Anders' where id = 32")
    old.execute(
        "update parent_profiles set onboarding_data = onboarding_data - 'childProfiles', bio = '' where id = 32"
    )
    told = adopt(copied)
    assert (told.status, ("changed_here", "32") in told.findings) == (1, True)
    assert one(new, "select count(*) from child_profiles where parent_profile_id = 32") == (2,)


def test_what_changes_here_meanwhile_stays(
    make_databases: MakeDatabases, adopt: Adopt, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases = make_databases(20)
    assert adopt(databases).status == 0
    with (
        psycopg.connect(databases.new, autocommit=True) as new,
        psycopg.connect(databases.old, autocommit=True, options="-csearch_path=app") as old,
    ):
        old.execute(
            """update users set email = 'geheim-daar@voorbeeld.nl' where id = 3;
               update parent_profiles set bio = 'Daar' where id in (2, 8);
               update parent_profiles set onboarding_data = onboarding_data - 'childProfiles', bio = '' where id = 6;
               delete from chats where user_id = 15;
               delete from parent_profiles where user_id = 15;
               delete from users where id = 15"""
        )

        def after_planning(*_: object) -> None:
            new.execute(
                """update users set email = 'geheim-hier@voorbeeld.nl' where id = 3;
                   update parent_profiles set bio = 'Hier' where id = 6;
                   insert into child_profiles (parent_profile_id, name, age) values (10, 'Fien', 1)"""
            )

        copy_range = copying._copy_range

        def between_ranges(connection: Connection, first: int, last: int) -> None:
            new.execute("update parent_profiles set bio = 'Hier' where id = 2")
            copy_range(connection, first, last)

        monkeypatch.setattr(adopting, "_refuse_another_database", after_planning)
        monkeypatch.setattr(copying, "_copy_range", between_ranges)
        told = adopt(databases)
        assert told.status == 1
        assert {("changed_here", id) for id in ("3", "2", "6", "15", "10")} <= told.findings
        assert one(new, "select email from users where id = 3") == ("geheim-hier@voorbeeld.nl",)
        assert one(new, "select array_agg(bio order by id) from parent_profiles where id in (2, 6, 8)") == (
            ["Hier", "Hier", "Daar"],
        )
        assert one(new, "select count(*) from child_profiles where parent_profile_id = 6") == (2,)
        assert one(new, "select count(*) from child_profiles where parent_profile_id = 10") == (3,)


def test_an_account_that_is_gone_there_and_changed_here_keeps_its_family(
    copied: Databases, old: Connection, new: Connection, adopt: Adopt
) -> None:
    new.execute("update users set email = 'geheim-hier@voorbeeld.nl' where id = 51")
    old.execute(
        "delete from chats where user_id = 51;"
        "delete from parent_profiles where user_id = 51; delete from users where id = 51"
    )
    assert ("changed_here", "51") in adopt(copied).findings
    assert one(new, "select count(*) from child_profiles where parent_profile_id = 34") == (2,)


def test_another_database_removes_nobody(make_databases: MakeDatabases, adopt: Adopt) -> None:
    first, second = make_databases(20), make_databases(10)
    mistaken = Databases(second.old, first.new)
    assert adopt(first).status == 0
    refused = adopt(mistaken)
    assert refused.status == 1
    assert "10 of 20 rows of users that were adopted are gone there: is it the right database?" in refused.err
    with psycopg.connect(first.new, autocommit=True) as connection:
        assert one(connection, "select count(*) from users") == (20,)
        assert adopt(mistaken, "--many-gone").status == 0
        assert one(connection, "select count(*) from users") == (10,)
    with psycopg.connect(second.old, autocommit=True) as connection:
        connection.execute("delete from app.parent_profiles where id < 10")
        assert "4 of 9 rows of parent_profiles that were adopted are gone there" in adopt(mistaken).err


def test_the_owner_of_the_tables_adopts(make_databases: MakeDatabases, adopt: Adopt) -> None:
    """No superuser is needed: managed servers give none."""
    databases = make_databases(12)
    with psycopg.connect(databases.new, autocommit=True) as connection:
        [name] = one(connection, "select current_database()")
        connection.execute(
            f"""create role adopter login in role nestwerk_owner;
                grant create, temporary on database {name} to adopter""".encode()
        )
        try:
            owner = Databases(databases.old, databases.new.replace("postgres@", "adopter@"))
            copied = adopt(owner)
            assert copied.status == 0, copied.err
            assert adopt(owner, "--verify").status == 0
            assert adopt(owner, "--finish", "--yes").status == 0
        finally:
            connection.execute("drop owned by adopter; drop role adopter")


def test_what_a_parent_declined_here_is_not_taken(make_databases: MakeDatabases, adopt: Adopt) -> None:
    databases = make_databases(25)
    copied = adopt(databases)
    # What the old system doesn't know is no fault of its rows.
    assert not {name for name, _ in copied.findings if "refuses_health_data" in name or "updated_at" in name}
    with psycopg.connect(databases.new, autocommit=True) as new:
        mine = "(select id from parent_profiles where user_id = 51)"
        new.execute(
            "insert into consents (user_id, purpose, version, withdrawn_at) values (51, 'health_data', 1, now())"
        )
        with psycopg.connect(databases.old, autocommit=True, options="-csearch_path=app") as old:
            old.execute(
                f"""insert into "childProfiles" ("parentProfileId", name, age, "specialNeeds")
                    values ({mine}, 'Geheim nieuw', 3, '{{slaap}}');
                    insert into parenting_goals (parent_profile_id, title) values ({mine}, 'Geheim nieuw')"""
            )
        adopt(databases)
        assert one(
            new, "select special_needs, refuses_health_data from child_profiles where name = 'Geheim nieuw'"
        ) == ([], True)
        assert one(new, f"select count(*) from parenting_goals where parent_profile_id = {mine}") == (0,)
        assert " insert" not in adopt(databases, "--dry-run").err
