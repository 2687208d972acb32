"""How many rows statements give, in which order, and what they lock: the tree has no faults, and breaches are named."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from api.checks.rows.catalog import read_keys
from api.checks.rows.check import check_rows, rows_faults
from api.database.aliases import Connection
from api.database.queries import STATEMENTS
from api.database.statements.files import read_statement_file
from tests.checks.rows.rows_mutants import MUTATIONS, mutants

SINGLE: Final = "compare a whole key with `=`, or note `-- single: REASON`: there may be several rows"
# A statement, what of it becomes what, and what is said of that.
PLANTED: Final = [
    ("list_child_profiles", "order by found.id", "", "order these rows by a key"),
    ("list_child_profiles", "order by wanted.call, child.id", "", "end its `order by` with a key"),
    ("list_child_profiles", "order by wanted.call, child.id", "order by wanted.call, child.name", "end its `order by`"),
    ("list_child_profiles", "limit wanted.count", "", "give it `limit :count`"),
    ("list_child_profiles", "limit wanted.count", "limit 1000000", "write `limit :count` or a number up to 1000"),
    ("list_child_profiles", "found.id > wanted.after", "found.id > 0", "compare :after with what its rows"),
    ("list_child_profiles", "order by found.id", "order by found.id desc", "compare :after with what its rows"),
    ("list_child_profiles", "order by found.id", "order by found.name, found.id", "compare :after with what its rows"),
    ("list_activity", "order by happened_at desc, id desc", "order by happened_at desc, id", "compare :before_id with"),
    ("list_activity", "order by happened_at desc, id desc", "order by happened_at desc", "order these rows by a key"),
    ("list_sessions", "limit :count", "limit greatest(:count, 10000)", "this limits nothing"),
    ("get_family", "order by id", "", "write `json_agg(… order by …, id)`"),
    ("get_own_words", "order by name", "", "order the rows of the array by a key"),
    ("add_child_profiles", "order by child.position", "", "order what is given by its place"),
    ("update_child_profile", "order by parent_profile_id, id", "", "order what is given by the key of child_profiles"),
    (
        "update_child_profile",
        "order by parent_profile_id, id",
        "order by id",
        "order what is given by the key of child",
    ),
    ("fill_limits", "order by subject", "", "order what is given by the key of rate_limits"),
    ("sync_parenting_goals", "order by goal.id", "", "order what is locked by its key"),
    ("get_child_profile", "child.id = wanted.id", "child.id >= wanted.id", SINGLE),
    ("end_session", "and id = :id", "and (id = :id or created_at < now())", SINGLE),
    ("get_caller", "session.token_digest = wanted.token_digest", "session.id > 0", SINGLE),
    ("find_email_owner", "and email_confirmed_at is not null", "", SINGLE),
    ("take_mail", "limit 1", "limit 2", SINGLE),
    ("remove_expired_sessions", "limit 200", "", "choose rows of sessions in a subquery with a `limit`"),
    ("delete_child_profile", "for update", "", "read child_profiles `for update`"),
    ("add_session", "for no key update", "", "read users `for update`"),
    ("hold_user", "for no key update", "", "end it with `for update`"),
    ("end_session", "select user_id\n  from ended", "select :user_id::bigint as user_id", "give a column of what was"),
    ("get_child_profile", "-- One", "-- order: nothing is.\n-- One", "has nothing that its note order could be about"),
]
# Statements that are right, unusual as they may be.
RIGHT: Final = [
    (":many", "select id from child_profiles where parent_profile_id = :parent_profile_id order by id limit :count"),
    (":many", "select slug from library_suggestions order by slug"),
    (":many", "select category, count(slug) as texts from library_suggestions group by category order by category"),
    (":many", "select distinct category from library_suggestions order by category"),
    (":many", "select 1 as one union select 2 order by one"),
    (":maybe", "select id from users where fold(username) = fold(:username)"),
    (":maybe", "select id from users where email_key(email) = :email and email_confirmed_at is not null"),
    (":maybe", "select s.id from sessions as s join users as u on u.id = s.user_id where s.token_digest = :digest"),
    (":maybe", "select p.id from users as u left join parent_profiles as p on p.user_id = u.id where u.id = :user_id"),
    (":maybe", "select id from users where id is not distinct from :user_id"),
    (":maybe", "select max(id) from child_profiles where parent_profile_id = :parent_profile_id having count(*) > 0"),
    (":maybe", "select id from child_profiles where (parent_profile_id, id) = (:parent_profile_id, :id)"),
    (":maybe", "select id from child_profiles where parent_profile_id = :parent_profile_id order by id limit 1"),
    (":maybe", "with u as (table users) select p.id from parent_profiles p join u on u.id = user_id where u.id = :id"),
    (":value", "select exists (select from child_profiles where parent_profile_id = :parent_profile_id)"),
    (":one", "insert into users (username, email, password) values (:username, :email, :password) returning id"),
    (":maybe", "delete from sessions where user_id = :user_id and id = :id returning id"),
]  # fmt: skip
# Mutants that aren't named. Of those with a note its reason tells why; what ends them is said for the others.
EQUIVALENT: Final = {
    # Without the parameter, `bind` refuses them.
    **{f"export_{what}: no limit": 1 for what in ("children", "goals", "suggestions", "events")},
    "list_profiles_to_embed: no limit": 1,
    # The table is small.
    "list_texts_to_embed: no limit": 1,
    # Rows that are skipped where they're locked make nobody wait.
    "save_profile_embeddings: no order": 1,
    # By their notes.
    "add_session: no order": 1,
    "claim_key: no lock": 1,
    "erase_account: no lock": 1,
    "get_mail_figures: a limit that limits nothing": 1,
    "issue_password_resets: no order": 1,
    "list_profiles_to_embed: no order": 2,
    "make_suggestions: a limit that limits nothing": 2,
    "make_suggestions: less of an order": 2,
    "make_suggestions: no limit": 2,
    "make_suggestions: no lock": 1,
    "make_suggestions: no order": 2,
    "save_onboarding: no lock": 1,
    "save_onboarding: no order": 2,
    "save_onboarding: no order of a list": 1,
    "take_removable_pictures: no order": 1,
}


async def test_the_tree_has_no_faults(database: Connection) -> None:
    assert await check_rows(database, STATEMENTS.values()) == []


async def test_planted_faults_are_named(database: Connection, tmp_path: Path) -> None:
    catalog = await read_keys(database)
    unnamed = []
    for name, old, new, named in PLANTED:
        path = tmp_path / STATEMENTS[name].path.name
        text = STATEMENTS[name].path.read_text("utf-8")
        before, header, rest = text.partition(f"-- name: {name} ")
        assert old in rest
        path.write_text(before + header + rest.replace(old, new, 1))
        [statement] = [each for each in read_statement_file(path) if each.name == name]
        found = [fault.what for fault in rows_faults(catalog, statement)]
        if not any(named in what for what in found):
            unnamed.append((name, old, new, found))
    assert unnamed == []


async def test_right_statements_have_no_faults(database: Connection, tmp_path: Path) -> None:
    catalog = await read_keys(database)
    path = tmp_path / "queries.sql"
    refused = []
    for mode, sql in RIGHT:
        path.write_text(f"-- Queries.\n\n-- name: query {mode}\n{sql};\n")
        [statement] = read_statement_file(path)
        await database.prepare(statement.text)
        refused += [(sql, fault.what) for fault in rows_faults(catalog, statement)]
    assert refused == []


@pytest.mark.long
async def test_finds_every_mutant(database: Connection) -> None:
    catalog = await read_keys(database)
    tried: set[str] = set()
    missed: Counter[str] = Counter()
    for statement in STATEMENTS.values():
        for what, mutant in mutants(statement):
            tried.add(what)
            missed[f"{statement.name}: {what}"] += not list(rows_faults(catalog, mutant))
    assert +missed == Counter(EQUIVALENT)
    assert tried == MUTATIONS
