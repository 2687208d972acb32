"""Malformed bodies are refused as such, and nothing is written."""

import json

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.family_resources.resources import (
    BODY_LIMIT,
    JSON,
    Resource,
    add,
    check_problem,
    each_resource,
    in_parts,
    stored,
)

pytestmark = each_resource


def with_text(resource: Resource, encoded: bytes) -> bytes:
    """The smallest body, its text replaced by these bytes."""
    body = json.dumps(resource.minimum | {resource.required_texts[0]: "TEXT"}).encode()
    return body.replace(b'"TEXT"', encoded)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \r\n",
        b"{",
        b'{"',
        b'{"name"}',
        b"{}{}",
        b"{},",
        b"{'name': 1}",
        b"NaN",
        b"nul",
        b"[" * 100_000,
        b'{"a":' * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"\xff",
        b"\x00",
        b"a=1&b=2",
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_a_body_that_is_not_json(
    body: bytes, resource: Resource, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    before = await stored(database, resource, parent)
    path = f"{resource.path}/{row['id']}"
    for answer in (
        await parent.client.post(resource.path, content=body[:BODY_LIMIT], headers=JSON),
        await parent.client.patch(path, content=body[:BODY_LIMIT], headers=JSON),
        await parent.client.post(f"{resource.path}/batch", content=body, headers=JSON),
    ):
        check_problem(answer, 400, "malformed_body", "")
    assert await stored(database, resource, parent) == before


@pytest.mark.parametrize(
    ("encoded", "code"),
    [
        (b'"\xff"', "malformed_body"),
        (b'"\xed\xa0\x80"', "malformed_body"),
        (b'"\\ud800"', "malformed_body"),
        (b'"\\udc00\\ud800"', "malformed_body"),
        (b'"a\nb"', "malformed_body"),
        (b'"\\x"', "malformed_body"),
        (b"01", "malformed_body"),
        (b"+1", "malformed_body"),
        (b'"\\u0000"', "invalid_body"),
        (b'"a\\u0000b"', "invalid_body"),
        (b"1e400", "invalid_body"),
        (b"-1e400", "invalid_body"),
        (b"1" + b"0" * 400, "invalid_body"),
        (b"1" + b"0" * 5000, "invalid_body"),
        (b"0." + b"1" * 5000, "invalid_body"),
        (b"[]", "invalid_body"),
    ],
    ids=lambda part: repr(part[:12]),
)
async def test_invalid_unicode(
    encoded: bytes, code: str, resource: Resource, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    field = resource.required_texts[0]
    body = with_text(resource, encoded)
    single = await parent.client.post(resource.path, content=body, headers=JSON)
    check_problem(single, 400, code, f"/{field}" if code == "invalid_body" else "")
    batch = await parent.client.post(f"{resource.path}/batch", content=b"[%b]" % body, headers=JSON)
    check_problem(batch, 400, code, f"/0/{field}" if code == "invalid_body" else "")
    assert await stored(database, resource, parent) == []


@pytest.mark.parametrize("encoded", ['"\\ud83d\\udc76"', '"👶"', '"\\u0041"', '"\\ud7ff\\uffff"'])
async def test_text_in_escapes(encoded: str, resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.post(resource.path, content=with_text(resource, encoded.encode()), headers=JSON)
    assert (answer.status_code, answer.json()[resource.required_texts[0]]) == (201, json.loads(encoded))


async def test_the_last_value_of_a_key_that_occurs_twice_wins(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    field = resource.required_texts[0]
    body = with_text(resource, b'"eerst","%b":"dan"' % field.encode())
    answer = await parent.client.post(resource.path, content=body, headers=JSON)
    assert (answer.status_code, answer.json()[field]) == (201, "dan")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/problem+json",
        "json",
        "application/msgpack",
    ],
)
async def test_another_media_type(
    content_type: str | None, resource: Resource, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    headers = {} if content_type is None else {"Content-Type": content_type}
    body = json.dumps(resource.minimum).encode()
    check_problem(await parent.client.post(resource.path, content=body, headers=headers), 415, "unsupported_media_type")
    assert await stored(database, resource, parent) == []


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON ; charset=utf-8", "application/json;"])
async def test_spellings_of_the_media_type(content_type: str, resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.post(
        resource.path, content=json.dumps(resource.minimum).encode(), headers={"Content-Type": content_type}
    )
    assert answer.status_code == 201


@pytest.mark.parametrize("with_length", [True, False], ids=["with its length", "in chunks"])
async def test_the_largest_body(
    with_length: bool, resource: Resource, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    body = json.dumps(resource.minimum).encode().ljust(BODY_LIMIT)
    for method, path in (("POST", resource.path), ("PATCH", f"{resource.path}/{row['id']}")):
        fits = await parent.client.request(method, path, content=body if with_length else in_parts(body), headers=JSON)
        assert fits.status_code in {200, 201}, fits.text
    before = await stored(database, resource, parent)
    body += b" "
    for method, path in (("POST", resource.path), ("PATCH", f"{resource.path}/{row['id']}")):
        answer = await parent.client.request(
            method, path, content=body if with_length else in_parts(body), headers=JSON
        )
        check_problem(answer, 413, "body_too_large")
    assert await stored(database, resource, parent) == before
