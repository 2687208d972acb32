"""Mistakes in sql/roles.sql that only a server shows which others use, or on which everybody lost rights, are named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from api.checks.grants.other_server import check_on_other_server
from api.paths import ROLES
from tests.conftest import NewDatabase

Connection = psycopg.Connection[Any]
PLACE: Final = "sql/roles.sql: on a server that others use, "
ALONE: Final = "have the file leave it alone"
TAKE_BACK: Final = "have the file take that back"
GIVE: Final = "have the file give it to nestwerk_owner"
GRANT: Final = "grant execute, as PUBLIC may have lost it"
END: Final = "\ncommit;\n"
# The line of the file before its end.
LAST: Final = ROLES.read_text("utf-8").partition(END)[0].count("\n") + 1
OF_OWNER: Final = "and proowner = 'nestwerk_owner'::regrole"
OF_TABLES: Final = "and relowner = 'nestwerk_owner'::regrole"
TAKING: Final = "if pg_has_role(object.owner, 'usage')\n       and ("
# What is replaced in the file, by what, and the faults that result; of many faults some, and how they begin.
PLANTED: Final = [
    (
        "elsif not object.is_triggers then",
        "elsif false then",
        [
            f"{role} may not run changed_fields(text,jsonb,jsonb), "
            for role in ("nestwerk_reader", "nestwerk_service")
        ],
    ),
    (
        "to nestwerk_service, nestwerk_reader', object.name);\n    end if;",
        "to nestwerk_service', object.name);\n    end if;",
        ["nestwerk_reader may not run changed_fields(text,jsonb,jsonb), "],
    ),
    (
        "and e.extname = 'vector'",
        "and e.extname = 'postgis'",
        [
            f"{role} may not run array_to_halfvec(double precision[],integer,boolean), "
            for role in ("nestwerk_reader", "nestwerk_service")
        ],
    ),
    (
        END,
        "revoke execute on function fold(text) from nestwerk_service;"
        "revoke execute on function fold(text), vector_dims(vector), vector_norm(vector), l2_normalize(vector)"
        " from nestwerk_reader;" + END,
        [
            f"nestwerk_reader may not run fold(text), l2_normalize(vector), vector_dims(vector) and 1 more: {GRANT}",
            f"nestwerk_service may not run fold(text): {GRANT}",
        ],
    ),
    (
        "'foreign table', 'sequence',",
        "'foreign table',",
        [
            f"roles_check_ours_sequence stays postgres's: {GIVE}",
            *(
                f"PUBLIC may still {privilege} on sequence roles_check_ours_sequence: {TAKE_BACK}"
                for privilege in ("have usage", "select", "update")
            ),
        ],
    ),
    (
        "'aggregate', 'type',",
        "'aggregate',",
        [f"{name} stays postgres's: {GIVE}" for name in ("roles_check_ours_pair", "stress_level")],
    ),
    (
        "'composite type', 'statistics object',",
        "'composite type',",
        [f"roles_check_ours_statistics stays postgres's: {GIVE}"],
    ),
    (
        "and relkind in ('r', 'p', 'v', 'm', 'f', 'S')",
        "and relkind in ('r', 'p', 'v', 'm', 'f')",
        [f"PUBLIC may still select on sequence roles_check_ours_sequence: {TAKE_BACK}"],
    ),
    (
        "if object.is_owners then",
        "if false then",
        [f"PUBLIC may still execute on function roles_check_ours_definer(): {TAKE_BACK}"],
    ),
    (
        TAKING,
        "if true or (",
        [
            f"{name} is another role's and becomes nestwerk_owner's: {ALONE}"
            for name in (
                "roles_check_theirs", "roles_check_theirs_a_seq", "roles_check_theirs_definer()",
                "roles_check_theirs_function()", "roles_check_theirs_pair", "roles_check_theirs_sequence",
                "roles_check_theirs_statistics", "roles_check_theirs_view", "roles_check_theirs_word",
            )
        ],
    ),
    (
        OF_OWNER,
        "",
        [
            f"roles_check_theirs_{name}() is another role's and gets other grants: {ALONE}"
            for name in ("definer", "function")
        ],
    ),
    (
        OF_TABLES,
        "",
        [
            f"roles_check_theirs{name} is another role's and gets other grants: {ALONE}"
            for name in ("", "_sequence", "_view")
        ],
    ),
    (
        END,
        "grant select on all sequences in schema public to nestwerk_reader;" + END,
        # One that had no grants.
        [f"roles_check_theirs_b_seq is another role's and gets other grants: {ALONE}"],
    ),
    (
        END,
        "alter view roles_check_theirs_view owner to postgres;" + END,
        [f"roles_check_theirs_view is another role's and becomes the first superuser's: {ALONE}"],
    ),
    (
        END,
        "do $$ begin execute format('alter role nestwerk_reader connection limit %s', 2 + ("
        "select rolconnlimit from pg_roles where rolname = 'nestwerk_reader')); end $$;" + END,
        ["running it again changes the settings of nestwerk_reader: have it make what it made before"],
    ),
    (
        END,
        "do $$ begin execute format('%s select on users %s pg_monitor', variadic case"
        " when has_table_privilege('pg_monitor', 'users', 'select') then array['revoke', 'from']"
        " else array['grant', 'to'] end); end $$;" + END,
        ["running it again changes the grants of users: have it make what it made before"],
    ),
    (END, "grant usage on type roles_check to nestwerk_reader;" + END, [f"it fails: roles.sql:{LAST}: "]),
    (END, "\ncommit;\n\ngrnt", [f"it fails: roles.sql:{LAST + 3}: syntax error"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def unmade(migrated_copy: NewDatabase) -> Iterator[Connection]:
    """A superuser's connection to a database that the file never ran on."""
    with psycopg.connect(migrated_copy("roles_unmade"), autocommit=True, prepare_threshold=None) as connection:
        yield connection


def state(connection: Connection) -> Any:
    return connection.execute(
        "select array(select rolname from pg_roles order by 1), array(select (classid, objid, refobjid, deptype)::text"
        " from pg_shdepend order by 1), array(select relacl::text from pg_class order by oid)"
    ).fetchall()


def test_the_file_is_right_and_all_is_undone(unmade: Connection) -> None:
    before = state(unmade)
    assert check_on_other_server(unmade) == []
    assert state(unmade) == before


@pytest.mark.parametrize(("right", "wrong", "wanted"), PLANTED)
def test_mistakes_are_named(unmade: Connection, tmp_path: Path, right: str, wrong: str, wanted: list[str]) -> None:
    text = ROLES.read_text("utf-8")
    assert right in text
    path = tmp_path / "roles.sql"
    path.write_text(text.replace(right, wrong), "utf-8")
    found = check_on_other_server(unmade, path)
    assert [fault for fault in wanted if not any(each.startswith(PLACE + fault) for each in found)] == []
