"""The page that shows the OpenAPI document."""

import re

import httpx
import pytest

from api.app import create_app
from api.settings import Settings


async def test_the_page_loads_nothing_from_another_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/schema")
    assert page.headers["content-type"].startswith("text/html")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert len(addresses) == 4
    for address in addresses:
        if address != "data:,":
            assert re.match(r"/[^/]", address)
            asset = await client.get(address)
            assert asset.status_code == 200
            assert asset.headers["content-type"].split(";")[0] in {"text/css", "text/javascript"}
            assert asset.headers["x-content-type-options"] == "nosniff"
            assert asset.headers["cache-control"] == "max-age=86400"
            assert len(asset.content) > 100
    styles = (await client.get("/schema/assets/swagger-ui.css")).text
    assert re.findall(r"url\(\s*(?!['\"]?data:)", styles) == []
    assert "@import" not in styles


@pytest.mark.parametrize("name", ["nope.js", "../page.html", "swagger-ui.css.map", "..%2Fpage.html", ""])
async def test_no_other_file_is_served(name: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/schema/assets/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_it_can_be_switched_off() -> None:
    app = create_app(Settings(database_url="postgresql:///", documentation=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://nestwerk") as client:
        for path in ("/schema", "/schema/openapi.json", "/schema/assets/swagger-ui.css"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert (await client.get("/health/live")).status_code == 200
