"""Passwords that are guessed soon, and what makes them so."""

import string
from random import Random

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.auth import password_strength as strength
from api.auth.password_strength import weakness
from api.auth.schemas import OwnWords
from api.database.aliases import Connection
from api.problems.text import Text
from tests.auth.logins import PASSWORD, level, new_address, new_name, register

OWN = OwnWords("Noor de Vries", "n.devries+app@example.org", ["Émilie", "Bram"])


@pytest.mark.parametrize(
    "password",
    ["nestwerk", "NESTWERK", "Nestwerk1!", "nestwerk2026", "2026-nestwerk", "n3stw3rk", "nestwerknestwerk",
     "nest werk!",
     "\uff4eest\uff57erk", "mijnestwerk", "nestwerk.nl", "n-e-s-t-w-e-r-k", "ne$twerk"],
)  # fmt: skip
def test_the_word_of_the_app(password: str) -> None:
    assert weakness(password, OWN) == strength.LIKE_APP


@pytest.mark.parametrize(
    "password", ["noor de vries", "NoorDeVries", "noordevries123!", "n00rd3vri3s", "Noor-De-Vries-", "Noor1990"]
)
def test_the_username(password: str) -> None:
    assert weakness(password, OWN) == strength.LIKE_USERNAME


@pytest.mark.parametrize("password", [OWN.email, OWN.email.upper(), "n.devries+app", "ndevriesapp1", "devries+1"])
def test_the_address(password: str) -> None:
    assert weakness(password, OWN) == strength.LIKE_EMAIL


@pytest.mark.parametrize("password", ["Bram2019", "Bram2019!", "emilie123", "Émilie12", "BramBram"])
def test_names_of_the_family(password: str) -> None:
    assert weakness(password, OWN) == strength.LIKE_NAME


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("welkom123", strength.COMMON), ("Amsterdam2026", strength.COMMON), ("lente2026", strength.COMMON),
        ("Pannenkoek1", strength.COMMON), ("Summer2025!", strength.COMMON), ("P@ssw0rd!1", strength.COMMON),
        ("Wachtwoord123!", strength.COMMON), ("wandelen", strength.WORD), ("correcthorse", strength.WORD),
        ("hernandez1", strength.NAME), ("1qaz2wsx3edc", strength.COMMON), ("poiuytrewq", strength.COMMON),
        ("fghjrtyu", strength.KEYS), ("aaaaaaaa", strength.REPEATED), ("xyqxyqxyqxyq", strength.REPEATED),
        ("abcdefgh", strength.SEQUENCE), ("1990-05-12", strength.DATE), ("12051990", strength.DATE),
    ],
)  # fmt: skip
def test_what_is_guessed_soon(password: str, message: Text) -> None:
    assert weakness(password, OWN) == message


@pytest.mark.parametrize(
    "password",
    ["een lange zin onthoudt beter", "welkom in ons huis", "de kat zit op tafel", "kippensoep met balletjes",
     "papa en mama", "paarse olifant", "blauwe fiets", "tafel stoel lamp", "nestwerk is een goed begin",
     "noor en bram lezen samen", "correct horse", "three little pigs", "purple elephant", "coffee in the morning",
     "kX9#mQ2p", "Tr0ub4dor&3", "wachtwoo", "ouders met 🌷 tulpen", "爱吃苹果的小猫咪", "мама мыла раму",
     "\ud800" * 3 + "een zin!"],
)  # fmt: skip
def test_what_parents_can_remember(password: str) -> None:
    assert weakness(password, OWN) is None


def test_no_words_of_ones_own() -> None:
    assert weakness("noordevries123!", OwnWords("李", "a@b.nl")) is None
    assert weakness("李李李李李李李李", OwnWords("李", "")) == strength.REPEATED


def test_the_messages_say_what_is_wrong_and_what_would_be_right() -> None:
    messages = {text for text in vars(strength).values() if type(text) is Text}
    assert len(messages) == 11
    assert all("; neem liever " in text.nl and " are better" in text.en for text in messages)


@settings(max_examples=30)
@example("::;::::;")
@example("\u0301" * 8)
@given(st.text(st.characters(), min_size=8, max_size=40))
def test_any_text_may_be_estimated(password: str) -> None:
    weakness(password, OWN)


@pytest.mark.parametrize("alphabet", ["4@8({[<369!|1705$+7%2", string.digits, string.printable, "ab", "a"])
def test_the_time_is_bounded(alphabet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins for letters would have zxcvbn take seconds, and long passwords minutes."""
    seen: list[tuple[int, int]] = []
    from zxcvbn import matching  # type: ignore[import-untyped] # noqa: PLC0415

    enumerated = matching.enumerate_l33t_subs

    def counted(table: dict[str, list[str]]) -> list[object]:
        found: list[object] = enumerated(table)
        seen.append((len(found), sum(map(len, table.values()))))
        return found

    monkeypatch.setattr(matching, "enumerate_l33t_subs", counted)
    chosen = Random(1)
    for _ in range(2):
        weakness("".join(chosen.choices(alphabet, k=256)), OWN)
    assert max(readings for readings, _ in seen) <= 16


async def test_registration_and_change_say_why(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    for password, what in (
        (f"{name}!", "gebruikersnaam"),
        (f"{name}@example.org", "e-mailadres"),
        ("Nestwerk!", "app"),
        ("Zomer2025!", "veel mensen"),
    ):
        other = "iemand-anders" if what == "e-mailadres" else name
        answer = await register(client, other, password=password, email=f"{name}@example.org")
        assert answer.status_code == 400
        [error] = answer.json()["errors"]
        assert error["pointer"] == "/password"
        assert what in error["message"]
    user_id = (await register(client, name)).json()["user"]["id"]
    await database.execute(
        "with profile as (insert into parent_profiles (user_id, name) values ($1, 'Jildou') returning id)"
        " insert into child_profiles (parent_profile_id, name, age) select id, 'Fenne', 4 from profile",
        user_id,
    )
    for password in ("Fenne2022", "jildou-1990"):
        answer = await client.post(
            "/api/users/me/password",
            json={"oldPassword": PASSWORD, "newPassword": password},
            headers={"X-Forwarded-For": new_address(), "Accept-Language": "en"},
        )
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["message"]) == ("/newPassword", strength.LIKE_NAME.en)
    # The old one was right, so nothing counts as a guess.
    assert await level(database, f"old-password:{user_id}") == pytest.approx(0, abs=60)
