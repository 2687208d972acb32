"""Whether a login asks for a second factor, which renew_second_factor keeps by the rows that there are."""

from secrets import token_bytes
from typing import Final

from api.database.aliases import Connection
from tests.schema.families import new_account
from tests.statements import taken_back

EARLIER: Final = "update users set second_factor_at = now() - interval '1 day' where id = $1"
CONFIRM: Final = "update totp_factors set confirmed_at = now(), expires_at = null where user_id = $1"


async def new_passkey(database: Connection, account: int) -> int:
    passkey: int = await database.fetchval(
        "insert into passkeys (user_id, credential_id, public_key, sign_count, name)"
        " values ($1, $2, $2, 0, 'key') returning id",
        account,
        token_bytes(16),
    )
    return passkey


async def new_app(database: Connection, account: int) -> None:
    """An authenticator app that isn't confirmed yet."""
    await database.execute("insert into totp_factors (user_id, sealed_secret) values ($1, $2)", account, bytes(40))


async def asked(database: Connection, account: int) -> str | None:
    """Since when a login asks."""
    state: str | None = await database.fetchval(
        "select case when second_factor_at = now() then 'now' when second_factor_at < now() then 'earlier' end"
        " from users where id = $1",
        account,
    )
    return state


async def codes(database: Connection, *accounts: int) -> list[int]:
    """How many recovery codes each of the accounts has."""
    return [
        await database.fetchval("select count(*) from recovery_codes where user_id = $1", account)
        for account in accounts
    ]


async def with_codes(database: Connection) -> tuple[int, int]:
    """Two accounts with a recovery code each; the other has nothing to do with what is tested."""
    account, other = await new_account(database), await new_account(database)
    for each in (account, other):
        await database.execute("insert into recovery_codes values ($1, $2)", each, token_bytes(32))
    return account, other


async def test_totp_factors_renew_second_factor(database: Connection) -> None:
    async with taken_back(database):
        account, other = await with_codes(database)
        await database.execute("set local role nestwerk_service")
        await new_app(database, account)
        # An app that isn't confirmed is no factor, and codes without a factor are removed.
        assert (await asked(database, account), await codes(database, account, other)) == (None, [0, 1])
        await database.execute("insert into recovery_codes values ($1, $2)", account, token_bytes(32))
        await database.execute(CONFIRM, account)
        assert (await asked(database, account), await asked(database, other)) == ("now", None)
        assert await codes(database, account, other) == [1, 1]
        assert await database.execute("delete from totp_factors where user_id = $1", account) == "DELETE 1"
        assert (await asked(database, account), await codes(database, account, other)) == (None, [0, 1])


async def test_a_confirmed_app_is_asked_for_at_once(database: Connection) -> None:
    async with taken_back(database):
        account = await new_account(database)
        await database.execute(
            "insert into totp_factors (user_id, sealed_secret, expires_at, confirmed_at) values ($1, $2, null, now())",
            account,
            bytes(40),
        )
        assert await asked(database, account) == "now"
        # To begin anew takes the factor away.
        again = "update totp_factors set confirmed_at = null, expires_at = now() where user_id = $1"
        await database.execute(again, account)
        assert await asked(database, account) is None


async def test_passkeys_renew_second_factor(database: Connection) -> None:
    async with taken_back(database):
        account, other = await with_codes(database)
        await database.execute("set local role nestwerk_service")
        first, second = await new_passkey(database, account), await new_passkey(database, account)
        assert (await asked(database, account), await asked(database, other)) == ("now", None)
        assert await codes(database, account, other) == [1, 1]
        await database.execute("delete from passkeys where user_id = $1 and id = $2", account, first)
        assert (await asked(database, account), await codes(database, account, other)) == ("now", [1, 1])
        await database.execute("delete from passkeys where user_id = $1 and id = $2", account, second)
        assert (await asked(database, account), await codes(database, account, other)) == (None, [0, 1])


async def test_a_further_factor_keeps_the_moment(database: Connection) -> None:
    async with taken_back(database):
        account, other = await new_account(database), await new_account(database)
        passkey = await new_passkey(database, account)
        await database.execute(EARLIER, account)
        await database.execute(EARLIER, other)
        await new_app(database, account)
        await database.execute(CONFIRM, account)
        assert await asked(database, account) == "earlier"
        await database.execute("delete from passkeys where id = $1", passkey)
        assert await asked(database, account) == "earlier"
        await database.execute("delete from totp_factors where user_id = $1", account)
        assert (await asked(database, account), await asked(database, other)) == (None, "earlier")


async def test_changes_that_matter_to_no_factor(database: Connection) -> None:
    """They leave even what a trigger would set right."""
    async with taken_back(database):
        account = await new_account(database)
        passkey = await new_passkey(database, account)
        await new_app(database, account)
        await database.execute("update users set second_factor_at = null where id = $1", account)
        await database.execute("update passkeys set sign_count = 1 where id = $1", passkey)
        await database.execute("update totp_factors set last_step = 1 where user_id = $1", account)
        assert await asked(database, account) is None
