"""`just user`: support without SQL, each act recorded."""

import sys
import threading
from collections.abc import Iterator, Sequence
from secrets import token_hex
from typing import Final

import httpx
import psycopg
import pytest

from api.__main__ import main
from api.commands._user import accounts as acts
from api.database.aliases import Connection
from api.database.statements.files import read_statements
from api.paths import COMMANDS, SUPPORT
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, fill, log_in, new_address, new_name, register, shut_out
from tests.auth.test_sessions import until
from tests.mail.links import mail_about
from tests.mail.mailbox import text_of
from tests.second_factors.factors import secured

EVENTS: Final = "select event from audit_events where user_id = $1 and actor_kind = 'staff' order by id"


@pytest.fixture(autouse=True)
def on_the_database(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)


@pytest.fixture
def user(capsys: pytest.CaptureFixture[str]) -> "User":
    return User(capsys)


class User:
    """Runs `just user`."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        # Whether its output looks like a terminal.
        self.terminal = False

    def __call__(self, *arguments: object) -> str:
        """What it prints where it succeeds."""
        assert self._run(arguments) == 0, self._capsys.readouterr().err
        return self._capsys.readouterr().out

    def refused(self, *arguments: object) -> str:
        """The line that it ends with where it fails."""
        assert self._run(arguments) == 1
        out, err = self._capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        return err.rstrip("\n")

    def _run(self, arguments: Sequence[object]) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys.stdout, "isatty", lambda: self.terminal)
            return main(["user", *map(str, arguments)])


async def events(database: Connection, user_id: int) -> list[str]:
    return [event for (event,) in await database.fetch(EVENTS, user_id)]


async def registered(client: httpx.AsyncClient, name: str | None = None) -> tuple[str, int]:
    """A name and id of an account, of which the client keeps no cookies."""
    name = name or new_name()
    answer = await register(client, name, email=f"{token_hex(8)}@example.org")
    assert answer.status_code == 201, answer.text
    client.cookies.clear()
    return name, answer.json()["user"]["id"]


async def test_show_tells_moments_and_numbers_and_no_texts(
    user: User, accounts: Accounts, database: Connection
) -> None:
    parent, mark = await accounts.parent(), token_hex(6)
    for path, body in (
        ("/api/child-profiles", {"name": mark, "age": 3, "developmentNotes": mark, "specialNeeds": [mark]}),
        ("/api/parenting-goals", {"title": mark}),
        ("/api/parenting-goals", {"title": mark, "description": mark}),
    ):
        assert (await parent.client.post(path, json=body)).status_code == 201
    answer = await parent.client.patch("/api/parent-profiles/me", json={"bio": mark, "primaryConcerns": [mark]})
    assert answer.status_code in {200, 404}
    shown = user("show", parent.username)
    lines = dict(line.split(maxsplit=1) for line in shown.replace("last login", "last").splitlines())
    assert (lines["id"], lines["username"]) == (str(parent.user_id), parent.username)
    assert (lines["sessions"], lines["devices"], lines["children"], lines["goals"]) == ("1", "0", "1", "2")
    assert lines["mails"] == "0 to be sent"
    assert lines["onboarding"] == "completed"
    assert lines["banned"] == "no"
    assert lines["confirmed"] == "no"
    assert lines["last"].endswith(" UTC")
    assert mark not in shown
    assert "argon2" not in shown
    assert user("show", "--id", parent.user_id) == shown
    assert await events(database, parent.user_id) == ["account_read"] * 2


async def test_show_tells_whom_limits_hold_back(user: User, client: httpx.AsyncClient, database: Connection) -> None:
    name, _ = await registered(client)
    assert "held back   no\n" in user("show", name)
    # One attempt fills a limit by a tenth.
    address = new_address()
    assert (await log_in(client, name, "fout", address=address)).status_code == 401
    assert "held back   no\n" in user("show", name)
    await shut_out(database, name, new_address())
    assert "held back   other devices in one network until 20" in user("show", name)


@pytest.mark.parametrize("begin", ["-", "Zoë ", "ß 李 ", "o'Brien; drop table users; -- "])
async def test_names_of_every_kind_are_found_as_a_login_finds_them(
    user: User, client: httpx.AsyncClient, begin: str
) -> None:
    name, id = await registered(client, f"{begin}{token_hex(6)}")
    for spelt in (name, name.upper(), f" {name}\u200b".replace(" ", "  ")):
        assert f"id          {id}\n" in user("show", "--", spelt)


async def test_names_that_look_alike(user: User, database: Connection) -> None:
    # As the system before took them; none of them is spelt like what is asked for.
    name = f"Noor-{token_hex(6)}"
    ids = [
        await database.fetchval(
            "insert into users (username, email, password) values ($1, $2, '$argon2id$') returning id",
            f"{name}{invisible}",
            f"{token_hex(8)}@b.nl",
        )
        for invisible in ("\u200b", "\u200d", "\x1b")
    ]
    said = user.refused("erase", "--yes", name)
    assert said.startswith("several accounts look like that name, say which one is meant: ")
    assert [id for id in ids if f"(--id {id})" in said] == ids
    assert "\x1b" not in said
    assert f"id          {ids[1]}\n" in user("show", f"{name}\u200d")
    assert "\x1b" not in user("show", "--id", ids[2])


@pytest.mark.parametrize("action", ["show", "ban", "unban", "erase", "sessions", "factors-off"])
def test_a_name_that_is_not_there(user: User, action: str) -> None:
    for which in (["nobody", *(["--yes"] if action == "erase" else [])], ["--id", "0"], ["--id", "9" * 30], ["\udcff"]):
        said = user.refused(action, *which)
        assert said.startswith(("there is no account ", "the name is not UTF-8"))


async def test_reset(
    user: User, cluster: EmbeddedServer, accounts: Accounts, client: httpx.AsyncClient, database: Connection
) -> None:
    user.terminal = True
    name, id = await registered(client)
    address = new_address()
    parent = await accounts.parent()
    await database.execute("update sessions set user_id = $1 where user_id = $2", id, parent.user_id)
    await until(parent.client, 200)
    await shut_out(database, name, address)
    assert (await log_in(client, name, address=address)).status_code == 429
    first, _ = user("reset", name).splitlines()
    password = first.rpartition(" ")[2]
    await until(parent.client, 401)
    assert not await database.fetchval("select exists (select from devices where user_id = $1)", id)
    assert (await log_in(client, name, PASSWORD, address=address)).status_code == 401
    assert (await log_in(client, name, password, address=address)).status_code == 200
    assert await events(database, id) == ["password_reset"]
    email = await database.fetchval("select email from users where id = $1", id)
    mail = await mail_about(email, "Je wachtwoord is gewijzigd")
    assert mail["Subject"] == "Je wachtwoord is gewijzigd"
    assert password not in text_of(mail)
    kept = await database.fetch("select event::text, to_json(event) from audit_events as event where user_id = $1", id)
    assert password not in str(kept)
    assert password not in (cluster.cluster / "server.log").read_text("utf-8", errors="replace")


async def test_a_password_goes_to_terminals_only(user: User, client: httpx.AsyncClient, database: Connection) -> None:
    name, id = await registered(client)
    assert user.refused("reset", name) == "the new password is shown on a terminal only: nothing was done"
    assert (await log_in(client, name)).status_code == 200
    assert await events(database, id) == []


async def test_ban_and_unban(user: User, client: httpx.AsyncClient, database: Connection) -> None:
    name, id = await registered(client)
    assert user("ban", name, "--reason", "taken_over") == f"{name} is banned, and all its sessions have ended\n"
    assert user("ban", name) == f"{name} was banned already\n"
    assert (await log_in(client, name)).json()["code"] == "account_suspended"
    shown = user("show", name)
    assert " UTC, taken_over\n" in shown
    assert "sessions    0\n" in shown
    assert user("unban", name) == f"{name} may log in again\n"
    assert user("unban", name) == f"{name} was not banned\n"
    assert (await log_in(client, name)).status_code == 200
    assert await events(database, id) == ["account_banned", "account_read", "account_unbanned"]
    details = "select details ->> 'reason' from audit_events where user_id = $1 and event = 'account_banned'"
    assert await database.fetchval(details, id) == "taken_over"


async def test_factors_off(user: User, client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    client.cookies.clear()
    assert "factors     authenticator app; passkeys 0; recovery codes 10\n" in user("show", owner.name)
    assert (await log_in(client, owner.name)).json()["code"] == "second_factor_required"
    await fill(database, f"code:{owner.user_id}", 36_000)
    assert "codes of an authenticator app until 20" in user("show", owner.name)
    said = f"{owner.name} logs in with its password alone; its recovery codes are gone too\n"
    assert user("factors-off", owner.name) == said
    mail = await mail_about(f"{owner.name}@example.org", "Over je inlog bij Nestwerk", number=2)
    assert "je wachtwoord is nu genoeg" in text_of(mail)
    assert user("factors-off", owner.name) == f"{owner.name} had no second factor\n"
    assert "factors     none\n" in user("show", owner.name)
    assert (await log_in(client, owner.name)).status_code == 200
    recorded = await events(database, owner.user_id)
    assert [event for event in recorded if event != "account_read"] == ["factors_removed"]


async def test_the_reasons_are_those_of_the_enum(database: Connection) -> None:
    assert await database.fetchval("select enum_range(null::ban_reason)::text[]") == [*acts.REASONS]


async def test_sessions_are_listed_without_tokens_and_ended(
    user: User, client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    await until(parent.client, 200)
    heading, line = user("sessions", parent.username).splitlines()
    assert heading.split() == ["id", "created", "expires"]
    assert len(line.split()) == 7
    assert user("sessions", parent.username, "--end") == "sessions ended: 1\n"
    await until(parent.client, 401)
    assert user("sessions", parent.username) == "no sessions\n"
    assert await events(database, parent.user_id) == ["sessions_read", "sessions_ended", "sessions_read"]


async def test_who_did_it_is_recorded(user: User, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    user("show", parent.username)
    row = await database.fetchrow(
        "select actor_kind::text, actor, details from audit_events where user_id = $1", parent.user_id
    )
    assert row is not None
    assert tuple(row) == ("staff", f"{acts.system_user()} as postgres", "{}")


@pytest.fixture
def unrecorded(cluster: EmbeddedServer, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Recipes run as a role that may do everything but write events."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create role unrecorded login")
        connection.execute("grant all on all tables in schema public to unrecorded")
        connection.execute("revoke insert on audit_events from unrecorded")
        monkeypatch.setenv("DATABASE_URL", cluster.dsn.replace("postgres@", "unrecorded@"))
        yield
        connection.execute("drop owned by unrecorded; drop role unrecorded")


@pytest.mark.parametrize("action", ["show", "ban", "erase --yes", "sessions", "sessions --end", "reset"])
async def test_what_can_not_be_recorded_is_not_done(
    user: User, unrecorded: None, accounts: Accounts, action: str
) -> None:
    user.terminal = True
    parent = await accounts.parent()
    said = user.refused(*action.split(), parent.username)
    assert said == "permission denied for table audit_events"
    assert (await parent.client.get("/api/user")).status_code == 200


async def test_of_two_bans_at_once_one_is_recorded(user: User, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    threads = [threading.Thread(target=main, args=(["user", "ban", parent.username],)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert await events(database, parent.user_id) == ["account_banned"]


def test_every_statement_is_used() -> None:
    source = (COMMANDS / "_user" / "accounts.py").read_text()
    assert [name for name in read_statements(SUPPORT) if f'"{name}"' not in source] == []
