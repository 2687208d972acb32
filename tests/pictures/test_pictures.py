"""A parent's picture over HTTP: it replaces the one before, is served to who is logged in, and goes when it's to."""

import asyncio
from pathlib import Path

import httpx
import pytest

from api.database.aliases import Connection
from api.pictures.removal import remove_pictures
from api.pictures.storage import storage
from api.problems.problem import Problem
from tests.accounts import Accounts, Parent
from tests.pictures.images import PNG, decoded, encoded, plain
from tests.statements import run, taken_back

PATH = "/api/profile/picture"
OLD = "/uploads/profile-{id}-1719400000000.JPG"


@pytest.fixture
def removal(pool: None, uploads: Path) -> None:
    """Has this process remove pictures as a worker does."""
    storage.use(uploads)


async def send(parent: Parent, content: bytes = PNG, **headers: str) -> httpx.Response:
    # A name and a type that lie.
    file = ("../../x.svg", content, "image/svg+xml")
    return await parent.client.post(PATH, files={"profilePicture": file}, headers=headers)


async def sent(parent: Parent, content: bytes = PNG) -> str:
    answer = await send(parent, content)
    assert answer.status_code == 200, answer.text
    path = answer.json()["profilePicture"]
    assert isinstance(path, str)
    return path


async def shown(parent: Parent) -> str | None:
    path: str | None = (await parent.client.get("/api/user")).json()["profilePicture"]
    return path


def small(path: str) -> str:
    return path.replace(".webp", "-128.webp")


def files(folder: Path, prefix: str) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name.startswith(prefix)}


async def rows(database: Connection, parent: Parent) -> list[tuple[str, bool]]:
    """Names of an account's pictures, and whether they may be removed some time."""
    found = await database.fetch(
        "select name, removable_at is not null from pictures where user_id = $1", parent.user_id
    )
    return [tuple(row) for row in found]


async def test_a_picture_takes_the_place_of_the_one_before(
    accounts: Accounts, database: Connection, client: httpx.AsyncClient, uploads: Path
) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    first = await sent(parent)
    assert await shown(parent) == first
    # It's for whoever is logged in, by cookie too, and for nobody else.
    for who, headers in (
        (parent.client, {}),
        (other.client, {}),
        (client, {"Cookie": f"nestwerk_session={parent.token}"}),
    ):
        answer = await who.get(first, headers=headers)
        assert answer.status_code == 200
        assert decoded(answer.content).size == (40, 40)
    assert (await client.get(first)).json()["code"] == "not_authenticated"
    assert decoded((await parent.client.get(small(first))).content).size == (40, 40)
    names = [first.rpartition("/")[2], small(first).rpartition("/")[2]]
    assert [(uploads / name).stat().st_mode & 0o777 for name in names] == [0o600, 0o600]
    second = await sent(parent, encoded(plain(900, 600), "JPEG"))
    assert await shown(parent) == second != first
    assert decoded((await parent.client.get(second)).content).size == (512, 512)
    assert decoded((await parent.client.get(small(second))).content).size == (128, 128)
    assert [(await parent.client.get(path)).status_code for path in (first, small(first))] == [404, 404]
    assert not any((uploads / name).exists() for name in names)
    assert await rows(database, parent) == [(second.removeprefix("/uploads/"), False)]
    for _ in range(2):
        assert (await parent.client.delete(PATH)).status_code == 204
        assert await shown(parent) is None
        assert (await parent.client.get(second)).status_code == 404
    assert await rows(database, parent) == []


async def test_how_a_picture_is_served(accounts: Accounts) -> None:
    parent = await accounts.parent()
    path = await sent(parent)
    answer = await parent.client.get(path)
    headers = dict(answer.headers)
    assert headers["content-type"] == "image/webp"
    assert headers["cache-control"] == "private, max-age=31536000, immutable"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    head = await parent.client.head(path)
    assert (head.content, head.headers["content-length"]) == (b"", headers["content-length"])
    for known in (headers["etag"], f'W/{headers["etag"]}, "x"', "*"):
        again = await parent.client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", headers["etag"])
        assert again.headers["cache-control"] == headers["cache-control"]
    assert (await parent.client.get(path, headers={"If-None-Match": '"x"'})).status_code == 200
    assert (await parent.client.post(path)).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/uploads/",
        "/uploads",
        "/uploads/{other}",
        "/uploads/../{name}",
        "/uploads/..%2f{name}",
        "/uploads/%2e%2e/PG_VERSION",
        "/uploads/x/{name}",
        "/uploads/{name}%00",
        "/uploads/{name}%0a",
        "/uploads/{name}%231",
        "/uploads/.{name}",
        "/uploads/secret.webp",
        "/uploads/profile-1-1.svg",
        "/uploads/profile-1-1.html",
    ],
)
async def test_no_path_leads_anywhere_else(accounts: Accounts, uploads: Path, path: str) -> None:
    parent = await accounts.parent()
    for name in ("secret.webp", "profile-1-1.svg", "profile-1-1.html"):
        (uploads / name).write_bytes(b"secret")
    wanted = path.format(name="secret.webp", other=f"{32 * '0'}.webp")
    connection = httpx.AsyncClient(base_url=parent.client.base_url, headers=parent.client.headers)
    async with connection as raw:
        request = raw.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=wanted.encode())
        answer = await raw.send(request)
    assert answer.status_code == 404, answer.text
    assert b"secret" not in answer.content


async def test_files_of_the_system_before_are_served_and_go_with_their_account(
    accounts: Accounts, database: Connection, uploads: Path, removal: None
) -> None:
    parents = [await accounts.parent() for _ in range(2)]
    set_path = "update users set profile_picture = $2 where id = $1"
    for parent in parents:
        path = OLD.format(id=parent.user_id)
        (uploads / path.rpartition("/")[2]).write_bytes(b"as it was")
        await database.execute(set_path, parent.user_id, path)
        answer = await parent.client.get(path)
        assert (answer.content, answer.headers["content-type"]) == (b"as it was", "image/jpeg")
    # One sends another, and the other goes.
    await sent(parents[0])
    await database.execute("delete from users where id = $1", parents[1].user_id)
    await remove_pictures()
    assert [files(uploads, f"profile-{parent.user_id}-") for parent in parents] == [set(), set()]


async def test_nobody_gets_rid_of_anothers_file(accounts: Accounts, database: Connection, uploads: Path) -> None:
    owner, thief = await accounts.parent(), await accounts.parent()
    path = await sent(owner)
    old = OLD.format(id=owner.user_id)
    (uploads / old.rpartition("/")[2]).write_bytes(b"as it was")
    for taken in (path, old):
        answer = await thief.client.patch("/api/users/me", json={"profilePicture": taken})
        assert answer.json()["code"] == "invalid_body"
        # As it may have come from the system before.
        await database.execute("update users set profile_picture = $2 where id = $1", thief.user_id, taken)
        assert (await thief.client.delete(PATH)).status_code == 204
        assert (await owner.client.get(taken)).status_code == 200


async def test_an_address_takes_the_place_of_a_picture(accounts: Accounts, database: Connection, removal: None) -> None:
    parent = await accounts.parent()
    path = await sent(parent)
    await parent.client.patch("/api/users/me", json={"profilePicture": "https://example.org/noor.png"})
    await remove_pictures()
    assert (await parent.client.get(path)).status_code == 404
    assert await rows(database, parent) == []


async def test_the_last_of_two_at_the_same_time_stays(accounts: Accounts, database: Connection, uploads: Path) -> None:
    parent = await accounts.parent()
    paths = await asyncio.gather(*[sent(parent) for _ in range(2)])
    last = await shown(parent)
    assert last in paths
    assert await rows(database, parent) == [(str(last).removeprefix("/uploads/"), False)]
    there = [path for path in paths if files(uploads, path.removeprefix("/uploads/")[:32])]
    assert there == [last]


async def test_what_was_never_finished_is_removed_after_an_hour(
    accounts: Accounts, database: Connection, uploads: Path, removal: None
) -> None:
    parent = await accounts.parent()
    names = [f"{parent.user_id:032x}.webp", f"{parent.user_id + 2**64:032x}.webp"]
    for name in names:
        await database.execute("insert into pictures (user_id, name) values ($1, $2)", parent.user_id, name)
        for half in (name, small(name), f"{name}#1"):
            (uploads / half).write_bytes(b"half of it")
    await database.execute("update pictures set removable_at = now() where name = $1", names[0])
    await remove_pictures()
    assert await rows(database, parent) == [(names[1], True)]
    assert files(uploads, names[0][:32]) == set()
    assert files(uploads, names[1][:32]) == {names[1], small(names[1]), f"{names[1]}#1"}


async def test_a_picture_is_shown_while_nothing_may_take_it_away(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    name = f"{parent.user_id:032x}.webp"
    for minutes, shown in ((29, False), (31, True)):
        await database.execute(
            "insert into pictures values ($1, $2, now() + $3 * interval '1 minute')"
            " on conflict (name) do update set removable_at = excluded.removable_at",
            name,
            parent.user_id,
            minutes,
        )
        assert bool(await run(database, "show_picture", user_id=parent.user_id, name=name)) is shown


async def test_a_hundred_pictures_are_taken_that_may_be_removed_longest(
    accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    names = [f"{parent.user_id:016x}{number:016x}.webp" for number in range(102)]
    async with taken_back(database):
        await database.execute("delete from pictures where removable_at <= now()")
        await database.executemany(
            "insert into pictures values ($1, $2, now() - $3 * interval '1 minute')",
            [(name, parent.user_id, number) for number, name in enumerate(names)],
        )
        taken = {name for (name,) in await run(database, "take_removable_pictures")}
        assert taken == set(names[2:])
        assert await run(database, "forget_pictures", names=[*taken, "unknown"]) == [(100,)]


async def test_files_that_can_t_be_removed_are_kept_in_mind(
    accounts: Accounts, database: Connection, tmp_path: Path, removal: None
) -> None:
    parent = await accounts.parent()
    name = f"{parent.user_id:032x}.webp"
    await database.execute("insert into pictures values ($1, $2, now())", name, parent.user_id)
    (tmp_path / "file").touch()
    storage.use(tmp_path / "file")
    with pytest.raises(Problem, match="storage_unavailable"):
        await remove_pictures()
    in_an_hour = "select removable_at > now() + interval '59 minutes' from pictures where name = $1"
    assert await database.fetchval(in_an_hour, name)
    await database.execute("delete from pictures where name = $1", name)


async def test_a_picture_of_an_account_that_is_erased_goes(
    accounts: Accounts, database: Connection, uploads: Path, removal: None
) -> None:
    parent = await accounts.parent()
    path = await sent(parent)
    await database.execute("delete from users where id = $1", parent.user_id)
    name = path.removeprefix("/uploads/")
    assert await database.fetchrow("select user_id, removable_at <= now() from pictures where name = $1", name)
    await remove_pictures()
    assert files(uploads, name[:32]) == set()
    assert not await database.fetchval("select count(*) from pictures where name = $1", name)
