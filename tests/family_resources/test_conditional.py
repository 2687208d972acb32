"""Conditional requests: tags of rows and lists, and changes of the version that a client knows."""

import asyncio

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.family_resources.resources import Resource, add, check_problem, each_resource, stored


@each_resource
async def test_a_row_has_one_tag_wherever_it_is_given(resource: Resource, accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    added = await client.post(resource.path, json=resource.minimum)
    path = added.headers["location"]
    read, head = await client.get(path), await client.head(path)
    assert added.headers["etag"] == read.headers["etag"] == head.headers["etag"]
    patched = await client.patch(path, json=resource.full)
    assert patched.headers["etag"] != added.headers["etag"]
    assert (await client.get(path)).headers["etag"] == patched.headers["etag"]


@each_resource
async def test_what_a_client_has_already_is_not_sent_again(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    path = f"{resource.path}/{(await add(parent, resource))['id']}"
    for each in (path, resource.path, f"{resource.path}?limit=1"):
        tag = (await parent.client.get(each)).headers["etag"]
        for known in (tag, "*", f"W/{tag}", f'"other" ,W/"a,b",, {tag}'):
            for method in ("GET", "HEAD"):
                answer = await parent.client.request(method, each, headers={"If-None-Match": known})
                assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag), known
                assert answer.headers["cache-control"] == "no-store"
                assert not {"content-length", "content-type"} & answer.headers.keys()
        for other in ('"other"', f'{tag[:-1]}0"', tag.strip('"'), f"{tag} {tag}", ""):
            answer = await parent.client.get(each, headers={"If-None-Match": other})
            assert (answer.status_code, answer.headers["etag"]) == (200, tag), other
    await parent.client.patch(path, json=resource.full)
    for each in (path, resource.path):
        assert (await parent.client.get(each, headers={"If-None-Match": tag})).status_code == 200


@each_resource
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_change_of_another_version_is_refused(
    method: str, resource: Resource, accounts: Accounts, database: Connection
) -> None:
    parent, stranger = await accounts.parent(), await accounts.parent()
    added = await parent.client.post(resource.path, json=resource.minimum)
    path, first = added.headers["location"], added.headers["etag"]
    second = (await parent.client.patch(path, json=resource.full)).headers["etag"]
    before = await stored(database, resource, parent)
    body = resource.minimum if method == "PATCH" else None
    for known in (first, f"W/{second}", '"other"', f'{first}, "other"', second.replace("Z", "+00:00")):
        answer = await parent.client.request(method, path, headers={"If-Match": known}, json=body)
        check_problem(answer, 412, "precondition_failed")
        assert answer.text.startswith('{"message":')
        assert answer.headers["etag"] == second
    for known in (first, second):
        answer = await stranger.client.request(method, path, headers={"If-Match": known}, json=body)
        check_problem(answer, 404, resource.missing)
        assert "etag" not in answer.headers
    assert await stored(database, resource, parent) == before
    answer = await parent.client.request(method, path, headers={"If-Match": f"{first}, {second}"}, json=body)
    assert answer.status_code in {200, 204}
    assert answer.headers.get("etag") != second


@each_resource
@pytest.mark.parametrize("methods", [["PATCH"], ["DELETE"], ["PATCH", "DELETE"]])
async def test_of_clients_that_change_one_version_at_once_one_does(
    methods: list[str], resource: Resource, accounts: Accounts
) -> None:
    client = (await accounts.parent()).client
    added = await client.post(resource.path, json=resource.minimum)
    path, known = added.headers["location"], {"If-Match": added.headers["etag"]}
    answers = await asyncio.gather(
        *[
            client.request(method, path, headers=known, json={resource.number: number} if method == "PATCH" else None)
            for number in range(12 // len(methods))
            for method in methods
        ]
    )
    done, *refused = sorted(answers, key=lambda answer: answer.status_code)
    now = await client.get(path)
    if done.status_code == 200:
        assert now.json() == done.json()
        assert [(answer.status_code, answer.headers["etag"]) for answer in refused] == [(412, now.headers["etag"])] * 11
    else:
        assert (done.status_code, now.status_code) == (204, 404)
        assert {answer.status_code for answer in refused} == {404}
