"""Tables: which columns refuse null, what stands in those that an insert leaves out, and that rows are kept."""

from typing import Final

import pytest

from api.database.aliases import Connection
from tests.schema.rows import OF_MIGRATIONS, ROWS, alone, insertion, outcome

# Columns that refuse null, a line or more for each table.
_REQUIRED: Final = """
audit_events.id audit_events.happened_at audit_events.actor_kind audit_events.event audit_events.user_id
audit_events.details
child_profiles.id child_profiles.parent_profile_id child_profiles.name child_profiles.age child_profiles.special_needs
child_profiles.routines child_profiles.created_at child_profiles.updated_at child_profiles.refuses_health_data
concerns.concern concerns.words_nl concerns.words_en concerns.is_sensitive
consent_texts.purpose consent_texts.version consent_texts.in_force_at consent_texts.title_nl consent_texts.title_en
consent_texts.text_nl consent_texts.text_en
consents.id consents.user_id consents.purpose consents.version
devices.user_id devices.device_digest devices.expires_at
email_confirmations.user_id email_confirmations.email email_confirmations.expires_at
family_sizes.parent_profile_id family_sizes.of_table family_sizes.number family_sizes.refuses_health_data
former_passwords.user_id
idempotency_keys.key_digest idempotency_keys.created_at
library_embeddings.slug library_embeddings.model library_embeddings.digest library_embeddings.embedding
library_suggestions.slug library_suggestions.category library_suggestions.title_nl library_suggestions.title_en
library_suggestions.text_nl library_suggestions.text_en library_suggestions.concerns library_suggestions.stress_levels
library_suggestions.experience_levels
mails.id mails.kind mails.recipient mails.language mails.parameters mails.attempts mails.due_at mails.created_at
onboarding_merge_bases.parent_profile_id onboarding_merge_bases.reading onboarding_merge_bases.revision
onboarding_merge_bases.saved_at
parent_profiles.id parent_profiles.user_id parent_profiles.name parent_profiles.stress_level
parent_profiles.experience_level parent_profiles.primary_concerns parent_profiles.support_network
parent_profiles.preferred_language parent_profiles.completed_onboarding parent_profiles.current_onboarding_step
parent_profiles.onboarding_data parent_profiles.last_suggestion_check parent_profiles.created_at
parent_profiles.updated_at parent_profiles.changed_since_check parent_profiles.refuses_health_data
parenting_goals.id parenting_goals.parent_profile_id parenting_goals.title parenting_goals.description
parenting_goals.category parenting_goals.priority parenting_goals.status parenting_goals.created_at
parenting_goals.updated_at
passkey_logins.challenge_digest passkey_logins.expires_at
passkey_registrations.user_id passkey_registrations.challenge_digest passkey_registrations.expires_at
passkeys.id passkeys.user_id passkeys.credential_id passkeys.public_key passkeys.sign_count passkeys.transports
passkeys.name passkeys.created_at
password_resets.user_id password_resets.token_digest password_resets.expires_at
pictures.name
rate_limits.subject rate_limits.drained_at
recovery_codes.user_id recovery_codes.code_digest
schedules.name schedules.due_at
sessions.id sessions.user_id sessions.token_digest sessions.created_at sessions.expires_at
suggestions.id suggestions.parent_profile_id suggestions.slug suggestions.relevance suggestions.expires_at
suggestions.created_at
totp_factors.user_id totp_factors.sealed_secret totp_factors.created_at totp_factors.last_step
users.id users.username users.email users.password users.created_at users.updated_at
"""
REQUIRED: Final = _REQUIRED.split()

# What a column has that an insert leaves out, in SQL; `now()` is the moment of the transaction.
DEFAULTS: Final = {
    "audit_events.happened_at": "now()",
    "audit_events.details": "'{}'",
    "child_profiles.special_needs": "'{}'",
    "child_profiles.routines": "'{}'",
    "child_profiles.created_at": "now()",
    "child_profiles.updated_at": "now()",
    "child_profiles.refuses_health_data": "false",
    "concerns.is_sensitive": "false",
    "family_sizes.refuses_health_data": "false",
    "idempotency_keys.created_at": "now()",
    "library_suggestions.concerns": "'{}'",
    "library_suggestions.stress_levels": "'{}'",
    "library_suggestions.experience_levels": "'{}'",
    "mails.parameters": "'{}'",
    "mails.attempts": "0",
    "mails.due_at": "now()",
    "mails.created_at": "now()",
    "onboarding_merge_bases.saved_at": "now()",
    "parent_profiles.name": "''",
    "parent_profiles.stress_level": "'moderate'",
    "parent_profiles.experience_level": "'first_time'",
    "parent_profiles.primary_concerns": "'{}'",
    "parent_profiles.support_network": "'{}'",
    "parent_profiles.preferred_language": "'nl'",
    "parent_profiles.completed_onboarding": "false",
    "parent_profiles.current_onboarding_step": "0",
    "parent_profiles.onboarding_data": "'{\"childProfiles\": []}'",
    "parent_profiles.last_suggestion_check": "now()",
    "parent_profiles.created_at": "now()",
    "parent_profiles.updated_at": "now()",
    "parent_profiles.changed_since_check": "true",
    "parent_profiles.refuses_health_data": "false",
    "parenting_goals.description": "''",
    "parenting_goals.category": "'general'",
    "parenting_goals.priority": "0",
    "parenting_goals.status": "'active'",
    "parenting_goals.created_at": "now()",
    "parenting_goals.updated_at": "now()",
    "passkeys.transports": "'{}'",
    "passkeys.created_at": "now()",
    "pictures.removable_at": "now() + interval '1 hour'",
    "sessions.created_at": "now()",
    "suggestions.created_at": "now()",
    "totp_factors.created_at": "now()",
    "totp_factors.expires_at": "now() + interval '1 hour'",
    "totp_factors.last_step": "0",
    "users.created_at": "now()",
    "users.updated_at": "now()",
}

COLUMNS: Final = """
select relname::text as table_name, attname::text as name, attnotnull as is_required, atthasdef as has_default
  from pg_attribute
  join pg_class on attrelid = pg_class.oid
 where relnamespace = 'public'::regnamespace
   and relkind in ('r', 'p')
   and attnum > 0
   and not attisdropped
"""

# Tables that PostgreSQL empties when it starts after a crash.
UNLOGGED: Final = """
select relname
  from pg_class
 where relnamespace = 'public'::regnamespace
   and relkind in ('r', 'p')
   and relpersistence <> 'p'
"""


async def columns_that(database: Connection, flag: str) -> set[str]:
    rows = await database.fetch(COLUMNS)
    return {
        f"{row['table_name']}.{row['name']}" for row in rows if row["table_name"] not in OF_MIGRATIONS and row[flag]
    }


def of_table(table: str, names: list[str]) -> list[str]:
    return [name.removeprefix(f"{table}.") for name in names if name.startswith(f"{table}.")]


@pytest.mark.parametrize("table", ROWS)
async def test_null_is_refused_where_a_value_is_needed(database: Connection, table: str) -> None:
    names = of_table(table, REQUIRED)
    assert [await outcome(database, insertion(table, name, "null")) for name in names] == names


async def test_columns_that_need_a_value(database: Connection) -> None:
    assert await columns_that(database, "is_required") == set(REQUIRED)


@pytest.mark.parametrize("table", ROWS)
async def test_a_row_with_the_least_has_the_defaults(database: Connection, table: str) -> None:
    """Such as an empty parent_profiles.name, or pictures.removable_at in an hour."""
    names = of_table(table, list(DEFAULTS))
    given = [f"{name} is not distinct from {DEFAULTS[f'{table}.{name}']}" for name in names]
    async with alone(database):
        row = await database.fetchrow(f"{insertion(table)} returning array[{', '.join(given)}]::boolean[] as are_right")
    assert row is not None
    assert dict(zip(names, row["are_right"], strict=True)) == dict.fromkeys(names, True)


async def test_columns_that_have_a_default(database: Connection) -> None:
    assert await columns_that(database, "has_default") == set(DEFAULTS)


async def test_each_table_has_a_row_to_try(database: Connection) -> None:
    rows = await database.fetch(COLUMNS)
    assert {row["table_name"] for row in rows} - OF_MIGRATIONS == set(ROWS)


async def test_tables_outlive_a_crash(database: Connection) -> None:
    rows = await database.fetch(UNLOGGED)
    assert [row["relname"] for row in rows] == []
