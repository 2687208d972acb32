"""Rows with no more than a table demands, and what becomes of them with other values."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from api.database.aliases import Connection
from tests.statements import taken_back, without_triggers

# The least that each table demands, in SQL: what may be null or has a default is left out.
ROWS: Final[Mapping[str, Mapping[str, str]]] = {
    "audit_events": {"actor_kind": "'system'", "event": "'seen'", "user_id": "-1"},
    "child_profiles": {"parent_profile_id": "-1", "name": "'Noor'", "age": "3"},
    "concerns": {"concern": "'bears'", "words_nl": "array['beren']", "words_en": "array['bears']"},
    "consent_texts": {
        "purpose": "'tests'", "version": "1", "in_force_at": "now()", "title_nl": "'Titel'", "title_en": "'Title'",
        "text_nl": "'Tekst'", "text_en": "'Text'",
    },
    "consents": {"user_id": "-1", "purpose": "'tests'", "version": "1", "agreed_at": "now()"},
    "devices": {"user_id": "-1", "device_digest": "sha256('a')", "expires_at": "now()"},
    "email_confirmations": {"user_id": "-1", "email": "'noor@example.org'", "expires_at": "now()"},
    "family_sizes": {"parent_profile_id": "-1", "of_table": "'tests'", "number": "0"},
    "former_passwords": {"user_id": "-1"},
    "idempotency_keys": {"key_digest": "sha256('a')"},
    "library_embeddings": {
        "slug": "'a-test'", "model": "'tests'", "digest": "sha256('a')",
        "embedding": "array_fill(1, array[3072])::halfvec",
    },
    "library_suggestions": {
        "slug": "'a-test'", "category": "'play'", "title_nl": "'Titel'", "title_en": "'Title'", "text_nl": "'Tekst'",
        "text_en": "'Text'",
    },
    "mails": {"kind": "'tests'", "recipient": "'noor@example.org'", "language": "'nl'"},
    "onboarding_merge_bases": {"parent_profile_id": "-1", "reading": "repeat('a', 32)", "revision": "''"},
    "parent_profiles": {"user_id": "-1"},
    "parenting_goals": {"parent_profile_id": "-1", "title": "'Sleep'"},
    "passkey_logins": {"challenge_digest": "sha256('a')", "expires_at": "now()"},
    "passkey_registrations": {"user_id": "-1", "challenge_digest": "sha256('a')", "expires_at": "now()"},
    "passkeys": {"user_id": "-1", "credential_id": "'a'", "public_key": "'a'", "sign_count": "0", "name": "'Phone'"},
    "password_resets": {"user_id": "-1", "token_digest": "sha256('a')", "expires_at": "now()"},
    "pictures": {"name": "'profile-1-1.png'"},
    "rate_limits": {"subject": "'tests'", "drained_at": "now()"},
    "recovery_codes": {"user_id": "-1", "code_digest": "sha256('a')"},
    "schedules": {"name": "'tests'", "due_at": "now()"},
    "sessions": {"user_id": "-1", "token_digest": "sha256('a')", "expires_at": "now() + interval '1 day'"},
    "suggestions": {"parent_profile_id": "-1", "slug": "'a-test'", "relevance": "50", "expires_at": "now()"},
    "totp_factors": {"user_id": "-1", "sealed_secret": "repeat('a', 30)::bytea"},
    "users": {"username": "'tests of the schema'", "email": "'tests@schema.example.org'", "password": "'$argon2id$'"},
}  # fmt: skip
# Tables that `api migrate` has for itself.
OF_MIGRATIONS: Final = frozenset({"_yoyo_log", "_yoyo_migration", "_yoyo_version", "migration_checksums"})


def insertion(table: str, columns: str = "", values: str = "") -> str:
    """Statement that inserts the table's row, with other values in some columns, both listed with commas."""
    others = [name.strip() for name in columns.split(",") if name]
    row = {name: value for name, value in ROWS[table].items() if name not in others}
    names, given = [*row, *others], [*row.values(), *filter(None, [values])]
    return f"insert into {table} ({', '.join(names)}) values ({', '.join(given)})"


@asynccontextmanager
async def alone(database: Connection) -> AsyncIterator[None]:
    """A transaction without triggers and foreign keys, as each row is looked at alone; it is taken back."""
    async with taken_back(database), without_triggers(database):
        yield


async def outcome(database: Connection, row: str, *before: str) -> str:
    """Name of the constraint that refuses a row, or of the column that needs a value, or "taken".

    `before` are statements that insert other rows first.
    """
    async with alone(database):
        for each in before:
            await database.execute(each)
        try:
            async with database.transaction():
                await database.execute(row)
        except asyncpg.IntegrityConstraintViolationError as error:
            return str(error.column_name or error.constraint_name)
        return "taken"
