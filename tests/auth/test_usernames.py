"""All spellings of a username are one account and one throttle; new ones keep to RFC 8265."""

import unicodedata

import httpx
import pytest

from api.auth.usernames import kept_username, refuse_disallowed
from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, log_in, new_name, register

# Letters of Unicode 16, which PostgreSQL normalises to plain ones, and which this Python may not know.
OUTLINED_A = 0x1CCD6


def outlined(name: str) -> str:
    return shifted(name, OUTLINED_A - ord("a"))


def wide(name: str) -> str:
    return shifted(name, 0xFF41 - ord("a"))


def shifted(name: str, by: int) -> str:
    return "".join(chr(ord(letter) + by) if "a" <= letter <= "z" else letter for letter in name.lower())


def spellings(name: str) -> list[str]:
    return [
        name,
        name.upper(),
        unicodedata.normalize("NFD", name),
        wide(name),
        outlined(name),
        f" {name}\n",
        f"\ufeff{name}\u200b",
        name.replace("-", "\u00ad-\u2060"),
        f"\u202a{name}\u202c\u00a0",
        name.replace(" ", " \u3000\t"),
    ]


async def test_all_spellings_of_an_account_log_in_and_share_a_throttle(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name = f"Zoë {new_name()}"
    assert (await register(client, name, email=f"{name[4:]}@example.org")).status_code == 201
    for spelling in spellings(name):
        assert (await log_in(client, spelling)).json()["user"]["username"] == name
    client.cookies.clear()
    await database.execute("delete from rate_limits")
    for spelling in spellings(name)[:3]:
        assert (await log_in(client, spelling, "fout")).status_code == 401
    subjects = await database.fetch("select subject from rate_limits where subject like 'account:%' and subject !~ '@'")
    assert len(subjects) == 1


async def test_no_spelling_makes_another_account(client: httpx.AsyncClient) -> None:
    name = f"Zoë {new_name()}"
    await register(client, name, email=f"{name[4:]}@example.org")
    for index, spelling in enumerate(spellings(name)):
        answer = await register(client, spelling, email=f"{index}{name[4:]}@example.org")
        assert answer.status_code in {400, 409}
        assert answer.json()["code"] in {"username_taken", "invalid_body"}


async def test_a_name_is_kept_composed_and_of_the_usual_width(client: httpx.AsyncClient) -> None:
    name = new_name()
    answer = await register(client, f"\uff3aOE\u0308 {name}", email=f"{name}@example.org")
    assert answer.json()["user"]["username"] == f"ZOË {name}"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("noor\u200b", "onzichtbaar teken (U+200B)"),
        ("no\u00ador", "onzichtbaar teken (U+00AD)"),
        ("no\u202eor", "onzichtbaar teken (U+202E)"),
        ("noor\u200d", "onzichtbaar teken (U+200D)"),
        ("no\x07or", "onzichtbaar teken (U+0007)"),
        ("\u3164", "onzichtbaar teken (U+3164)"),
        ("noor 🌷", "geen symbolen of emoji bevatten (U+1F337)"),
        ("noor ☺️", "geen symbolen of emoji bevatten (U+263A)"),
        ("no  or", "één gewone spatie"),
        ("no\u00a0or", "één gewone spatie"),
        ("no\tor", "één gewone spatie"),
        ("ﷺ", "past (U+FDFA)"),
        ("ﬁets", "past (U+FB01)"),
        ("Ⅳ", "past (U+2163)"),
        (outlined("a"), "past (U+1CCD6)"),
        ("אbc", "scripts"),
        ("\u0958" * 100, "te lang"),
    ],
)
async def test_what_is_no_username_is_told(client: httpx.AsyncClient, name: str, reason: str) -> None:
    answer = await register(client, name, email=f"{new_name()}@example.org")
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/username"
    assert reason.replace("scripts", "schriften") in error["message"]


@pytest.mark.parametrize(
    "name",
    ["noor", "Noor de Vries", "O'Brien", "a.b_c-d+e@f.nl", "Zoë", "Straße", "نور", "Иван", "李娜", "نام\u200cمن"],
)
def test_names_of_any_language(name: str) -> None:
    assert refuse_disallowed(name) is None
    assert kept_username(name) == name


async def test_names_of_before_that_are_no_longer_allowed_log_in(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    suffix = new_name()
    await register(client, f"x-{suffix}")
    for number, form in enumerate(["{}", "{}\u200b", "{} 🌷", "{}  👩\u200d👧", "\u00a0{}", "ﬁ\n{}", "\u0958{}"]):
        name = form.format(suffix)
        user_id = await database.fetchval(
            "insert into users (username, email, password)"
            " select $1, $2, password from users where username = $3 returning id",
            name,
            f"{number}-{suffix}@example.com",
            f"x-{suffix}",
        )
        # Also of two that look the same, the one that is spelt so.
        for spelling in (name, name.upper()):
            assert (await log_in(client, spelling, PASSWORD)).json()["user"] == {
                "id": user_id,
                "username": name,
                "email": f"{number}-{suffix}@example.com",
                "profilePicture": None,
                "consentNeeded": True,
            }


async def test_a_name_that_looks_like_one_of_before_is_taken(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    await database.execute(
        "insert into users (username, email, password) values ($1, $2, '$argon2id$unusable')",
        f"{name[:3]}\u200b{name[3:]}",
        f"{name}@example.com",
    )
    assert (await register(client, name)).json()["code"] == "username_taken"


async def test_display_names_keep_emoji(accounts: Accounts) -> None:
    parent = await accounts.parent()
    name = "Noor 🌷 👩\u200d👧"
    answer = await parent.client.patch("/api/parent-profile", json={"name": name})
    assert (answer.status_code, answer.json()["name"]) == (200, name)


async def test_a_typed_username_is_not_stored_in_limits(client: httpx.AsyncClient, database: Connection) -> None:
    typed = new_name()
    assert (await log_in(client, typed, "fout")).status_code == 401
    subjects = await database.fetch("select subject from rate_limits")
    assert subjects
    assert not [row for row in subjects if typed.lower() in row["subject"].lower()]


async def test_a_letter_that_folding_takes_apart_is_the_same_name(database: Connection) -> None:
    keys = await database.fetchrow(
        "select username_key($1), username_key($2), username_key($3)", "ΐ", "Ϊ\u0301", "\u03aa\u0301"
    )
    assert keys
    assert len(set(keys)) == 1


@pytest.mark.parametrize("username", ["", " ", "a" * 254, "\u202e", "🌷" * 254])
async def test_an_unknown_username(client: httpx.AsyncClient, username: str) -> None:
    assert (await log_in(client, username, "fout")).status_code == 401


@pytest.mark.parametrize("username", ["no\0or", "a" * 255])
async def test_an_impossible_username(client: httpx.AsyncClient, username: str) -> None:
    answer = await log_in(client, username, "fout")
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/username"]
