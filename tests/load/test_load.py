"""The commands `just load` and `just bench`, and the tools that they measure with."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest

from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts
from tests.load import bench, figures, load, wrk
from tests.load.figures import Step
from tests.load.open_loop import offer
from tests.load.pgbench import FORMS, parse, run_pgbench, write_scripts
from tests.load.processes import cpu_microseconds, largest_memory, tree
from tests.load.requests import KINDS, make_requests, write_requests
from tests.load.systems import Goals, seeded
from tests.load.test_requests import family_of, session_line
from tests.load.wrk import Answers, run_wrk

# Uses a tenth of a second of processor time, and as much in a child, prints a line and waits.
BUSY = """
import subprocess, sys, time
if len(sys.argv) < 2:
    child = subprocess.Popen([sys.executable, "-S", __file__, "child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
while time.process_time() < 0.1:
    pass
print("busy", flush=True)
sys.stdin.read()
"""

# Ends at the second interrupt.
MISSES_AN_INTERRUPT = """#!{python} -S
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
for _ in range(2):
    signal.sigwait([signal.SIGINT])
print('{{"requests":7,"microseconds":1,"failed":0,"p50":1,"p99":1,"p999":1}}')
"""

# Starts children that end after some hundredths of a second, four at a time.
SHORT_LIVED = """
import os, time
for _ in range(4):
    for _ in range(4):
        if not os.fork():
            while time.process_time() < 0.02:
                pass
            os._exit(0)
    for _ in range(4):
        os.wait()
"""


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "127.0.0.1:8000", "http://", "localhost"])
def test_invalid_addresses(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert load.main([address]) == 2
    assert "is no address like" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["http://192.0.2.1:8000", "https://example.org", "http://127.0.0.1.example.org"])
def test_other_machines_are_loaded_on_demand_only(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert load.main([address]) == 2
    assert "--remote says that it's yours to load" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        *[["--rate", rate] for rate in ("0", "-1", "nan", "inf", "100001", "many", "")],
        *[["--seconds", "61"], ["--connections", "0"], ["--connections", "1001"], ["--bound", "0"]],
        ["--workload", "everything"],
    ],
)
def test_wrong_numbers(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        load.main(arguments)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert arguments[0] in said
    assert "invalid" not in said or "choice" in said


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "`just seed N` on the service's database writes it"),
        ("", "no family with a child and a goal"),
        ("x\n", "not a token and three ids"),
    ],
)
def test_wrong_sessions(
    tmp_path: Path, content: str | None, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sessions = tmp_path / "sessions.tsv"
    if content is not None:
        sessions.write_text(content)
    assert load.main(["--sessions", str(sessions)]) == 1
    assert complaint in capsys.readouterr().err


async def test_load(
    service: str,
    accounts: Accounts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "results").mkdir()
    monkeypatch.setattr(load, "HERE", tmp_path)
    monkeypatch.setattr(load, "MAX_STEPS", 2)
    # So that it also passes on a busy machine.
    monkeypatch.setattr(figures, "KEPT_UP", 0.01)
    sessions = tmp_path / "sessions.tsv"
    sessions.write_text(session_line(await family_of(await accounts.parent())))
    short = ["--sessions", str(sessions), "--rate", "80", "--seconds", "0.1", "--connections", "4"]
    assert await asyncio.to_thread(load.main, [service, *short, "--bound", "10000", "--keep"]) == 0
    assert "kept up with" in capsys.readouterr().out
    steps = msgspec.json.decode((tmp_path / "results" / "load.json").read_bytes(), type=list[Step])
    assert [(step.offered, step.errors) for step in steps] == [(80, 0), (100, 0)]
    assert "</svg>" in (tmp_path / "load.svg").read_text()
    assert await asyncio.to_thread(load.main, [service, *short, "--bound", "0.001"]) == 1
    out = capsys.readouterr().out
    assert "kept up with none" in out
    assert len(out.splitlines()) == 4


def test_bench_without_wrk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert bench.main(["--data-dir", str(tmp_path / "bench")]) == 1
    assert "apt-get install wrk" in capsys.readouterr().err
    assert not (tmp_path / "bench").exists()


def test_wrk_output() -> None:
    line = '{"requests":7,"microseconds":400000,"failed":1,"p50":90,"p99":900,"p999":1000}'
    assert wrk.parse(f"Running 1m test\n  1 threads\n{line}\n") == Answers(7, 400_000, 1, 90, 900, 1000)
    for output in ("", "unable to connect to 127.0.0.1:1 Connection refused\n", '{"requests":1}\n', f"{line}\nmore"):
        with pytest.raises(ValueError, match="wrk said: "):
            wrk.parse(output)


@pytest.mark.long
def test_wrk_that_misses_an_interrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "wrk"
    program.write_text(MISSES_AN_INTERRUPT.format(python=sys.executable))
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert run_wrk("", tmp_path, connections=1, seconds=1).requests == 7


@pytest.mark.skipif(not wrk.installed(), reason=wrk.INSTALL)
async def test_wrk(service: str, accounts: Accounts, tmp_path: Path) -> None:
    family = await family_of(await accounts.parent())
    requests = make_requests("child", [family, family._replace(child_id=0)])
    write_requests(tmp_path / "requests", requests)
    answers = await asyncio.to_thread(run_wrk, service, tmp_path / "requests", connections=2, seconds=0.2)
    assert answers.microseconds > 100_000
    assert 0 < answers.p50 <= answers.p99 <= answers.p999
    # Every other request is for a child that doesn't exist.
    assert abs(answers.failed - answers.requests) <= 4


@pytest.mark.long
async def test_pgbench(cluster: EmbeddedServer, accounts: Accounts, database: Connection, tmp_path: Path) -> None:
    families = [await family_of(await accounts.parent()) for _ in range(3)]
    write_scripts(tmp_path, families)
    scripts = {tmp_path / f"{kind}.{form}.sql": 1 for kind in KINDS for form in FORMS}
    assert await asyncio.to_thread(run_pgbench, cluster.service_dsn, scripts, clients=1) > 0
    goals = await database.fetch(
        "select parent_profile_id, id, priority from parenting_goals where parent_profile_id = any($1)",
        [family.profile_id for family in families],
    )
    priorities = {(goal["parent_profile_id"], goal["id"]): goal["priority"] for goal in goals}
    # The plain form sets one of these, the merged one the other; the goals were added with a third.
    assert {priorities.pop((family.profile_id, family.goal_id)) for family in families} <= {30, 40}
    # Both forms added goals.
    assert len(priorities) > 3
    assert set(priorities.values()) == {30}


def test_pgbench_that_fails(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    script = tmp_path / "wrong.sql"
    script.write_text("select nothing;\n")
    with pytest.raises(ValueError, match='column "nothing" does not exist'):
        run_pgbench(cluster.service_dsn, {script: 1}, clients=1)
    with pytest.raises(ValueError, match="pgbench said: latency"):
        parse("latency average = 1 ms")


def test_processor_time_of_a_process_and_its_children(tmp_path: Path) -> None:
    path = tmp_path / "busy.py"
    path.write_text(BUSY)
    # With `-S` Python starts in almost no time.
    with subprocess.Popen([sys.executable, "-S", str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"busy\n"
        parent, child = tree(process.pid)
        assert parent == process.pid
        assert tree(child) == [child]
        assert 180_000 <= cpu_microseconds(process.pid) <= 400_000
        assert 90_000 <= cpu_microseconds(child) <= 200_000
        assert 2 <= largest_memory(process.pid) <= 100
        assert process.stdin is not None
        process.stdin.close()
    assert (tree(process.pid), cpu_microseconds(process.pid), largest_memory(process.pid)) == ([process.pid], 0, 0)


def test_processor_time_of_children_that_end_counts_once() -> None:
    seen: list[int] = []
    with subprocess.Popen([sys.executable, "-S", "-c", SHORT_LIVED]) as process:
        while process.poll() is None:
            seen.append(cpu_microseconds(process.pid))
    assert seen == sorted(seen)
    assert seen[-1] >= 200_000


async def test_goals_are_restored(dsn: str, accounts: Accounts, database: Connection) -> None:
    family = await family_of(await accounts.parent())
    goals = Goals(dsn)
    added = await family_of(await accounts.parent())
    await asyncio.to_thread(goals.restore)
    goals.close()
    left = await database.fetch("select id from parenting_goals where id = any($1)", [family.goal_id, added.goal_id])
    assert [row["id"] for row in left] == [family.goal_id]


@pytest.mark.long
def test_each_run_begins_with_the_same_database() -> None:
    with TemporaryDirectory(prefix="nestwerk-test-") as made:
        Path(made).chmod(0o755)
        folder = Path(made) / "bench"
        due = (
            "select count(*) from parent_profiles"
            " where changed_since_check or last_suggestion_check < now() - interval '1 day'"
        )
        goals = "select count(*), max(id) from parenting_goals"
        with seeded(folder, 8) as database, psycopg.connect(database.dsn, autocommit=True) as connection:
            sessions = database.sessions.read_text()
            before = connection.execute(goals).fetchone()
            assert connection.execute(due).fetchone() == (0,)
            # As a run that was cut off leaves it, days later.
            connection.execute("update parent_profiles set last_suggestion_check = now() - interval '2 days'")
            connection.execute(
                "insert into parenting_goals (parent_profile_id, title) select id, 'left' from parent_profiles"
            )
        with seeded(folder, 8) as database, psycopg.connect(database.dsn, autocommit=True) as connection:
            assert connection.execute(goals).fetchone() == before
            assert connection.execute(due).fetchone() == (0,)
            assert database.sessions.read_text() == sessions


async def test_the_open_loop_and_the_service(service: str, accounts: Accounts) -> None:
    family = await family_of(await accounts.parent())
    requests = make_requests("mix", [family])
    step = await offer("service", urlsplit(service), requests, rate=300, seconds=0.1, connections=4)
    assert step.errors == 0
