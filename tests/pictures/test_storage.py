"""Where pictures are kept: a folder, or a bucket; and what happens when it's away."""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.database.aliases import Connection
from api.pictures.storage import Storage
from api.postgres.embedded import EmbeddedServer
from api.problems.problem import Problem
from tests.accounts import Accounts
from tests.conftest import free_port, running_service
from tests.pictures.images import PNG
from tests.pictures.test_pictures import PATH, files, sent, shown, small


async def test_a_folder_is_made_for_nobody_else(tmp_path: Path) -> None:
    storage, folder = Storage(), tmp_path / "data" / "uploads"
    storage.use(folder)
    assert await storage.read("a.webp") is None
    await storage.write("a.webp", b"first")
    await storage.write("a.webp", b"second")
    assert await storage.read("a.webp") == b"second"
    assert [path.stat().st_mode & 0o777 for path in (folder, folder / "a.webp")] == [0o700, 0o600]
    await storage.remove(["a.webp", "b.webp"])
    assert await storage.read("a.webp") is None


async def test_a_folder_that_can_t_be_used_is_told_without_names(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    storage, name = Storage(), f"{32 * 'a'}.webp"
    (tmp_path / name).mkdir()
    (tmp_path / name / "x").touch()
    storage.use(tmp_path)
    for operation in (storage.write(name, b"content"), storage.remove([name])):
        with pytest.raises(Problem, match="storage_unavailable"):
            await operation
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert 32 * "a" not in caplog.text


async def test_on_a_full_disk_nothing_is_half_written(tmp_path: Path) -> None:
    storage = Storage()
    storage.use(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal that comes with it.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        with pytest.raises(Problem, match="storage_unavailable"):
            await storage.write("a.webp", bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files(tmp_path, "") == set()


@pytest.fixture
def s3() -> Iterator[Any]:
    """A server of S3, which says what it's asked."""
    # It takes a second to import.
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    httpx.put("http://{}:{}/pictures".format(*server.get_host_and_port())).raise_for_status()
    yield server
    server.stop()


@pytest.mark.long
async def test_pictures_are_kept_in_a_bucket(
    s3: Any, cluster: EmbeddedServer, database: Connection, tmp_path: Path
) -> None:
    host, port = s3.get_host_and_port()
    address = f"http://{host}:{port}"
    settings: dict[str, Any] = {
        "STORAGE_URL": "s3://pictures/of/parents",
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-1",
        "DATA_DIR": str(tmp_path),
    }

    def keys() -> set[str]:
        listed = httpx.get(f"{address}/pictures?list-type=2").text
        return {f"/uploads/{part.partition('<')[0]}" for part in listed.split("<Key>of/parents/")[1:]}

    with running_service(cluster.service_dsn, log_level="error", **settings) as service:
        async with Accounts(service, database) as accounts:
            parent = await accounts.parent()
            first = await sent(parent)
            assert keys() == {first, small(first)}
            assert (await parent.client.get(small(first))).headers["content-type"] == "image/webp"
            second = await sent(parent)
            assert keys() == {second, small(second)}
            assert (await parent.client.get(first)).status_code == 404
            # The bucket is full, or away: nothing is changed, and nothing is half there.
            s3.stop()
            for answer in (
                await parent.client.post(PATH, files={"profilePicture": PNG}),
                await parent.client.get(small(second)),
            ):
                assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
                assert answer.headers["retry-after"] == "5"
            assert await shown(parent) == second
            # To have none takes no storage: the file goes later.
            assert (await parent.client.delete(PATH)).status_code == 204
            assert await shown(parent) is None
            left = "select count(*) from pictures where user_id = $1 and removable_at > now()"
            assert await database.fetchval(left, parent.user_id) == 2
    assert not (tmp_path / "uploads").exists()
