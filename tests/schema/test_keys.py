"""What keys take and refuse, what becomes of rows whose row of reference goes, and which other indexes there are."""

from typing import Final, NamedTuple

import asyncpg
import pytest

from api.database.aliases import Connection
from tests.schema.rows import OF_MIGRATIONS, insertion, outcome
from tests.statements import taken_back, without_triggers


class Key(NamedTuple):
    """Values in SQL of some columns: of a first row, and of others that the key refuses and takes beside it."""

    name: str
    table: str
    columns: str
    first: str
    refuses: tuple[str, ...]
    takes: tuple[str, ...]


def _of_user(name: str, table: str) -> Key:
    """A table that has one row for a user."""
    return Key(name, table, "user_id", "-1", ("-1",), ("-2",))


_A, _B = "sha256('a')", "sha256('b')"

# Where a table has several keys, the others have values of their own.
KEYS: Final = (
    Key("audit_events_pkey", "audit_events", "id, event", "-1, 'seen'", ("-1, 'heard'",), ("-2, 'seen'",)),
    Key("child_profiles_pkey", "child_profiles", "parent_profile_id, id", "-1, -1", ("-1, -1",), ("-1, -2", "-2, -1")),
    Key("concerns_pkey", "concerns", "concern", "'bears'", ("'bears'",), ("'wolves'",)),
    Key("consent_texts_pkey", "consent_texts", "purpose, version", "'tests', 1", ("'tests', 1",),
        ("'tests', 2", "'other', 1")),
    Key("consents_pkey", "consents", "user_id, id, version", "-1, -1, 1", ("-1, -1, 2",), ("-1, -2, 2", "-2, -1, 2")),
    # A consent that was withdrawn may be given anew.
    Key("consents_in_force_key", "consents", "user_id, purpose, version, withdrawn_at", "-1, 'tests', 1, null",
        ("-1, 'tests', 1, null",),
        ("-1, 'tests', 1, now()", "-2, 'tests', 1, null", "-1, 'other', 1, null", "-1, 'tests', 2, null")),
    Key("consents_in_force_key", "consents", "withdrawn_at", "now()", (), ("now()", "null")),
    Key("devices_pkey", "devices", "user_id, device_digest", f"-1, {_A}", (f"-1, {_A}",), (f"-1, {_B}", f"-2, {_A}")),
    Key("email_confirmations_pkey", "email_confirmations", "user_id, token_digest", f"-1, {_A}", (f"-1, {_B}",),
        (f"-2, {_B}",)),
    Key("email_confirmations_token_digest_key", "email_confirmations", "user_id, token_digest", f"-1, {_A}",
        (f"-2, {_A}",), (f"-2, {_B}", "-2, null")),
    Key("family_sizes_pkey", "family_sizes", "parent_profile_id, of_table", "-1, 'a'", ("-1, 'a'",),
        ("-1, 'b'", "-2, 'a'")),
    _of_user("former_passwords_pkey", "former_passwords"),
    Key("idempotency_keys_pkey", "idempotency_keys", "key_digest", _A, (_A,), (_B,)),
    Key("library_embeddings_pkey", "library_embeddings", "slug", "'a-test'", ("'a-test'",), ("'b-test'",)),
    Key("library_suggestions_pkey", "library_suggestions", "slug", "'a-test'", ("'a-test'",), ("'b-test'",)),
    Key("mails_pkey", "mails", "id", "-1", ("-1",), ("-2",)),
    Key("onboarding_merge_bases_pkey", "onboarding_merge_bases", "parent_profile_id, reading",
        "-1, repeat('a', 32)", ("-1, repeat('a', 32)",), ("-1, repeat('b', 32)", "-2, repeat('a', 32)")),
    Key("parent_profiles_pkey", "parent_profiles", "id, user_id", "-1, -1", ("-1, -2",), ("-2, -2",)),
    Key("parent_profiles_user_id_key", "parent_profiles", "id, user_id", "-1, -1", ("-2, -1",), ("-2, -2",)),
    Key("parenting_goals_pkey", "parenting_goals", "parent_profile_id, id", "-1, -1", ("-1, -1",),
        ("-1, -2", "-2, -1")),
    Key("passkey_logins_pkey", "passkey_logins", "challenge_digest", _A, (_A,), (_B,)),
    _of_user("passkey_registrations_pkey", "passkey_registrations"),
    Key("passkeys_credential_id_key", "passkeys", "user_id, credential_id", "-1, 'a'", ("-1, 'a'", "-2, 'a'"),
        ("-1, 'b'",)),
    Key("passkeys_pkey", "passkeys", "user_id, id, credential_id", "-1, -1, 'a'", ("-1, -1, 'b'",),
        ("-1, -2, 'b'", "-2, -1, 'b'")),
    # What this one refuses is refused by the next one as well.
    Key("password_resets_pkey", "password_resets", "user_id, token_digest", f"-1, {_A}", (), (f"-1, {_B}",)),
    Key("password_resets_token_digest_key", "password_resets", "user_id, token_digest", f"-1, {_A}", (f"-2, {_A}",),
        (f"-2, {_B}",)),
    Key("pictures_pkey", "pictures", "name", "'profile-1-1.png'", ("'profile-1-1.png'",), ("'profile-1-2.png'",)),
    Key("rate_limits_pkey", "rate_limits", "subject", "'a'", ("'a'",), ("'b'",)),
    Key("recovery_codes_pkey", "recovery_codes", "user_id, code_digest", f"-1, {_A}", (f"-1, {_A}",),
        (f"-1, {_B}", f"-2, {_A}")),
    Key("schedules_pkey", "schedules", "name", "'tests'", ("'tests'",), ("'other'",)),
    Key("sessions_pkey", "sessions", "user_id, id, token_digest", f"-1, -1, {_A}", (f"-1, -1, {_B}",),
        (f"-1, -2, {_B}", f"-2, -1, {_B}")),
    Key("sessions_token_digest_key", "sessions", "user_id, token_digest", f"-1, {_A}", (f"-1, {_A}", f"-2, {_A}"),
        (f"-1, {_B}",)),
    Key("suggestions_pkey", "suggestions", "parent_profile_id, id", "-1, -1", ("-1, -1",), ("-1, -2", "-2, -1")),
    _of_user("totp_factors_pkey", "totp_factors"),
    # An address is of one account once it's confirmed, whatever its letter case.
    Key("users_confirmed_email_key", "users", "username, email, email_confirmed_at",
        "'a schema', 'a@schema.example.org', now()",
        ("'b schema', 'a@schema.example.org', now()", "'b schema', 'A@Schema.example.org', now()"),
        ("'b schema', 'a@schema.example.org', null", "'b schema', 'b@schema.example.org', now()")),
    Key("users_confirmed_email_key", "users", "username, email_confirmed_at", "'a schema', null", (),
        ("'b schema', null", "'b schema', now()")),
    Key("users_pkey", "users", "id, username", "-1, 'a schema'", ("-1, 'b schema'",), ("-2, 'b schema'",)),
    Key("users_username_key", "users", "username", "'a schema'", ("'a schema'", "'A SCHEMA'", "u&'\\ff41 schema'"),
        ("'b schema'",)),
)  # fmt: skip

UNIQUE: Final = """
select indexrelid::regclass::text as name, indrelid::regclass::text as table_name
  from pg_index
  join pg_class on indexrelid = pg_class.oid
 where relnamespace = 'public'::regnamespace
   and indisunique
"""


class Reference(NamedTuple):
    """Rows of a table refer to some of another, by a column or several, and go, stay or hold when those go."""

    name: str
    table: str
    columns: str
    of: str
    referenced: str
    values: str
    then: str


def _of_account(name: str, table: str, then: str = "goes") -> Reference:
    return Reference(name, table, "user_id", "users", "id", "-1", then)


def _of_family(name: str, table: str) -> Reference:
    return Reference(name, table, "parent_profile_id", "parent_profiles", "id", "-1", "goes")


REFERENCES: Final = (
    _of_family("child_profiles_parent_profile_id_fkey", "child_profiles"),
    # Texts that somebody agreed to are kept.
    Reference("consents_purpose_version_fkey", "consents", "purpose, version", "consent_texts", "purpose, version",
              "'tests', 1", "holds"),
    _of_account("consents_user_id_fkey", "consents"),
    _of_account("devices_user_id_fkey", "devices"),
    _of_account("email_confirmations_user_id_fkey", "email_confirmations"),
    _of_family("family_sizes_parent_profile_id_fkey", "family_sizes"),
    _of_account("former_passwords_user_id_fkey", "former_passwords"),
    _of_account("idempotency_keys_user_id_fkey", "idempotency_keys"),
    Reference("library_embeddings_slug_fkey", "library_embeddings", "slug", "library_suggestions", "slug", "'a-test'",
              "goes"),
    _of_account("mails_user_id_fkey", "mails"),
    _of_family("onboarding_merge_bases_parent_profile_id_fkey", "onboarding_merge_bases"),
    _of_account("parent_profiles_user_id_fkey", "parent_profiles"),
    _of_family("parenting_goals_parent_profile_id_fkey", "parenting_goals"),
    _of_account("passkey_registrations_user_id_fkey", "passkey_registrations"),
    _of_account("passkeys_user_id_fkey", "passkeys"),
    _of_account("password_resets_user_id_fkey", "password_resets"),
    # The file of a picture is removed after its row, which stays until then.
    _of_account("pictures_user_id_fkey", "pictures", "stays"),
    _of_account("recovery_codes_user_id_fkey", "recovery_codes"),
    _of_account("sessions_user_id_fkey", "sessions"),
    _of_family("suggestions_parent_profile_id_fkey", "suggestions"),
    Reference("suggestions_slug_fkey", "suggestions", "slug", "library_suggestions", "slug", "'a-test'", "goes"),
    _of_account("totp_factors_user_id_fkey", "totp_factors"),
)  # fmt: skip

FOREIGN: Final = "select conname::text from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace"

# Indexes that refuse nothing: what they are over, and of which rows.
INDEXES: Final = {
    "audit_events_happened_at_idx": "(happened_at)",
    "audit_events_user_id_happened_at_id_idx": "(user_id, happened_at, id)",
    "consents_purpose_version_idx": "(purpose, version)",
    "devices_expires_at_idx": "(expires_at)",
    "email_confirmations_expires_at_idx": "(expires_at)",
    "idempotency_keys_created_at_idx": "(created_at)",
    "idempotency_keys_user_id_created_at_idx": "(user_id, created_at)",
    "mails_created_at_idx": "(created_at)",
    "mails_due_at_idx": "(due_at)",
    "mails_recipient_kind_idx": "(fold(recipient), kind)",
    "mails_user_id_idx": "(user_id)",
    "onboarding_merge_bases_saved_at_idx": "(saved_at)",
    "parent_profiles_due_idx": (
        "(( CASE WHEN changed_since_check THEN '-infinity'::timestamp with time zone ELSE last_suggestion_check END))"
        " WHERE completed_onboarding"
    ),
    "parenting_goals_parent_profile_id_status_id_idx": "(parent_profile_id, status, id)",
    "passkey_logins_expires_at_idx": "(expires_at)",
    "passkey_registrations_expires_at_idx": "(expires_at)",
    "password_resets_expires_at_idx": "(expires_at)",
    "pictures_removable_at_idx": "(removable_at) WHERE (removable_at IS NOT NULL)",
    "pictures_user_id_idx": "(user_id)",
    "rate_limits_drained_at_idx": "(drained_at)",
    "sessions_expires_at_idx": "(expires_at)",
    "suggestions_created_at_idx": "(created_at)",
    "suggestions_slug_idx": "(slug)",
    "totp_factors_expires_at_idx": "(expires_at)",
    "users_email_idx": "(email_key(email))",
    "users_username_idx": "(username_key(username))",
}

DEFINITIONS: Final = """
select relname::text as name,
       regexp_replace(split_part(pg_get_indexdef(indexrelid), ' USING btree ', 2), '\\s+', ' ', 'g') as definition
  from pg_index
  join pg_class on indexrelid = pg_class.oid
 where relnamespace = 'public'::regnamespace
   and not indisunique
   and indisvalid
"""


async def beside(database: Connection, key: Key, values: str) -> str:
    """Name of the key that refuses a row beside the first, or "taken"."""
    row, first = (insertion(key.table, key.columns, each) for each in (values, key.first))
    return await outcome(database, row, first)


@pytest.mark.parametrize("table", dict.fromkeys(key.table for key in KEYS))
async def test_a_key_refuses_what_is_there(database: Connection, table: str) -> None:
    keys = [key for key in KEYS if key.table == table]
    refused = [(key.name, values, await beside(database, key, values)) for key in keys for values in key.refuses]
    assert refused == [(key.name, values, key.name) for key in keys for values in key.refuses]


@pytest.mark.parametrize("table", dict.fromkeys(key.table for key in KEYS))
async def test_a_key_takes_what_differs_in_any_of_its_columns(database: Connection, table: str) -> None:
    keys = [key for key in KEYS if key.table == table]
    taken = [(key.name, values, await beside(database, key, values)) for key in keys for values in key.takes]
    assert taken == [(key.name, values, "taken") for key in keys for values in key.takes]


async def test_each_key_has_its_values(database: Connection) -> None:
    rows = await database.fetch(UNIQUE)
    assert {row["name"] for row in rows if row["table_name"] not in OF_MIGRATIONS} == {key.name for key in KEYS}


async def outcome_of_removal(database: Connection, reference: Reference) -> str:
    """What becomes of a row when the one goes that it refers to, which is "holds" if that can't go."""
    condition = f"({reference.columns}) = ({reference.values})"
    async with taken_back(database):
        async with without_triggers(database):
            await database.execute(insertion(reference.of, reference.referenced, reference.values))
            await database.execute(insertion(reference.table, reference.columns, reference.values))
        try:
            await database.execute(f"delete from {reference.of} where ({reference.referenced}) = ({reference.values})")
        except asyncpg.RestrictViolationError as error:
            return "holds" if error.constraint_name == reference.name else str(error)
        if await database.fetchval(f"select exists (select from {reference.table} where {condition})"):
            return "is left behind"
        # Others may write rows meanwhile.
        own = f"select exists (select from {reference.table} where xmin = pg_current_xact_id()::xid)"
        return "stays" if await database.fetchval(own) else "goes"


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda reference: reference.name)
async def test_what_becomes_of_rows_whose_reference_goes(database: Connection, reference: Reference) -> None:
    assert await outcome_of_removal(database, reference) == reference.then


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda reference: reference.name)
async def test_a_row_refers_to_one_that_is_there(database: Connection, reference: Reference) -> None:
    async with taken_back(database):
        async with without_triggers(database):
            for other in REFERENCES:
                if other.table == reference.table and other != reference:
                    await database.execute(insertion(other.of, other.referenced, other.values))
        with pytest.raises(asyncpg.ForeignKeyViolationError) as caught:
            await database.execute(insertion(reference.table, reference.columns, reference.values))
    assert caught.value.constraint_name == reference.name


async def test_each_reference_is_tried(database: Connection) -> None:
    rows = await database.fetch(FOREIGN)
    assert {row["conname"] for row in rows} == {reference.name for reference in REFERENCES}


async def test_indexes_that_refuse_nothing(database: Connection) -> None:
    rows = await database.fetch(DEFINITIONS)
    assert {row["name"]: row["definition"] for row in rows} == INDEXES
