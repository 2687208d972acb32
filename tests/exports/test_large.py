"""A family of 20,000 rows: its export takes no more memory than another's, and holds nothing while a client reads."""

import asyncio
import resource
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex
from typing import Final

import httpx
import msgspec
import pytest

from api.database.aliases import Connection
from api.exports.schemas import Export
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts, Parent
from tests.conftest import free_port
from tests.server.workers import start_worker
from tests.statements import without_triggers

pytestmark = pytest.mark.long

PATH: Final = "/api/users/me/export"
# Without triggers, which keep families smaller: children with 100 KB each, and many small rows.
ROWS: Final = """
insert into child_profiles (parent_profile_id, name, age, routines, development_notes)
select {family}, 'Noor', 3, jsonb_build_object('a', repeat('x', 100000)), repeat('é', 5000)
  from generate_series(1, 100);
insert into parenting_goals (parent_profile_id, title, description)
select {family}, 'Samen eten', repeat('é', 500) from generate_series(1, 5000);
insert into sessions (user_id, token_digest, user_agent, expires_at)
select {user}, sha256(convert_to(concat('{mark}', number), 'UTF8')), repeat('x', 200), now() + interval '1 day'
  from generate_series(1, 900) as number;
insert into audit_events (actor_kind, event, user_id, happened_at)
select 'user', 'logged_in', {user}, now() - number / 700 * interval '1 day' from generate_series(1, 14000) as number;
"""


@pytest.fixture
async def large(accounts: Accounts, database: Connection) -> Parent:
    parent = await accounts.parent()
    rows = ROWS.format(family=parent.parent_profile_id, user=parent.user_id, mark=token_hex(6))
    async with without_triggers(database):
        await database.execute(rows)
    return parent


@pytest.fixture
async def worker(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> AsyncIterator[tuple[int, str]]:
    """Process id and address of a worker, whose log is a file."""
    port = free_port()
    with (tmp_path / "log").open("wb") as output:
        process, _ = start_worker(cluster.service_dsn, port=port, output=output, DATA_DIR=str(tmp_path))
        try:
            address = f"http://127.0.0.1:{port}"
            async with httpx.AsyncClient(verify=False, timeout=20) as client, asyncio.timeout(20):
                while (await client.get(f"{address}/health/ready")).status_code != httpx.codes.OK:
                    await asyncio.sleep(0.1)
            yield process.pid, address
        finally:
            process.terminate()
            process.wait(20)


def memory(pid: int, what: str) -> int:
    """Memory of a process in megabytes: VmRSS is what it has, VmHWM the most since that was last reset."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition(f"{what}:")[2].split()[0]) // 1024


def forget_most(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def temporary_files(pid: int) -> int:
    return sum("(deleted)" in str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink())


async def test_memory_is_flat(large: Parent, worker: tuple[int, str]) -> None:
    pid, address = worker
    async with httpx.AsyncClient(base_url=address, headers=large.client.headers, verify=False, timeout=60) as client:
        assert (await client.get("/api/user")).status_code == 200
        before = memory(pid, "VmRSS")
        forget_most(pid)
        answer = await client.get(PATH)
        export = msgspec.json.decode(answer.content, type=Export)
        counts = [len(export.child_profiles), len(export.parenting_goals), len(export.sessions)]
        assert [*counts, len({event.id for event in export.audit_events})] == [100, 5000, 901, 14001]
        # In pages that end between two of one moment.
        order = [(event.happened_at, event.id) for event in export.audit_events]
        assert order == sorted(order)
        assert len(answer.content) > 15 * 2**20
        assert memory(pid, "VmHWM") - before < 12


async def test_nothing_is_held_for_who_reads_slowly_and_nothing_left_for_who_is_gone(
    large: Parent, worker: tuple[int, str], database: Connection
) -> None:
    pid, address = worker
    before = temporary_files(pid)
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=4096)
    head = f"GET {PATH} HTTP/1.1\r\nHost: a\r\nAuthorization: {large.client.headers['Authorization']}\r\n\r\n"
    writer.write(head.encode())
    await reader.readuntil(b'"exportedAt"')
    assert temporary_files(pid) == before + 1
    transactions = "select count(*) from pg_stat_activity where usename = 'nestwerk_service' and xact_start is not null"
    assert await database.fetchval(transactions) == 0
    # The worker has others answered meanwhile.
    async with httpx.AsyncClient(base_url=address, headers=large.client.headers, verify=False) as client:
        assert (await client.get("/api/user")).status_code == 200
    writer.transport.abort()
    async with asyncio.timeout(10):
        while temporary_files(pid) != before:
            await asyncio.sleep(0.01)


async def test_a_full_disk_refuses_for_now_and_is_told(large: Parent, worker: tuple[int, str], tmp_path: Path) -> None:
    pid, address = worker
    hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
    async with httpx.AsyncClient(base_url=address, headers=large.client.headers, verify=False) as client:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (2**20, hard))
        answer = await client.get(PATH)
        assert (answer.status_code, answer.json()["code"]) == (503, "too_busy")
        assert "an export in TMPDIR: File too large event=storage_error" in (tmp_path / "log").read_text()
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert (await client.get(PATH)).status_code == 200
