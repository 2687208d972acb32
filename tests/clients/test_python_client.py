"""A client that openapi-python-client generates calls every operation, and knows the type of each answer."""

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, Final, get_args, get_type_hints

import httpx
import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import new_address
from tests.clients.calls import Call, calls
from tests.installed import installed
from tests.pictures.images import PNG

NAME: Final = "nestwerk_client"
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)")


@pytest.fixture
def generated(service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The generated package's modules of operations, by the operations' ids."""
    program = installed("openapi-python-client", "the dependency group `clients`")
    document = tmp_path / "openapi.json"
    document.write_bytes(httpx.get(f"{service}/schema/openapi.json").content)
    folder = tmp_path / NAME
    places = ["--path", str(document), "--output-path", str(folder)]
    command = [program, "generate", *places, "--meta", "none", "--fail-on-warning"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout
    check_types(folder)
    monkeypatch.syspath_prepend(tmp_path)
    paths = [path for path in folder.glob("api/*/*.py") if path.stem != "__init__"]
    yield {path.stem: importlib.import_module(f"{NAME}.api.{path.parent.name}.{path.stem}") for path in paths}
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


def check_types(folder: Path) -> None:
    # Its template of client.py isn't strict, whatever the document.
    (folder.parent / "mypy.ini").write_text(f"[mypy]\nstrict = true\n[mypy-{NAME}.client]\nignore_errors = true\n")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", "cache", NAME]
    ran = subprocess.run(command, cwd=folder.parent, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.long
async def test_every_operation(
    generated: dict[str, ModuleType], service: str, accounts: Accounts, database: Connection
) -> None:
    called = set()
    async for call in calls(service, accounts, database, PNG):
        operation = generated[call.id]
        await check_errors(call, operation, service)
        answer = await ask(call, operation, service)
        assert int(answer.status_code) in call.results(), (call.id, answer.content)
        if call.results()[int(answer.status_code)]:
            assert plain(answer.parsed) == with_moments(json.loads(answer.content)), call.id
        else:
            assert answer.parsed is None
        called.add(call.id)
    assert called == generated.keys()


async def check_errors(call: Call, operation: ModuleType, service: str) -> None:
    """Make calls that fail, and see that their answers have the types of the problems."""
    refused = await ask(call, operation, service, params={"nonsense": "1"})
    assert type(refused.parsed).__name__ == "InvalidQueryProblem", (call.id, refused.content)
    assert [error.pointer for error in refused.parsed.errors] == ["nonsense"]
    if call.needs_session:
        refused = await ask(call._replace(token="unknown"), operation, service)
        assert type(refused.parsed).__name__ == "NotAuthenticatedProblem", (call.id, refused.content)
        assert (refused.parsed.status, refused.parsed.code) == (401, "not_authenticated")


async def ask(call: Call, operation: ModuleType, service: str, **options: Any) -> Any:
    client = importlib.import_module(f"{NAME}.client").AuthenticatedClient(
        base_url=service,
        token=call.token,
        headers={"X-Forwarded-For": new_address()},
        httpx_args=options,
        # Reading the certificates of the system takes 20 ms.
        verify_ssl=False,
        raise_on_unexpected_status=True,
    )
    arguments: dict[str, Any] = {re.sub("(?=[A-Z])", "_", name).lower(): it for name, it in call.parameters.items()}
    hints = get_type_hints(operation.asyncio_detailed)
    arguments |= {
        name: [get_args(get_args(hints[name])[0])[0](each) for each in value] if isinstance(value, list) else value
        for name, value in call.query.items()
    }
    if call.body is not None:
        arguments["body"] = body_of(call.body, operation)
    async with client:
        return await operation.asyncio_detailed(client=client, **arguments)


def body_of(body: Any, operation: ModuleType) -> Any:
    kind = get_type_hints(operation.asyncio_detailed)["body"]
    if isinstance(body, list):
        [item] = get_args(kind)
        return [item.from_dict(each) for each in body]
    if isinstance(body, bytes):
        file = importlib.import_module(f"{NAME}.types").File(BytesIO(body), "picture.png", "image/png")
        return kind(file)
    return kind.from_dict(body)


def plain(parsed: Any) -> Any:
    """JSON of what a client has parsed."""
    return [plain(each) for each in parsed] if isinstance(parsed, list) else with_moments(parsed.to_dict())


def with_moments(document: Any) -> Any:
    """JSON with all moments in one form."""
    return json.loads(MOMENT.sub(lambda found: datetime.fromisoformat(found[0]).isoformat(), json.dumps(document)))
