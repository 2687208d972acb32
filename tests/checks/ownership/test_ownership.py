"""The proof that statements reach only the caller's rows: statements that it accepts, and that it refuses."""

import re
from pathlib import Path
from typing import Final

import msgspec
import pytest

from api.checks.ownership.check import check_ownership, exemptions
from api.checks.ownership.owned_tables import OWNED, UNOWNED
from api.database.aliases import Connection
from api.database.statements.files import Statement, read_statements
from api.database.statements.parameters import substitute
from api.paths import ROOT
from tests.checks.ownership.ownership_examples import APART, LEAKS, MIXED, SOUND, TOGETHER, UNNEST
from tests.checks.ownership.ownership_mutants import MUTATIONS, OF_CALLS, mutants

DEMANDED = "parent_profile_id = :parent_profile_id"
QUERIES = ROOT / "sql" / "queries"


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def statement(folder: Path, sql: str, mode: str = ":many") -> dict[str, Statement]:
    (folder / "queries.sql").write_text(f"-- Queries.\n\n-- name: query {mode}\n-- A query.\n{sql};\n")
    return read_statements(folder)


def test_every_statement_is_restricted_to_the_caller() -> None:
    assert check_ownership(read_statements(QUERIES)) == []


# Owner columns that may be null: of a mail it may not be known whose address it goes to, and a file outlives
# its account until it's removed.
NULLABLE: Final = {"idempotency_keys": {"user_id"}, "mails": {"user_id"}, "pictures": {"user_id"}}


def test_lists_exempt_statements() -> None:
    assert exemptions(read_statements(QUERIES)).keys() == {
        "add_mail",
        "add_user",
        "claim_key",
        "confirm_email",
        "confirm_email_of_reset",
        "count_failure",
        "end_session_of_token",
        "erase_account",
        "find_email_owner",
        "find_passkey",
        "forget_pictures",
        "get_caller",
        "get_kept_answer",
        "get_login",
        "get_mail_figures",
        "get_password_reset",
        "get_position",
        "identify_session",
        "is_username_taken",
        "issue_password_resets",
        "keep_answer",
        "list_profiles_to_embed",
        "make_suggestions",
        "release_key",
        "remove_begun_apps",
        "remove_begun_passkeys",
        "remove_expired_confirmations",
        "remove_expired_devices",
        "remove_expired_resets",
        "remove_expired_sessions",
        "remove_mail",
        "remove_old_events",
        "remove_old_keys",
        "remove_old_suggestions",
        "remove_unsent_mails",
        "renew_session",
        "reset_password",
        "return_mail",
        "save_profile_embeddings",
        "take_mail",
        "take_removable_pictures",
        "remove_old_merge_bases",
    }


# Right joins whose left row is compared in the `where`, so that it's there.
SAME_ROWS: Final = {
    "export_account: right join",
    "get_email_status: right join",
    "get_own_words: right join",
    "get_second_factors: right join",
    "lock_account: right join",
    "lock_for_erasure: right join",
    "save_onboarding: right join",
}


@pytest.mark.long
def test_finds_every_mutant() -> None:
    statements = read_statements(QUERIES)
    tried: dict[str, int] = {}
    missed = set()
    anybodys = exemptions(statements).keys()
    for name, unspoiled in statements.items():
        for what, mutant in mutants(unspoiled):
            if name in anybodys and what not in OF_CALLS:
                continue
            tried[what] = tried.get(what, 0) + 1
            if not check_ownership({name: mutant}):
                missed.add(f"{name}: {what}")
    assert missed == SAME_ROWS
    assert tried.keys() == {what for what, *_ in MUTATIONS}


def test_names_file_line_statement_and_table(tmp_path: Path) -> None:
    [fault] = check_ownership(statement(tmp_path, "select id, 'é'\n  from child_profiles\n where id = :id"))
    assert (
        str(fault)
        == f"{tmp_path}/queries.sql:6: query: child_profiles is not restricted to the caller: demand {DEMANDED}"
    )


def test_names_what_compares_the_owner_and_proves_nothing(tmp_path: Path) -> None:
    sql = f"select id from child_profiles\n where age < 4\n    or {DEMANDED}"
    [fault] = check_ownership(statement(tmp_path, sql))
    assert str(fault) == (
        f"{tmp_path}/queries.sql:7: query: child_profiles is not restricted to the caller by what compares"
        f" parent_profile_id here: demand {DEMANDED}, in each branch of an or"
    )


@pytest.mark.parametrize("sql", MIXED.values(), ids=MIXED)
def test_an_exemption_keeps_calls_apart(tmp_path: Path, sql: str) -> None:
    note = "-- owner: none, because they are anybody's"
    for unbound in (sql, sql.replace(":parent_profile_id", ":token")):
        assert check_ownership(statement(tmp_path, f"{note}\n{unbound}", ":many :batch"))


@pytest.mark.parametrize("note", ["none", "none, because", "all, because I say so"])
def test_an_exemption_needs_a_reason(tmp_path: Path, note: str) -> None:
    [fault] = check_ownership(statement(tmp_path, f"-- owner: {note}\nselect id from users"))
    assert fault.what == "the note owner gives no reason: write `-- owner: none, because REASON`"


@pytest.mark.parametrize("sql", SOUND.values(), ids=SOUND)
def test_proves(tmp_path: Path, sql: str) -> None:
    assert check_ownership(statement(tmp_path, sql)) == []


@pytest.mark.parametrize("sql", LEAKS.values(), ids=LEAKS)
def test_refuses(tmp_path: Path, sql: str) -> None:
    assert check_ownership(statement(tmp_path, sql))


@pytest.mark.parametrize("sql", MIXED.values(), ids=MIXED)
def test_refuses_rows_of_another_call(tmp_path: Path, sql: str) -> None:
    assert check_ownership(statement(tmp_path, sql, ":many :batch"))


@pytest.mark.parametrize("sql", APART.values(), ids=APART)
def test_proves_that_a_row_is_of_one_call(tmp_path: Path, sql: str) -> None:
    assert check_ownership(statement(tmp_path, sql, ":many :batch")) == []


@pytest.mark.parametrize("sql", TOGETHER.values(), ids=TOGETHER)
def test_refuses_a_row_of_two_calls(tmp_path: Path, sql: str) -> None:
    faults = check_ownership(statement(tmp_path, sql, ":many :batch"))
    assert [fault.what.split(":")[0] for fault in faults] == ["apart"]


def test_every_batch_that_updates_is_apart_by_its_key() -> None:
    updates = [statement for statement in read_statements(QUERIES).values() if statement.apart]
    assert {"update_child_profile", "update_parenting_goal"} <= {statement.name for statement in updates}
    for update in updates:
        for name in set(update.parameters) - set(update.apart):
            [fault] = check_ownership({update.name: msgspec.structs.replace(update, apart=(*update.apart, name))})
            assert fault.what.startswith(f"apart: calls that differ in :{name} can be for one row")


# Without those that name a table or a type that the schema lacks.
EXAMPLES = {
    name: sql
    for name, sql in {**SOUND, **LEAKS, **MIXED, **APART, **TOGETHER}.items()
    if not {"diaries", "pairs"} & {*words(sql)}
}


@pytest.mark.parametrize("sql", EXAMPLES.values(), ids=EXAMPLES)
async def test_the_examples_are_sql(database: Connection, sql: str) -> None:
    text, _ = substitute(sql)
    await database.prepare(text)


def test_a_window_of_each_call_is_sound(tmp_path: Path) -> None:
    sql = f"""
        select wanted.call, count(*) over (partition by wanted.call) as children
          from {UNNEST} join child_profiles as c on c.parent_profile_id = wanted.parent_profile_id"""
    assert check_ownership(statement(tmp_path, sql, ":many :batch")) == []


def test_the_first_row_of_each_call_is_sound(tmp_path: Path) -> None:
    sql = f"""
        select distinct on (wanted.call) wanted.call, c.id
          from {UNNEST} join child_profiles as c on c.parent_profile_id = wanted.parent_profile_id
         order by wanted.call, c.id"""
    assert check_ownership(statement(tmp_path, sql, ":many :batch")) == []


async def test_the_lists_of_tables_are_those_of_the_schema(database: Connection) -> None:
    relations = await database.fetch(
        """select relname, relkind::text from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
              and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')"""
    )
    assert {kind for _, kind in relations} == {"r"}
    migrations = {name for name, _ in relations if name.startswith(("_yoyo", "yoyo_", "migration_"))}
    assert {name for name, _ in relations} - migrations == (OWNED.keys() | UNOWNED) - {"_yoyo_migration"}


@pytest.mark.parametrize("name", OWNED)
async def test_owner_columns_are_those_of_the_schema(database: Connection, name: str) -> None:
    rows = await database.fetch(
        """select indexes.relname, array_agg(attname::text) as columns
             from pg_index
             join pg_class as indexes on indexes.oid = indexrelid
             join pg_attribute on attrelid = indexrelid
            where indrelid = to_regclass($1) and indisunique
            group by indexes.relname""",
        name,
    )
    columns = {row["relname"]: row["columns"] for row in rows}
    for constraint, column in OWNED[name].unique.items():
        assert column in columns[constraint]
    not_null = await database.fetch(
        "select attname::text from pg_attribute where attrelid = to_regclass($1) and attnotnull", name
    )
    assert OWNED[name].owners.keys() - {column for (column,) in not_null} == NULLABLE.get(name, set())


async def test_no_function_uses_an_owned_table_but_for_the_family_of_the_row_that_is_written(
    database: Connection,
) -> None:
    sources = await database.fetch(
        """select proname, coalesce(pg_get_function_sqlbody(p.oid), prosrc) as source
             from pg_proc as p left join pg_depend as d on d.objid = p.oid and d.deptype = 'e'
            where pronamespace = 'public'::regnamespace and d.objid is null"""
    )
    assert len(sources) >= 5
    readers = {name for name, source in sources if any(table in source for table in OWNED)}
    assert readers == {
        *("end_mailed_links", "end_sessions_of_banned", "forget_former_password", "keep_family_size"),
        *("limit_sessions", "release_pictures", "renew_second_factor"),
        # Counts events of the account that an event is of.
        "skip_repeated_event",
        # Removes what is old, whose it was.
        "remove_year_old_events",
        # Have the account or family of the row, or that a statement gives them.
        *("keep_health_consent", "mark_refusal", "needs_consent", "refuse_consent_change", "refuses_health_data"),
        *("refuse_health_data", "takes_document"),
        # Looks whether anybody answered a text.
        "refuse_text_change",
        # Say the table, or library_suggestions, in an error only.
        *("forget_onboarding_copies", "refuse_unknown_concerns"),
        *("has_answers_without_rows", "refuse_lost_answers"),
    }
