"""What a change of an account brings about elsewhere, whoever makes it."""

from collections.abc import Sequence
from secrets import token_bytes, token_hex
from typing import Final

from api.database.aliases import Connection
from tests.schema.families import ARGON2, SCRYPT, new_account, new_family, new_session
from tests.statements import taken_back, without_triggers

PASSWORD: Final = "update users set password = $2 where id = $1"
EMAIL: Final = "update users set email = $2 where id = $1"


async def left(database: Connection, table: str, accounts: Sequence[int]) -> list[int]:
    """Which of the accounts still have rows in a table."""
    rows = await database.fetch(
        f"select distinct user_id from {table} where user_id = any($1) order by user_id", accounts
    )
    return [row["user_id"] for row in rows]


async def test_end_sessions_of_banned(database: Connection) -> None:
    """The trigger users_end_sessions ends those of the account, and of no other."""
    async with taken_back(database):
        accounts = [await new_account(database), await new_account(database)]
        for account in accounts:
            await new_session(database, account)
        ban = "update users set banned_at = now(), ban_reason = 'abuse' where id = $1"
        assert await database.execute(ban, accounts[0]) == "UPDATE 1"
        assert await left(database, "sessions", accounts) == accounts[1:]
        # Only a ban ends sessions: not what else is changed of a banned account, and not the ban's end.
        await new_session(database, accounts[0])
        await database.execute("update users set email_confirmed_at = now() where id = $1", accounts[0])
        await database.execute("update users set banned_at = null, ban_reason = null where id = $1", accounts[0])
        assert await left(database, "sessions", accounts) == accounts


async def test_forget_former_password(database: Connection) -> None:
    """The trigger users_forget_former_password removes the old hash as soon as a password replaces a new hash."""
    async with taken_back(database):
        accounts = [await new_account(database), await new_account(database), await new_account(database, SCRYPT)]
        for account in accounts:
            await database.execute("insert into former_passwords values ($1, $2)", account, SCRYPT)
        # The service may not delete there.
        await database.execute("set local role nestwerk_service")
        for account in accounts:
            await database.execute(
                "update users set password = password, email_confirmed_at = now() where id = $1", account
            )
        # The old hash is replaced when its owner logs in: the password is the same.
        await database.execute(PASSWORD, accounts[2], ARGON2)
        assert await left(database, "former_passwords", accounts) == accounts
        assert await database.execute(PASSWORD, accounts[0], f"{ARGON2}2") == "UPDATE 1"
        assert await left(database, "former_passwords", accounts) == accounts[1:]


async def new_links(database: Connection, account: int, email: str) -> None:
    """A link to reset the password, and a change to an address that isn't confirmed yet."""
    await database.execute(
        "insert into password_resets values ($1, $2, now()) on conflict do nothing", account, token_bytes(32)
    )
    await database.execute("delete from email_confirmations where user_id = $1", account)
    await database.execute(
        "insert into email_confirmations values ($1, $2, $3, now())", account, email, token_bytes(32)
    )


async def test_end_mailed_links(database: Connection) -> None:
    """The trigger users_end_mailed_links ends an account's links when its address or password changes."""
    async with taken_back(database):
        accounts = [await new_account(database), await new_account(database)]
        name = token_hex(8)
        for change, value in ((PASSWORD, f"{ARGON2}2"), (EMAIL, f"{name}@example.org")):
            for account in accounts:
                await new_links(database, account, f"{name}-{account}@example.org")
            assert await database.execute(change, accounts[0], value) == "UPDATE 1"
            assert await left(database, "password_resets", accounts) == accounts[1:]
            assert await left(database, "email_confirmations", accounts) == accounts[1:]


async def test_the_address_that_is_confirmed_keeps_its_row(database: Connection) -> None:
    async with taken_back(database):
        account = await new_account(database)
        email = f"{token_hex(8)}@example.org"
        await new_links(database, account, email)
        await database.execute(EMAIL, account, email)
        assert await left(database, "password_resets", [account]) == []
        assert await left(database, "email_confirmations", [account]) == [account]


async def test_links_stay_when_nothing_changes(database: Connection) -> None:
    async with taken_back(database):
        account = await new_account(database)
        await new_links(database, account, f"{token_hex(8)}@example.org")
        await database.execute(
            "update users set email = email, password = password, banned_at = null where id = $1", account
        )
        assert await left(database, "password_resets", [account]) == [account]
        assert await left(database, "email_confirmations", [account]) == [account]


async def test_unconfirm_email(database: Connection) -> None:
    """The trigger users_unconfirm_email takes back a confirmation that was another address's."""
    async with taken_back(database):
        account = await new_account(database)
        confirmed = "select email_confirmed_at from users where id = $1"
        await database.execute("update users set email_confirmed_at = now() where id = $1", account)
        await database.execute("update users set email = email where id = $1", account)
        assert await database.fetchval(confirmed, account)
        # Who changes both has confirmed the new one.
        both = "update users set email = $2, email_confirmed_at = now() + interval '1 s' where id = $1"
        await database.execute(both, account, f"{token_hex(8)}@example.org")
        assert await database.fetchval(confirmed, account)
        email = f"{token_hex(8)}@example.org"
        assert await database.execute(EMAIL, account, email) == "UPDATE 1"
        assert await database.fetchval(confirmed, account) is None
        assert await database.fetchval("select email from users where id = $1", account) == email


async def pictures(database: Connection, names: Sequence[str]) -> dict[str, str]:
    """When pictures are removable, by their names, as far as they are known."""
    rows = await database.fetch(
        "select name, case when removable_at is null then 'shown' when removable_at = now() then 'now'"
        " when removable_at > now() then 'later' else 'earlier' end as state"
        " from pictures where name = any($1)",
        names,
    )
    return {row["name"]: row["state"] for row in rows}


async def test_release_pictures(database: Connection) -> None:
    """By users_release_pictures the picture that an account shows stays, and that of before is removable."""
    async with taken_back(database):
        account, other = await new_account(database), await new_account(database)
        names = [f"{token_hex(16)}.webp" for _ in range(4)]
        owners = (account, account, account, other)
        await database.executemany(
            "insert into pictures (name, user_id) values ($1, $2)", list(zip(names, owners, strict=True))
        )
        show = "update users set profile_picture = $2 where id = $1"
        await database.execute("set local role nestwerk_service")
        await database.execute(show, other, f"/uploads/{names[3]}")
        assert await database.execute(show, account, f"/uploads/{names[0]}") == "UPDATE 1"
        assert [*(await pictures(database, names)).values()].count("later") == 2
        await database.execute(show, account, f"/uploads/{names[1]}")
        expected = {names[0]: "now", names[1]: "shown", names[2]: "later", names[3]: "shown"}
        assert await pictures(database, names) == expected
        # Neither another column nor the same picture changes anything.
        await database.execute("update pictures set removable_at = now() - interval '1 s' where name = $1", names[1])
        await database.execute("update users set profile_picture = profile_picture where id = $1", account)
        assert await pictures(database, names) == {**expected, names[1]: "earlier"}
        await database.execute("update pictures set removable_at = null where name = $1", names[1])
        await database.execute(show, account, None)
        assert await pictures(database, names) == {**expected, names[1]: "now"}


async def test_release_pictures_of_another_account(database: Connection) -> None:
    """To name a picture of somebody else as one's own does nothing to it."""
    async with taken_back(database):
        account, other = await new_account(database), await new_account(database)
        name = f"{token_hex(16)}.webp"
        await database.execute("insert into pictures (name, user_id) values ($1, $2)", name, other)
        await database.execute("update users set profile_picture = $2 where id = $1", account, f"/uploads/{name}")
        assert await pictures(database, [name]) == {name: "later"}


async def test_users_release_pictures_of_removed(database: Connection) -> None:
    async with taken_back(database):
        account = await new_account(database)
        names = [f"{token_hex(16)}.webp" for _ in range(2)]
        await database.executemany(
            "insert into pictures (name, user_id) values ($1, $2)", [(name, account) for name in names]
        )
        await database.execute("update users set profile_picture = $2 where id = $1", account, f"/uploads/{names[0]}")
        assert await database.execute("delete from users where id = $1", account) == "DELETE 1"
        assert await pictures(database, names) == {names[0]: "now", names[1]: "later"}


async def test_release_pictures_of_the_system_before(database: Connection) -> None:
    """By release_pictures a file that is named for the account is its own, and so is removed; others' files aren't."""
    async with taken_back(database):
        account = await new_account(database)
        for ending, is_own in (
            ("jpg", True),
            ("jpeg", True),
            ("PNG", True),
            ("gif", True),
            ("webp", True),
            ("bmp", False),
        ):
            for owner in (account, account + 1000000):
                name = f"profile-{owner}-170.{ending}"
                known = {name: "now"} if is_own and owner == account else {}
                # Shown again it is known already.
                for _ in range(2):
                    shown = f"/uploads/{name}"
                    await database.execute("update users set profile_picture = $2 where id = $1", account, shown)
                    await database.execute("update users set profile_picture = null where id = $1", account)
                    assert await pictures(database, [name]) == known, name


ADD_SESSIONS: Final = (
    "insert into sessions (user_id, token_digest, created_at, expires_at, renewed_at, user_agent)"
    " select $1::bigint, sha256(concat($2::text, number, '/', $1::bigint)::bytea), now() - $3::text::interval,"
    " now() + $4::text::interval, now() - $5::text::interval, $2::text from generate_series(1, $6::integer) as number"
)


async def agents(database: Connection, account: int) -> dict[str, int]:
    """How many sessions an account has of each user agent."""
    rows = await database.fetch(
        "select user_agent, count(*) from sessions where user_id = $1 group by user_agent order by user_agent", account
    )
    return {row[0]: row[1] for row in rows}


async def test_limit_sessions(database: Connection) -> None:
    """The trigger sessions_limit ends what is over 50: expired ones first, then those that are longest unused."""
    async with taken_back(database):
        account, other = await new_account(database), await new_account(database)
        await database.execute(ADD_SESSIONS, other, "other", "9 days", "1 day", None, 50)
        # The one that expired was used last.
        for agent, made, expires, renewed, number in (
            ("expired", "10 days", "-1 second", "1 second", 1),
            ("renewed", "3 days", "1 day", "1 hour", 1),
            ("unused", "2 days", "1 day", None, 1),
            ("used", "1 day", "1 day", None, 47),
        ):
            await database.execute(ADD_SESSIONS, account, agent, made, expires, renewed, number)
        assert sum((await agents(database, account)).values()) == 50
        new = ("1 hour", "1 day", None, 1)
        await database.execute(ADD_SESSIONS, account, "first", *new)
        assert await agents(database, account) == {"first": 1, "renewed": 1, "unused": 1, "used": 47}
        await database.execute(ADD_SESSIONS, account, "second", *new)
        assert await agents(database, account) == {"first": 1, "renewed": 1, "second": 1, "used": 47}
        assert await agents(database, other) == {"other": 50}
        # Of those that are alike the first that were made go.
        oldest = "select min(id) from sessions where user_id = $1 and user_agent = 'used'"
        before = await database.fetchval(oldest, account)
        await database.execute(ADD_SESSIONS, account, "third", *new)
        assert await database.fetchval(oldest, account) > before
        assert await agents(database, account) == {"first": 1, "renewed": 1, "second": 1, "third": 1, "used": 46}


async def test_limit_sessions_of_each_account(database: Connection) -> None:
    """By limit_sessions an account's sessions count for themselves, and those of accounts that get none stay."""
    async with taken_back(database):
        accounts = [await new_account(database) for _ in range(2)]
        former = await new_account(database)
        # From before there was a limit.
        async with without_triggers(database):
            await database.execute(ADD_SESSIONS, former, "former", "1 day", "1 day", None, 51)
        added = await database.execute(
            "insert into sessions (user_id, token_digest, expires_at)"
            " select user_id, sha256(concat(user_id, '/', number)::bytea), now() + interval '1 day'"
            " from unnest($1::bigint[]) as user_id, generate_series(1, 50) as number",
            accounts,
        )
        assert added == "INSERT 0 100"
        numbers = [sum((await agents(database, account)).values()) for account in (*accounts, former)]
        assert numbers == [50, 50, 51]


async def test_limit_sessions_tells_accounts_apart(database: Connection) -> None:
    """A session of another account stays, though it has the id of the one that limit_sessions ends."""
    async with taken_back(database):
        account, other = await new_account(database), await new_account(database)
        session = await new_session(database, account)
        await database.execute("update sessions set renewed_at = now() - interval '1 day' where id = $1", session)
        await database.execute(
            "insert into sessions (user_id, id, token_digest, expires_at)"
            " values ($1, $2, $3, now() + interval '1 day')",
            other,
            session,
            token_bytes(32),
        )
        await database.execute(ADD_SESSIONS, account, "new", "1 hour", "1 day", None, 50)
        assert await agents(database, account) == {"new": 50}
        assert await left(database, "sessions", [account, other]) == [account, other]


async def test_users_set_updated_at(database: Connection) -> None:
    """Changes of what the account's resource shows renew updated_at, others don't."""
    async with taken_back(database):
        account = await new_account(database)
        await new_family(database, account)
        version = "select updated_at from users where id = $1"
        before = await database.fetchval(version, account)
        name = token_hex(8)
        for change in (
            f"username = '{name}'",
            f"email = '{name}@example.org'",
            "profile_picture = null",
            "updated_at = now()",
        ):
            await database.execute(f"update users set {change} where id = $1", account)
            after = await database.fetchval(version, account)
            assert after > before, change
            before = after
        await database.execute(PASSWORD, account, f"{ARGON2}3")
        await database.execute(
            "update users set email_confirmed_at = now(), second_factor_at = now() where id = $1", account
        )
        assert await database.fetchval(version, account) == before
