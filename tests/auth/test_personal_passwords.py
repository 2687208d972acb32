"""Passwords made of what everybody knows."""

import httpx
import pytest

from api.auth.personal_passwords import PASSWORD_IS_APP, PASSWORD_IS_EMAIL, PASSWORD_IS_NAME, refuse_personal
from tests.auth.logins import new_name, register

NAME, EMAIL = "Noor de Vries", "n.devries+app@example.org"


@pytest.mark.parametrize(
    "password",
    ["nestwerk", "NESTWERK", "Nestwerk1!", "nestwerk2026", "2026-nestwerk", "n3stw3rk", "nestwerknestwerk",
     "nest werk!",
     "\uff4eest\uff57erk", "mijnestwerk", "nestwerk.nl", "n-e-s-t-w-e-r-k", "ne$twerk"],
)  # fmt: skip
def test_the_word_of_the_app(password: str) -> None:
    assert refuse_personal(password, NAME, EMAIL) == PASSWORD_IS_APP


@pytest.mark.parametrize(
    "password", ["noor de vries", "NoorDeVries", "noordevries123!", "n00rd3vri3s", "Noor-De-Vries-"]
)
def test_the_name(password: str) -> None:
    assert refuse_personal(password, NAME, EMAIL) == PASSWORD_IS_NAME


@pytest.mark.parametrize("password", [EMAIL, EMAIL.upper(), "n.devries+app", "ndevriesapp1"])
def test_the_address(password: str) -> None:
    assert refuse_personal(password, NAME, EMAIL) == PASSWORD_IS_EMAIL


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("een lange zin onthoudt beter", NAME),
        ("nestwerk is een goed begin", NAME),
        ("januari en maart", "jan"),
        ("banaan12", "a"),
        ("wandelen", "an"),
        ("12345678901", "李"),
        ("correct horse", ""),
    ],
)
def test_other_passwords(password: str, name: str) -> None:
    assert refuse_personal(password, name, EMAIL) is None


@pytest.mark.parametrize(("password", "name"), [("jojo-jojo", "Jo"), ("J0J0 jojo", "jo"), ("李李李李", "李")])
def test_a_short_name_again_and_again(password: str, name: str) -> None:
    assert refuse_personal(password, name, EMAIL) == PASSWORD_IS_NAME


@pytest.mark.parametrize(("password", "name"), [("emilie123", "Émilie"), ("Zoë12345", "zoe")])
def test_a_name_without_its_accents(password: str, name: str) -> None:
    assert refuse_personal(password, name, EMAIL) == PASSWORD_IS_NAME


def test_a_short_name_with_decoration() -> None:
    assert refuse_personal("jan12345!", "Jan", EMAIL) == PASSWORD_IS_NAME


async def test_registration_says_why(client: httpx.AsyncClient) -> None:
    name = new_name()
    for password, what in (
        (f"{name}!", "gebruikersnaam"),
        (f"{name}@example.org", "e-mailadres"),
        ("Nestwerk!", "app"),
    ):
        other = "iemand-anders" if what == "e-mailadres" else name
        answer = await register(client, other, password=password, email=f"{name}@example.org")
        assert answer.status_code == 400
        [error] = answer.json()["errors"]
        assert error["pointer"] == "/password"
        assert what in error["message"]
