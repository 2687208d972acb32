"""What each check constraint takes and refuses: the values on both sides of all of its edges."""

from typing import Final, NamedTuple

import pytest

from api.database.aliases import Connection
from tests.schema.rows import insertion, outcome
from tests.schema.values import (
    DIGEST,
    EMAIL,
    MOMENT,
    SCRYPT,
    WORD,
    WORDS,
    bytes_of,
    list_of,
    number,
    object_of,
    text,
    title,
)


class Check(NamedTuple):
    """Values in SQL that a check constraint takes and refuses, of a column or of several with commas."""

    name: str
    columns: str
    takes: tuple[str, ...]
    refuses: tuple[str, ...]


# Those of each table.
CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "audit_events": (
        Check("audit_events_actor_check", "actor", *text(1, 200)),
        Check("audit_events_details_check", "details", *object_of(2000)),
        Check("audit_events_event_check", "event", *WORD),
        Check("audit_events_network_check", "network", *text(1, 50)),
    ),
    "child_profiles": (
        Check("child_profiles_age_check", "age", *number(0, 18)),
        Check("child_profiles_development_notes_check", "development_notes", *text(0, 10_000)),
        Check("child_profiles_last_assessment_check", "last_assessment", *MOMENT),
        Check("child_profiles_name_check", "name", *title(100)),
        Check("child_profiles_routines_check", "routines", *object_of(131_072)),
        Check("child_profiles_special_needs_check", "special_needs", *list_of(50, 200)),
    ),
    "concerns": (
        Check("concerns_concern_check", "concern", *WORD),
        Check("concerns_words_en_check", "words_en", *WORDS),
        Check("concerns_words_nl_check", "words_nl", *WORDS),
    ),
    "consent_texts": (
        Check("consent_texts_in_force_at_check", "in_force_at", *MOMENT),
        Check("consent_texts_purpose_check", "purpose", *WORD),
        Check("consent_texts_text_en_check", "text_en", *title(20_000)),
        Check("consent_texts_text_nl_check", "text_nl", *title(20_000)),
        Check("consent_texts_title_en_check", "title_en", *title(100)),
        Check("consent_texts_title_nl_check", "title_nl", *title(100)),
        Check("consent_texts_version_check", "version", ("1", "2147483647"), ("0", "-1")),
    ),
    "consents": (
        Check("consents_agreed_at_check", "agreed_at, withdrawn_at",
              ("now(), null", "null, now()", "now(), now()"), ("null, null",)),
        Check("consents_purpose_check", "purpose", *text(0, 50)),
        Check("consents_withdrawn_at_check", "agreed_at, withdrawn_at",
              ("now(), now()", "now(), now() + interval '1 microsecond'"),
              ("now(), now() - interval '1 microsecond'",)),
    ),
    "devices": (Check("devices_device_digest_check", "device_digest", *DIGEST),),
    "email_confirmations": (
        Check("email_confirmations_email_check", "email", *EMAIL),
        Check("email_confirmations_token_digest_check", "token_digest", *DIGEST),
    ),
    "family_sizes": (Check("family_sizes_of_table_check", "of_table", *text(0, 63)),),
    "former_passwords": (Check("former_passwords_old_password_check", "old_password", *SCRYPT),),
    "idempotency_keys": (
        Check("idempotency_keys_key_digest_check", "key_digest", *DIGEST),
        Check("idempotency_keys_sealed_answer_check", "sealed_answer", *bytes_of(29, 4_194_304)),
    ),
    "library_embeddings": (
        Check("library_embeddings_model_check", "model", *text(1, 200)),
        Check("library_embeddings_slug_check", "slug", *text(0, 80)),
    ),
    "library_suggestions": (
        Check("library_suggestions_concerns_check", "concerns", *list_of(10, 50)),
        Check("library_suggestions_min_age_check", "min_age, max_age",
              ("null, null", "0, 18", "0, 0", "18, 18", "1, 2"),
              ("null, 1", "1, null", "-1, 0", "18, 19", "2, 1")),
        Check("library_suggestions_slug_check", "slug",
              ("'a'", "'z'", "'0'", "'9'", "'a-0'", "'z9-a-b'", "repeat('a', 80)", "repeat('a-', 39) || 'az'"),
              ("''", "'A'", "'Z'", "'é'", "'-'", "'-a'", "'a-'", "'a--b'", "'a_b'", "'a b'", "e'\\na'", "e'a\\n'",
               "repeat('a', 81)", "repeat('A', 81)")),
        Check("library_suggestions_text_en_check", "text_en", *title(600)),
        Check("library_suggestions_text_nl_check", "text_nl", *title(600)),
        Check("library_suggestions_title_en_check", "title_en", *title(100)),
        Check("library_suggestions_title_nl_check", "title_nl", *title(100)),
    ),
    "mails": (
        Check("mails_attempts_check", "attempts", ("0", "1", "2147483647"), ("-1",)),
        Check("mails_kind_check", "kind", *WORD),
        Check("mails_parameters_check", "parameters", *object_of(2000)),
        Check("mails_recipient_check", "recipient", *EMAIL),
    ),
    "onboarding_merge_bases": (
        Check("onboarding_merge_bases_reading_check", "reading", *text(32, 32)),
        Check("onboarding_merge_bases_revision_check", "revision", *text(0, 65_536)),
    ),
    "parent_profiles": (
        Check("parent_profiles_bio_check", "bio", *text(0, 5000)),
        Check("parent_profiles_communication_preference_check", "communication_preference", *text(0, 200)),
        Check("parent_profiles_completed_onboarding_check", "completed_onboarding, name",
              ("false, ''", "false, 'a'", "true, 'a'", "true, 'other'"), ("true, ''", "true, '  '")),
        Check("parent_profiles_current_onboarding_step_check", "current_onboarding_step", *number(0, 4)),
        Check("parent_profiles_email_check", "email", *EMAIL),
        Check("parent_profiles_name_check", "name", ("''", *title(100).takes),
              tuple(value for value in title(100).refuses if value != "''")),
        Check("parent_profiles_onboarding_data_check", "onboarding_data",
              ("'{}'", "'{\"a\": [1]}'"), ("'[]'", "'1'", "'\"a\"'", "'null'")),
        Check("parent_profiles_preferred_language_check", "preferred_language",
              ("'nl'", "'AZ'", "'az'", "'Za'", "'abcdefgh'", "'nl-B'", "'nl-0'", "'nl-Az09Za90'", "'zh-Hant-TW'",
               "'aa' || repeat('-12345678', 3) || '-12345'"),
              ("''", "'n'", "'abcdefghi'", "'1l'", "'n1'", "'é' || 'n'", "'-nl'", "'nl-'", "'nl--BE'", "'nl_BE'",
               "'nl-é'", "'nl-123456789'", "e'\\nnl'", "e'nl\\n'", "'aa' || repeat('-12345678', 3) || '-123456'",
               "repeat('é', 36)")),
        Check("parent_profiles_primary_concerns_check", "primary_concerns", *list_of(50, 200)),
        Check("parent_profiles_profile_embedding_model_check", "profile_embedding_model", *text(1, 200)),
        Check("parent_profiles_support_network_check", "support_network", *list_of(50, 200)),
    ),
    "parenting_goals": (
        Check("parenting_goals_achieved_date_check", "status, achieved_date",
              ("'achieved', now()", "'active', null", "'other', null"), ("'achieved', null", "'active', now()")),
        Check("parenting_goals_category_check", "category", *title(50)),
        Check("parenting_goals_description_check", "description", *text(0, 5000)),
        Check("parenting_goals_priority_check", "priority", *number(0, 100)),
        Check("parenting_goals_status_check", "status",
              ("'a'", "'z'", "'a_'", "'a__z'", "rpad('z', 50, 'az_')"),
              ("''", "'_a'", "'A'", "'aA'", "'1'", "'a1'", "'é'", "'a-b'", "'a b'", "e'\\na'", "e'a\\n'",
               "repeat('a', 51)")),
        Check("parenting_goals_target_date_check", "target_date", *MOMENT),
        Check("parenting_goals_title_check", "title", *title(200)),
    ),
    "passkey_logins": (Check("passkey_logins_challenge_digest_check", "challenge_digest", *DIGEST),),
    "passkey_registrations": (Check("passkey_registrations_challenge_digest_check", "challenge_digest", *DIGEST),),
    "passkeys": (
        Check("passkeys_credential_id_check", "credential_id", *bytes_of(1, 1023)),
        Check("passkeys_name_check", "name", *title(100)),
        Check("passkeys_public_key_check", "public_key", *bytes_of(1, 2100)),
        Check("passkeys_sign_count_check", "sign_count", *number(0, 2**32 - 1)),
        Check("passkeys_transports_check", "transports", *list_of(10, 20)),
    ),
    "password_resets": (Check("password_resets_token_digest_check", "token_digest", *DIGEST),),
    "pictures": (
        Check("pictures_name_check", "name",
              ("repeat('0', 32) || '.webp'", "repeat('9a', 16) || '.webp'", "repeat('F', 32) || '.WEBP'",
               "'profile-0-9.jpg'", "'profile-0-9.jpeg'", "'profile-10-99.png'", "'profile-1-1.gif'",
               "'profile-1-1.webp'", "'PROFILE-1-1.PNG'", "'profile-' || repeat('1', 46) || '-1.png'"),
              ("''", "repeat('0', 31) || '.webp'", "repeat('0', 33) || '.webp'", "repeat('g', 32) || '.webp'",
               "repeat('0', 32) || 'xwebp'", "repeat('0', 32) || '.png'", "repeat('0', 32)", "'profile--1.png'",
               "'profile-1-.png'", "'profile-1.png'", "'profile-a-1.png'", "'profile-1-a.png'", "'profile-1-1xpng'",
               "'profile-1-1.svg'", "'profile-1-1.'", "'-1-1.png'", "'a-profile-1-1.png'", "'profile-1-1.png.a'",
               "e'\\nprofile-1-1.png'", "e'profile-1-1.png\\n'", "'profile-' || repeat('1', 47) || '-1.png'",
               "repeat('é', 61)")),
    ),
    "rate_limits": (Check("rate_limits_subject_check", "subject", *text(1, 200)),),
    "recovery_codes": (Check("recovery_codes_code_digest_check", "code_digest", *DIGEST),),
    "schedules": (Check("schedules_name_check", "name", *text(1, 50)),),
    "sessions": (
        Check("sessions_expires_at_check", "created_at, expires_at",
              ("now(), now() + interval '1 microsecond'",),
              ("now(), now()", "now(), now() - interval '1 microsecond'")),
        Check("sessions_token_digest_check", "token_digest", *DIGEST),
        Check("sessions_user_agent_check", "user_agent", *text(0, 200)),
    ),
    "suggestions": (
        Check("suggestions_expires_at_check", "expires_at", *MOMENT),
        Check("suggestions_feedback_check", "feedback", *text(0, 2000)),
        Check("suggestions_rating_check", "rating", *number(1, 5)),
        Check("suggestions_relevance_check", "relevance", *number(0, 100)),
        Check("suggestions_slug_check", "slug", *text(0, 80)),
    ),
    "totp_factors": (
        Check("totp_factors_expires_at_check", "expires_at, confirmed_at",
              ("now(), null", "null, now()"), ("null, null", "now(), now()")),
        Check("totp_factors_sealed_secret_check", "sealed_secret", *bytes_of(30, 200)),
    ),
    "users": (
        Check("users_banned_at_check", "banned_at, ban_reason",
              ("null, null", "now(), 'abuse'"), ("now(), null", "null, 'abuse'")),
        Check("users_email_check", "email", *EMAIL),
        Check("users_password_check", "password",
              ("'$argon2id$'", "'$argon2id$é'", "rpad('$argon2id$', 255, 'é')", *SCRYPT.takes),
              ("'a$argon2id$'", "'$argon2i$a'", "'$argon2id'", "'$ARGON2ID$'", "rpad('$argon2id$', 256, 'a')",
               *SCRYPT.refuses)),
        Check("users_profile_picture_check", "profile_picture",
              ("'http://'", "'https://'", "'HTTPS://é/ü'", "rpad('https://', 2048, 'é')", "'/uploads/A'",
               "'/uploads/Z'", "'/uploads/az'", "'/uploads/09'", "'/uploads/_.A'", "'/uploads/-..Zaz09_-'",
               "rpad('/uploads/', 2048, 'a')"),
              ("''", "'ahttps://'", "'httpss://'", "'https:/a'", "'ftp://a'", "'//a'", "'/uploads/'", "'/uploads/.'",
               "'/uploads/.a'", "'/uploads/é'", "'/uploads/aé'", "'/uploads/a/b'", "'/uploads/a b'", "'/UPLOADS/a'",
               "'uploads/a'", "'a/uploads/a'", "e'\\n/uploads/a'", "e'/uploads/a\\n'", "rpad('https://', 2049, 'a')",
               "rpad('/uploads/', 2049, 'a')", "repeat('é', 2049)")),
        Check("users_username_check", "username",
              ("'a'", "'a b'", "repeat('é', 100)"), ("''", "' '", "' a'", "'a '", "repeat('é', 101)")),
    ),
}  # fmt: skip

# Constraints of the schema, but not those of extensions.
ALL: Final = """
select conname
  from pg_constraint
 where contype = 'c'
   and connamespace = 'public'::regnamespace
   and conrelid in (select oid from pg_class where not relispartition)
   and oid not in (select objid from pg_depend where classid = 'pg_constraint'::regclass and deptype = 'e')
"""


async def wrong_outcomes(database: Connection, table: str, check: Check) -> list[str]:
    wrong = []
    for values, right in [*((each, "taken") for each in check.takes), *((each, check.name) for each in check.refuses)]:
        found = await outcome(database, insertion(table, check.columns, values))
        if found != right:
            wrong.append(f"{check.name}: {check.columns} = {values}: {found}")
    return wrong


@pytest.mark.parametrize("table", CHECKS)
async def test_values_at_the_edges_are_taken_and_refused(database: Connection, table: str) -> None:
    wrong = [each for check in CHECKS[table] for each in await wrong_outcomes(database, table, check)]
    assert wrong == []


async def test_each_check_constraint_has_its_values(database: Connection) -> None:
    names = sorted(check.name for checks in CHECKS.values() for check in checks)
    assert names == sorted(row["conname"] for row in await database.fetch(ALL))
