"""What asking for a link tells nobody, and what it can't be made to do."""

from typing import Final

import httpx
import pytest

from api.auth.networks import networks_of
from api.database.aliases import Connection
from api.database.statements.files import read_statements
from api.paths import QUERIES
from tests.accounts import Accounts
from tests.auth.logins import fill, new_address, new_name, register
from tests.email_confirmations.confirmations import SUBJECT as CONFIRM
from tests.email_confirmations.confirmations import TAKEN, change, parent_with_password
from tests.mail.links import all_mailed, links_in, mail_about
from tests.mail.mailbox import mailbox
from tests.password_resets.resets import SUBJECT, ask, token_for

# Statements of accounts and their mails by name: not those that go by the clock.
OF_ACCOUNTS: Final = {"email_confirmations.sql", "password_resets.sql", "rate_limits.sql", "sessions.sql", "users.sql"}
NAMES: Final = {name for name, each in read_statements(QUERIES).items() if each.path.name in OF_ACCOUNTS} | {"add_mail"}
RUN: Final = """
select substring(query from '/\\* (\\w+) \\*/') as name, sum(calls)::integer as calls
  from pg_stat_statements
 group by 1
"""


@pytest.mark.parametrize("flow", ["register", "change", "reset"])
async def test_who_is_known_makes_no_difference(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection, flow: str
) -> None:
    owner = await accounts.parent()
    await database.execute("update users set email_confirmed_at = now() where id = $1", owner.user_id)
    known, unknown = f"{owner.username}@example.org", f"{new_name()}@example.org"
    parent = await parent_with_password(accounts, database)
    await database.execute("create extension if not exists pg_stat_statements")
    seen = []
    for email in (known, unknown):
        await database.execute("select pg_stat_statements_reset()")
        match flow:
            case "register":
                client.cookies.clear()
                answer = await register(client, new_name(), email=email)
                assert answer.json()["user"].keys() == {"id", "username", "email", "profilePicture", "consentNeeded"}
                told: object = answer.json()["message"]
            case "change":
                answer = await change(parent, email)
                told = answer.json()
            case "reset":
                answer = await ask(client, email)
                told = answer.json()
        for recipient in (email, f"{parent.username}@example.org"):
            await all_mailed(database, recipient)
        run = {name: calls for name, calls in await database.fetch(RUN) if name in NAMES - {"get_caller"}}
        headers = [name for name in answer.headers if name != "set-cookie"]
        seen.append((answer.status_code, told, headers, run))
    assert seen[0] == seen[1]
    assert seen[0][3].keys() >= {"add_mail", "fill_limits"}
    assert [mail["Subject"] for mail in mailbox.to(known)] == [SUBJECT if flow == "reset" else TAKEN]
    assert [mail["Subject"] for mail in mailbox.to(unknown)] == ([] if flow == "reset" else [CONFIRM])


def test_only_who_reads_the_mails_has_an_address_looked_up() -> None:
    looking = {name for name, each in read_statements(QUERIES).items() if "email_key(" in each.text}
    # Erasing an account tells nobody what it looked up.
    assert looking == {"confirm_email_of_reset", "erase_account", "find_email_owner", "issue_password_resets"}


async def test_no_token_stands_anywhere(client: httpx.AsyncClient, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    token = await token_for(client, f"{parent.username}@example.org")
    tables = await database.fetch(
        "select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    )
    for (table,) in tables:
        assert not await database.fetchval(f"select count(*) from {table} as one where one::text like $1", f"%{token}%")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Forwarded-Proto": "https"},
    ],
    ids=str,
)
async def test_links_lead_to_us(
    client: httpx.AsyncClient, accounts: Accounts, service: str, headers: dict[str, str]
) -> None:
    email = f"{(await accounts.parent()).username}@example.org"
    await ask(client, email, **headers)
    [link] = links_in(await mail_about(email, SUBJECT))
    assert link.startswith(f"{service}/reset-password/nw_")


@pytest.mark.parametrize(
    "email",
    ["", "noor", "@", "noor@", "@example.org", "a@b@c", "noor@example.org\r\nBcc: x@example.org", "a b@c", "a@b\n",
     "\0@b", "x" * 250 + "@b.nl", None, 7, ["a@b.nl"]],
)  # fmt: skip
async def test_what_is_no_address(client: httpx.AsyncClient, email: object) -> None:
    received = len(mailbox.received)
    answer = await client.post("/api/reset-password", json={"email": email})
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, ["/email"])
    assert len(mailbox.received) == received


async def test_an_address_of_any_script(client: httpx.AsyncClient, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    name = parent.username.lower()
    await database.execute("update users set email = $1 where id = $2", f"{name}@Zoë.example", parent.user_id)
    await ask(client, f"{name.upper()}@zoë.Example")
    assert await mail_about(f"{name.upper()}@xn--zo-ija.example", SUBJECT)


@pytest.mark.parametrize(
    ("domain", "other"),
    [
        ("strasse", "straße"), ("kiwi", "\u212aiwi"), ("office", "o\ufb03ce"), ("noor", "\uff4eoor"),
        ("diana", "d\u0131ana"), ("zoë", "zoe\u0308"), ("zoë", "ZOË"), ("zoe", "zoë"),
    ],
)  # fmt: skip
async def test_addresses_that_are_only_like_another(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection, domain: str, other: str
) -> None:
    """A domain of somebody else's that a folding of letters takes for the same."""
    parent = await accounts.parent()
    known, wanted = (f"{parent.username}@{each}.example" for each in (domain, other))
    await database.execute(
        "update users set email = $1, email_confirmed_at = now() where id = $2", known, parent.user_id
    )
    await ask(client, wanted)
    assert await all_mailed(database, wanted) == []
    assert not await database.fetchval("select count(*) from password_resets where user_id = $1", parent.user_id)
    # Nor does its owner learn that there is such an account, or that it keeps them out.
    user_id = (await accounts.parent()).user_id
    await database.execute("update users set email = $1, email_confirmed_at = now() where id = $2", wanted, user_id)


async def test_a_network_that_asks_too_often_gets_the_same_answer(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    email, address = f"{(await accounts.parent()).username}@example.org", new_address()
    before = await ask(client, f"{new_name()}@example.org", address)
    await fill(database, f"resets:{networks_of(address).own}", 36_000)
    answer = await ask(client, email, address)
    assert (answer.status_code, answer.content) == (200, before.content)
    assert await all_mailed(database, email) == []
    # Others may ask.
    await ask(client, email)
    assert await mail_about(email, SUBJECT)
