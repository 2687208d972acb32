"""Whose rights functions run with, and the schemas in which they look for what they name."""

from typing import Final

from api.database.aliases import Connection

OWN_PATH: Final = "search_path=public, pg_temp"
SYSTEM_PATH: Final = "search_path=pg_catalog, pg_temp"

# With their owner's rights, as the service may not do by itself what they do. So each has a search path of its own: a
# caller's would have them read and write tables of the caller's.
OWNERS: Final = {
    "apply_health_consent": OWN_PATH,
    "end_mailed_links": OWN_PATH,
    "forget_former_password": OWN_PATH,
    "keep_family_size": OWN_PATH,
    "mark_refusal": OWN_PATH,
    "release_pictures": OWN_PATH,
    "remove_year_old_events": SYSTEM_PATH,
    "renew_second_factor": OWN_PATH,
    "skip_repeated_event": SYSTEM_PATH,
}
# With their caller's rights, but not with their caller's search path.
CALLERS: Final = {
    "changed_fields": OWN_PATH,
    "forget_onboarding_copies": OWN_PATH,
    "has_answers_without_rows": OWN_PATH,
    "keep_health_consent": OWN_PATH,
    "merge_children": OWN_PATH,
    "merge_goals": OWN_PATH,
    "merge_onboarding": OWN_PATH,
    "next_merge_base": OWN_PATH,
    "onboarding_revision": OWN_PATH,
    "refuse_health_data": OWN_PATH,
    "refuse_lost_answers": OWN_PATH,
    "refuse_unknown_concerns": OWN_PATH,
    "takes_document": OWN_PATH,
}
# With their caller's rights, and a search path that doesn't matter: what they name has its schema, or is PostgreSQL's.
PLAIN: Final = {
    "child_digests",
    "children_digests",
    "count_values",
    "current_version",
    "email_key",
    "end_sessions_of_banned",
    "filled_fields",
    "fold",
    "given_revision",
    "health_fields",
    "is_blank",
    "is_json_moment",
    "is_large_routine",
    "is_text_list",
    "leaves_out",
    "limit_sessions",
    "mark_changed_since_check",
    "merge_patch",
    "needs_consent",
    "notify_caller_changed",
    "notify_mail_queued",
    "onboarding_children",
    "onboarding_digest",
    "onboarding_field",
    "onboarding_fields",
    "onboarding_goals",
    "onboarding_remainder",
    "plain_words",
    "refuse_audit_change",
    "refuse_consent_change",
    "refuse_health_fields",
    "refuse_large_document",
    "refuse_text_change",
    "refuses_health_data",
    "set_updated_at",
    "unconfirm_email",
    "username_key",
    "with_revision",
    "without_health_data",
}


async def test_rights_and_search_paths(database: Connection) -> None:
    functions = await database.fetch(
        "select proname, prosecdef,"
        " (select setting from unnest(proconfig) as setting where setting like 'search_path=%') as path"
        " from pg_proc as function where pronamespace = 'public'::regnamespace and not exists ("
        "select from pg_depend where classid = 'pg_proc'::regclass and objid = function.oid and deptype = 'e')"
    )
    assert {row["proname"] for row in functions if row["prosecdef"]} == OWNERS.keys()
    assert {row["proname"]: row["path"] for row in functions if row["path"]} == {**OWNERS, **CALLERS}
    assert {row["proname"] for row in functions if not row["path"]} == PLAIN
