"""Requests with a mark wherever a client can put one: right ones, wrong ones, and ones that PostgreSQL refuses."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import httpx

from tests.accounts import Parent
from tests.auth.logins import credentials, log_in, new_address, new_name, register
from tests.family_resources.resources import CHILDREN, JSON, add
from tests.mail.links import mail_about, token_in

# A sensible id is logged as the request's, and a trace's as the trace's; these are none.
HEADERS: Final = (
    *("user-agent", "x-request-id", "traceparent", "tracestate", "cookie", "authorization", "accept-language"),
    *("x-forwarded-for", "x-forwarded-host", "forwarded", "origin", "referer", "content-type", "content-encoding"),
    *("host", "if-none-match", "x-anything"),
)


async def send_marks(client: httpx.AsyncClient, parent: Parent, document: dict[str, Any], mark: str) -> None:
    """Send them to each operation of an OpenAPI document, as a parent."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            url = path.replace("{id}", "1")
            body = operation.get("requestBody", {}).get("content", {})
            example = next((each.get("example") for each in body.values()), None)
            kind = next(iter(body), "application/json")
            for content in _bodies(example, mark) if body else ():
                await parent.client.request(method, url, content=content, headers={"Content-Type": kind})
            await parent.client.request(method, f"{re.sub('{[a-z]+}', mark, path)}?{mark}={mark}&cursor={mark}")
    for name in HEADERS:
        for value in (f"{mark}@", f"<{mark}>"):
            await client.get("/api/users/me", headers={name: value})


def _bodies(example: Any, mark: str) -> Iterator[str]:
    """The example with a mark in one place after the other, and malformed ones."""
    text = json.dumps(example)
    yield f"{text[:-1]} {mark}"
    yield f'"{mark}"'
    for changed in _changed(example, mark):
        yield json.dumps(changed)


def _changed(value: Any, mark: str) -> Iterator[Any]:
    match value:
        case dict():
            yield value | {mark: mark}
            for name, each in value.items():
                yield from (value | {name: changed} for changed in _changed(each, mark))
        case list():
            yield [*value, mark]
            if value:
                yield from ([changed, *value[1:]] for changed in _changed(value[0], mark))
        case _:
            yield from (f"{mark} {value}", f"\0{mark}", mark * 100, {mark: mark}, [mark])


async def send_refused(parent: Parent, other: Parent, mark: str) -> list[tuple[httpx.Response, int]]:
    """What constraints refuse, or statements in other ways, with the status of each answer."""
    child = await add(parent, CHILDREN, developmentNotes=mark)
    path = f"{CHILDREN.path}/{child['id']}"
    large = json.dumps(CHILDREN.minimum | {"name": mark})[:-1] + f', "routines": {{"n": [{"1e300," * 900}1]}}}}'
    return [
        (await parent.client.patch(path, json={"routines": {mark: "x" * 20_000}}), 200),
        (await parent.client.patch(path, json={"routines": {"a": mark * 1_000}}), 409),
        (await parent.client.post(CHILDREN.path, content=large, headers=JSON), 409),
        *zip(await confirm_twice(other.client, mark), (200, 409), strict=True),
    ]


async def confirm_twice(client: httpx.AsyncClient, mark: str) -> list[httpx.Response]:
    """Answers to two accounts that confirm one address, of which the first succeeds."""
    email = f"{mark}@b.nl"
    for _ in range(2):
        assert (await register(client, new_name(), email=email)).status_code == 201
    tokens = [token_in(await mail_about(email, "Bevestig je e-mailadres", number)) for number in (1, 2)]
    return [await client.post(f"/api/confirm-email/{token}") for token in tokens]


async def send_passwords(client: httpx.AsyncClient, mark: str) -> list[httpx.Response]:
    """Answers to right and wrong passwords, some where a username belongs; each password is or has a mark."""
    name, old, new = new_name(), f"Een zin van vroeger met {mark}", f"Een nieuwe zin met {mark}"
    client.headers["X-Forwarded-For"] = new_address()
    answers = [
        await register(client, name, password=old, email=f"{mark}@example.org"),
        await register(client, name, password=old),
        await log_in(client, name, new),
        await log_in(client, old, new),
        await log_in(client, name, old),
        await client.post("/api/users/me/password", json={"oldPassword": new, "newPassword": old}),
        await client.post("/api/users/me/password", json={"oldPassword": old, "newPassword": new}),
        await client.get("/api/sessions"),
        await client.post("/api/sessions", json=credentials(name, new)),
    ]
    assert answers[-1].status_code == 201
    return answers
