"""Messages that a parent reads about invalid fields."""

from typing import Any

import pytest

from tests.accounts import Accounts

STEP = "/api/onboarding/progress"
ADDRESS = "moet een e-mailadres zijn, zoals naam@voorbeeld.nl"


@pytest.mark.parametrize(
    ("path", "body", "nl", "en"),
    [
        (STEP, {"step": 9, "data": {}}, "Stap moet tussen 0 en 4 liggen.", "Step must be between 0 and 4."),
        (STEP, {"step": 1}, "Antwoorden ontbreekt.", "Answers is missing."),
        (
            "/api/child-profiles?limit=0",
            None,
            "Aantal per pagina moet tussen 1 en 100 liggen.",
            "Items per page must be between 1 and 100.",
        ),
        (
            f"/api/child-profiles?cursor={'x' * 201}",
            None,
            "Plaats in de lijst mag hoogstens 200 tekens hebben.",
            "Place in the list must have at most 200 characters.",
        ),
        (
            "/api/users/me?include=x",
            None,
            "Wat erbij komt moet een van deze zijn:",
            "What to include must be one of:",
        ),
    ],
)
async def test_fields_are_named_by_their_labels(
    path: str, body: dict[str, Any] | None, nl: str, en: str, accounts: Accounts
) -> None:
    client = (await accounts.parent()).client
    for language, words in (("nl", nl), ("en", en)):
        method = "GET" if body is None else "POST"
        answer = await client.request(method, path, json=body, headers={"Accept-Language": language})
        assert answer.status_code == 400
        assert words in answer.json()["message"]


@pytest.mark.parametrize("name", ["2", "0", "\u0661", "9" * 5000, "a/1", "/2", "~1"])
async def test_a_field_name_that_is_a_number(name: str, accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    for answer in (
        await client.get("/api/sessions", params={name: "x"}),
        await client.post("/api/child-profiles", json={"name": "Bram", "age": 4, name: "x"}),
        await client.post("/api/child-profiles/batch", json=[{"name": "Bram", "age": 4, name: "x"}]),
    ):
        assert answer.status_code == 400, answer.text
        assert answer.json()["message"]
        assert len(answer.json()["errors"]) == 1


@pytest.mark.parametrize("email", ["", "x", "@", "xy", "noor", "noor@"])
async def test_an_invalid_email_address_gets_its_own_message_however_short(email: str, accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    for method, path in (("POST", "/api/register"), ("PATCH", "/api/users/me"), ("PATCH", "/api/parent-profile")):
        body = {"email": email} | ({"username": "noor", "password": "een lange zin"} if method == "POST" else {})
        answer = await client.request(method, path, json=body)
        assert answer.json()["errors"] == [{"pointer": "/email", "message": ADDRESS}]
