"""Words and labels that statements write out are those that facts know, and those that columns are named for."""

from pathlib import Path
from typing import Final

import pytest

from api.app import load_facts
from api.checks.words import check_words
from api.database.queries import STATEMENTS
from api.database.statements.files import read_statements

ENUMS: Final = [["nl", "en"], ["staff", "user", "system"]]
INSERT: Final = "insert into audit_events (user_id, actor_kind, event)"
# What is wrong with a statement, if something is.
WRITTEN: Final = {
    f"{INSERT} values (:user_id, 'user', 'exported')": None,
    f"{INSERT} values (:user_id, 'system', 'exported')": (
        "write 'user' to actor_kind with 'exported', or correct its facts.py"
    ),
    f"{INSERT} values (:user_id, 'user', 'password_reset_asked')": (
        "write 'system' to actor_kind with 'password_reset_asked', or correct its facts.py"
    ),
    f"{INSERT} values (:user_id, 'user', 'account_banned')": (
        "write 'staff' to actor_kind with 'account_banned', or correct its facts.py"
    ),
    f"{INSERT} select id, 'staff'::audit_actor, case when id > 1 then 'logged_in' else 'registered' end from users": (
        "write 'user' to actor_kind with 'logged_in', or correct its facts.py"
    ),
    f"with gone as (delete from users where id = :id returning id) {INSERT} select id, 'user', 'erazed' from gone": (
        "'erazed' is no word of audit_events.event: correct it, or add it to the words of its facts.py"
    ),
    f"{INSERT} values (:user_id, 'user', :event)": None,
    f"{INSERT} select id, case when id > 1 then 'staff' else 'user' end::audit_actor,"
    " case when id > 1 then 'account_banned' else 'exported' end from users": None,
    f"{INSERT} select id, case when id > 1 then 'staff' else 'user' end::audit_actor,"
    " case when id > 1 then 'account_barred' else 'exported' end from users": (
        "'account_barred' is no word of audit_events.event: correct it, or add it to the words of its facts.py"
    ),
    f"{INSERT} select id, case when id > 1 then 'staff' else 'user' end::audit_actor, 'exported' from users": (
        "write 'user' to actor_kind with 'exported', or correct its facts.py"
    ),
    "select a.id from audit_events as a join hooks as h on h.id = a.id where h.event = 'pushed'": None,
    "select a.id from audit_events as a join hooks as h on h.id = a.id where a.event = 'pushed'": (
        "'pushed' is no word of audit_events.event: correct it, or add it to the words of its facts.py"
    ),
    "select id from audit_events join (select 'x' as event) as h on h.event = 'pushed' where user_id = 1": None,
    "select id from audit_events where event = 'erased'": None,
    "select id from audit_events as done where done.event in ('erased', 'exportet')": (
        "'exportet' is no word of audit_events.event: correct it, or add it to the words of its facts.py"
    ),
    "select count(*) filter (where event <> 'log_in') from audit_events": (
        "'log_in' is no word of audit_events.event: correct it, or add it to the words of its facts.py"
    ),
    "select case :language::text when 'en' then title_en else title_nl end from consent_texts": None,
    "select case :language::text when 'nl' then title_en else title_nl end from consent_texts": (
        "title_en is given where it's nl: correct one of them"
    ),
    "select concat(case when :language = 'en' then t.text_nl else t.text_nl end) from consent_texts as t": (
        "text_nl is given where it's en: correct one of them"
    ),
    "select case :language::text when 'en' then title_en else text_en end from consent_texts": (
        "text_en is given where it's nl: correct one of them"
    ),
    "select case :language::text when 'nl' then title_nl when 'en' then title_en end from consent_texts": None,
    "select case when :language <> 'nl' then title_en else title_nl end from consent_texts": None,
    "select case when :language = 'nl' then title_en else title_nl end from consent_texts": (
        "title_en is given where it's nl: correct one of them"
    ),
    "select case when :language in ('nl') then title_nl else title_nl end from consent_texts": (
        "title_nl is given where it's en: correct one of them"
    ),
    "select case when :language = 'nl' and title_nl <> '' then title_nl else title_en end from consent_texts": None,
    "select case when :l = 'nl' then title_nl when :m = 'en' then title_en else title_nl end from consent_texts": None,
    "select case :language::text when 'nl' then coalesce(title_nl, title_en) end from consent_texts": None,
    "select case :language::text when 'nl' then coalesce(title_en, title_nl) end from consent_texts": (
        "title_en is given where it's nl: correct one of them"
    ),
    "select case :l when 'nl' then case when :new then title_en else title_nl end end from consent_texts": None,
    "select case :kind::text when 'short' then title_en else title_nl end from consent_texts": None,
}


def test_the_tree_has_no_faults() -> None:
    words = load_facts().words
    assert check_words(STATEMENTS.values(), words, ENUMS) == []
    assert set(words["audit_events.event"].labels.values()) == {"staff", "user", "system"}


@pytest.mark.parametrize(("text", "said"), WRITTEN.items())
def test_what_is_written_out_wrongly_is_named(tmp_path: Path, text: str, said: str | None) -> None:
    (tmp_path / "queries.sql").write_text(f"-- Queries.\n\n-- name: do_it :many\n-- It.\n{text};\n")
    found = check_words(read_statements(tmp_path).values(), load_facts().words, ENUMS)
    assert [str(fault) for fault in found[:1]] == ([f"{tmp_path}/queries.sql:5: do_it: {said}"] if said else [])
