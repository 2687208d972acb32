"""Passwords and tokens appear in no response and no log."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from api.postgres.embedded import EmbeddedServer
from tests.auth.logins import log_in, new_address, new_name, register
from tests.conftest import running_service

OLD = "Zonnebloem-geheim-oud"
NEW = "Zonnebloem-geheim-nieuw"
JSON = {"Content-Type": "application/json"}


class VerboseService(NamedTuple):
    """A service with the log level `debug`."""

    address: str
    output: Path


@pytest.fixture
def verbose_service(dsn: str, tmp_path: Path) -> Iterator[VerboseService]:
    path = tmp_path / "output"
    with path.open("wb") as output, running_service(dsn, log_level="debug", workers=1, output=output) as address:
        yield VerboseService(address, path)


async def test_secrets_are_in_no_answer_and_no_log(verbose_service: VerboseService, cluster: EmbeddedServer) -> None:
    async with httpx.AsyncClient(base_url=verbose_service.address, timeout=30, verify=False) as client:
        answers, tokens = await send_secrets(client)
    answered = "\n".join(answer.text for answer in answers)
    logged = verbose_service.output.read_text()
    by_postgresql = (cluster.cluster / "server.log").read_text()
    assert "/api/login" in logged
    for secret in (OLD, NEW, "geheim", *tokens):
        assert secret not in answered
        assert secret not in logged
        assert secret not in by_postgresql
    assert "argon2" not in answered + logged


async def send_secrets(client: httpx.AsyncClient) -> tuple[list[httpx.Response], list[str]]:
    """Responses to requests with right and wrong passwords, and the tokens in them."""
    name = new_name()
    client.headers["X-Forwarded-For"] = new_address()
    answers = [
        await register(client, name, password=OLD),
        await register(client, name, password=OLD),
        await register(client, new_name(), password=OLD, email="wrong"),
        await register(client, new_name(), password=[OLD]),
        await client.post("/api/register", content=b'{"password": "%s"' % OLD.encode(), headers=JSON),
        await client.post("/api/login", content=b'{"password": "%s"}x' % OLD.encode(), headers=JSON),
        await log_in(client, name, NEW),
        await log_in(client, OLD, NEW),
        await log_in(client, name, OLD),
        await change_password(client, NEW, OLD),
        await change_password(client, OLD, NEW),
        await client.get("/api/user"),
        await client.get("/api/users/me?include=parentProfile"),
        await client.get("/api/sessions"),
    ]
    assert answers[-1].status_code == 200
    token = (await log_in(client, name, NEW, path="/api/sessions")).json()["token"]
    return answers, [token, *[cookie for answer in answers for cookie in answer.cookies.values()]]


async def change_password(client: httpx.AsyncClient, old: str, new: str) -> httpx.Response:
    return await client.post("/api/users/me/password", json={"oldPassword": old, "newPassword": new})
