"""All spellings of a username are one account and one throttle."""

import unicodedata

import httpx
import pytest

from api.database.aliases import Connection
from tests.auth.logins import log_in, new_name, register

SMALL_A = ord("a")
# Letters of Unicode 16, which PostgreSQL normalises to plain ones, and which this Python may not know.
OUTLINED_A = 0x1CCD6


def outlined(name: str) -> str:
    return "".join(
        chr(OUTLINED_A + ord(letter) - SMALL_A) if "a" <= letter <= "z" else letter for letter in name.lower()
    )


async def test_all_spellings_of_an_account_share_a_throttle(client: httpx.AsyncClient, database: Connection) -> None:
    name = "noor" + new_name()
    await register(client, name)
    spellings = [name, name.upper(), unicodedata.normalize("NFD", name), outlined(name), f" {name}\n"]
    for spelling in spellings:
        assert (await log_in(client, spelling)).status_code == 200
    for spelling in spellings:
        assert (await log_in(client, spelling, "fout")).status_code == 401
    failures = await database.fetchval(
        "select failures from login_throttles"
        " where subject = 'account:' || encode(sha256(convert_to(fold($1), 'UTF8')), 'hex')",
        name,
    )
    assert failures == len(spellings)


@pytest.mark.parametrize("character", ["\U0001d160", "\ufdfa", "\u0958", "ß", "\u0131"])
async def test_a_name_of_characters_that_grow_when_normalised_comes_back_as_given(
    client: httpx.AsyncClient, character: str
) -> None:
    suffix = new_name()
    name = character * (100 - len(suffix)) + suffix
    answer = await register(client, name, email=f"{suffix}@example.org")
    assert answer.status_code == 201
    assert answer.json()["user"]["username"] == name
    assert (await log_in(client, name)).status_code == 200


async def test_a_typed_username_is_not_stored_in_throttles(client: httpx.AsyncClient, database: Connection) -> None:
    typed = new_name()
    assert (await log_in(client, typed, "fout")).status_code == 401
    subjects = await database.fetch("select subject from login_throttles")
    assert subjects
    assert not [row for row in subjects if typed.lower() in row["subject"].lower()]


@pytest.mark.parametrize("username", ["", " ", "a" * 254, "\u202e", "🌷" * 254])
async def test_an_unknown_username(client: httpx.AsyncClient, username: str) -> None:
    assert (await log_in(client, username, "fout")).status_code == 401


@pytest.mark.parametrize("username", ["no\0or", "a" * 255])
async def test_an_impossible_username(client: httpx.AsyncClient, username: str) -> None:
    answer = await log_in(client, username, "fout")
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/username"]
