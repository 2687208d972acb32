"""Which endpoint a path leads to, before and after it was found once."""

import httpx
import pytest

from api.http.application import Application
from api.http.client import TrustedProxies
from api.http.endpoint import delete, get
from api.http.schemas import Id
from api.problems.problem import Problem
from api.problems.types import NOT_FOUND


@get("/things/{id:int}", needs_database=False)
async def thing(id: Id) -> list[int]:
    """Show a thing."""
    return [id]


@get("/things/{id:int}/parts", needs_database=False)
async def parts(id: Id) -> list[int]:
    """List its parts."""
    return [id, 0]


@get("/things/first", needs_database=False)
async def first() -> list[int]:
    """Show the first one."""
    return []


@delete("/things/{id:int}", needs_database=False)
async def remove(id: Id) -> None:
    """Remove a thing that isn't there."""
    raise Problem(NOT_FOUND)


@pytest.fixture(scope="module")
def app() -> Application:
    return Application(
        proxies=TrustedProxies(()),
        route_handlers=[thing, parts, first, remove],
        openapi_config=None,
        logging_config=None,
    )


async def test_paths(app: Application) -> None:
    found = {
        "/things/12": [12],
        "/things/13": [13],
        "/things/12/": [12],
        "/things//12": [12],
        "/things/first": [],
        "/things/12/parts": [12, 0],
        "/things/9223372036854775807": [9223372036854775807],
    }
    missing = [
        *("/things/0", "/things/012", "/things/+12", "/things/1_2", "/things/-1", "/things/\u0661", "/things/a"),
        *("/things/9223372036854775808", "/things/", "/things/012/parts", "/things/12/pieces", "/others/12"),
    ]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", verify=False) as client:
        # Twice, as what was found is remembered.
        for _ in range(2):
            for path, document in found.items():
                answer = await client.get(path)
                assert (path, answer.status_code, answer.json()) == (path, 200, document)
            for path in missing:
                assert (path, (await client.get(path)).status_code) == (path, 404)
            assert (await client.delete("/things/12")).status_code == 404
            refused = await client.post("/things/12")
            assert (refused.status_code, "DELETE" in refused.headers["allow"]) == (405, True)
