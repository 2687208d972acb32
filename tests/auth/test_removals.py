"""Each statement that tidies up removes what is past its time, the oldest 200 first, and passes over what is in use."""

from collections.abc import AsyncIterator
from secrets import token_hex
from typing import Final, NamedTuple

import psycopg
import pytest

from api.auth.cleaning import REMOVALS
from api.database.aliases import Connection
from tests.auth.test_cleaning import NOT_DUE
from tests.statements import without_triggers

# One is in use, 200 go, one is left to the next step; and one is to stay.
OLD: Final = 202


class Removal(NamedTuple):
    """A table, the column that says how old a row is, how old it may become, and the rest of a row by its `number`."""

    table: str
    moment: str
    kept: str
    columns: str
    values: str


DIGEST: Final = "sha256(concat($2::text, number)::bytea)"
USER: Final = "(select id from users where username = concat($2::text, number))"
FAMILY: Final = "(select id from parent_profiles where name = $2)"
OF: Final = {
    "remove_expired_sessions": Removal(
        "sessions", "expires_at", "0", "user_id, token_digest, created_at", f"{USER}, {DIGEST}, '2026-01-01'"
    ),
    "remove_expired_devices": Removal("devices", "expires_at", "0", "user_id, device_digest", f"{USER}, {DIGEST}"),
    "remove_expired_confirmations": Removal(
        "email_confirmations", "expires_at", "0", "user_id, email", f"{USER}, 'a@b'"
    ),
    "remove_expired_resets": Removal(
        "password_resets", "expires_at", "0", "user_id, token_digest", f"{USER}, {DIGEST}"
    ),
    "remove_drained_limits": Removal("rate_limits", "drained_at", "0", "subject", "concat($2::text, number)"),
    "remove_old_merge_bases": Removal(
        "onboarding_merge_bases", "saved_at", "7 days", "parent_profile_id, reading, revision",
        f"{FAMILY}, left(encode({DIGEST}, 'hex'), 32), ''",
    ),
    "remove_begun_apps": Removal("totp_factors", "expires_at", "0", "user_id, sealed_secret", f"{USER}, {DIGEST}"),
    "remove_begun_passkeys": Removal(
        "passkey_registrations", "expires_at", "0", "user_id, challenge_digest", f"{USER}, {DIGEST}"
    ),
    "remove_begun_logins": Removal("passkey_logins", "expires_at", "0", "challenge_digest", DIGEST),
    "remove_unsent_mails": Removal(
        "mails", "created_at", "2 days", "kind, recipient, language, due_at",
        "'tested', concat($2::text, '@b'), 'nl', 'infinity'",
    ),
    "remove_old_keys": Removal("idempotency_keys", "created_at", "24 hours", "key_digest", DIGEST),
    "remove_old_suggestions": Removal(
        "suggestions", "created_at", "90 days", "parent_profile_id, slug, relevance, expires_at",
        f"{FAMILY}, (select min(slug) from library_suggestions), 1, now()",
    ),
}  # fmt: skip


@pytest.fixture
async def mark(pool: None, database: Connection) -> AsyncIterator[str]:
    """Begins the names of as many users as there are rows, and is that of a family; no worker cleans meanwhile."""
    made = token_hex(8)
    await database.execute(NOT_DUE)
    await database.execute(
        "insert into users (username, email, password)"
        " select concat($1::text, number), 'a@b', '$argon2id$x' from generate_series(1, $2) as number",
        made,
        OLD + 1,
    )
    await database.execute(
        "insert into parent_profiles (user_id, name) select id, $1 from users where username = concat($1::text, 1)",
        made,
    )
    yield made
    await database.execute("delete from users where username like $1 || '%'", made)


def test_of_all() -> None:
    # What removes audit events is the owner's; test_append_only.py has it.
    assert OF.keys() == REMOVALS.keys() - {"remove_old_events"}


@pytest.mark.parametrize("name", OF)
async def test_the_oldest_go_first(name: str, mark: str, database: Connection, dsn: str) -> None:
    table, moment, kept, columns, values = OF[name]
    if name == "remove_drained_limits":
        # Limits that requests before this test filled drain meanwhile.
        await database.execute("delete from rate_limits")
    while await REMOVALS[name]():
        pass
    # None is of the same age as another, and the last is half an hour short of its time.
    age = f"now() - interval '{kept}' - ($1 + 0.5 - number) * interval '1 hour'"
    rows = "generate_series(1, $1 + 1) as number"
    async with without_triggers(database):
        await database.execute(
            f"insert into {table} ({columns}, {moment}) select {values}, {age} from {rows}", OLD, mark
        )
    moments = [row[0] for row in await database.fetch(f"select {moment} from {table} order by 1 limit $1", OLD + 1)]
    with psycopg.connect(dsn) as connection:
        locked = connection.execute(f"select from {table} where {moment} = %s for update".encode(), [moments[0]])
        assert locked.rowcount == 1
        assert await REMOVALS[name]() == 200
    left = [row[0] for row in await database.fetch(f"select {moment} from {table} where {moment} = any($1)", moments)]
    assert sorted(left) == [moments[0], *moments[-2:]]
    assert await REMOVALS[name]() == 2
    assert await REMOVALS[name]() == 0
    assert await database.fetchval(f"delete from {table} where {moment} = $1 returning true", moments[-1])
