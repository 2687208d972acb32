"""Every line of a service's output is JSON, whatever happens to it."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer
from tests.conftest import free_port
from tests.server.test_serve import PYTHON, Served
from tests.server.test_supervisor import workers
from tests.waiting import LONGEST, until


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with TemporaryDirectory(prefix="nestwerk-") as folder:
        yield Path(folder)


def release(folder: Path) -> Path:
    """A copy of this one, to be broken."""
    root = folder / "release"
    for name in ("api", "sql"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PORT", "0", "PORT='0' is not a whole number from 1 to 65535"),
        ("DATABASE_URL", "postgresql://noor:geheim@127.0.0.1:1/nestwerk", "can't connect to PostgreSQL: "),
    ],
)
def test_a_start_that_is_refused(tmp_path: Path, setting: str, value: str, said: str) -> None:
    served = Served(PYTHON, tmp_path, free_port(), ROOT, LOG_FORMAT="json", START_TIMEOUT="0", **{setting: value})
    status, output = served.end(LONGEST)
    [*_, last] = lines(output)
    assert (status, last["level"]) == (1, "critical")
    assert last["message"].startswith(said)
    assert "geheim" not in output


@pytest.mark.parametrize(
    ("path", "wrong", "said"),
    [
        ("api/server/supervisor.py", "def (", "SyntaxError: api/server/supervisor.py:"),
        ("sql/queries/users.sql", "-- name: who :any", "users.sql:"),
    ],
)
def test_a_release_that_cannot_start(tmp_path: Path, path: str, wrong: str, said: str) -> None:
    root = release(tmp_path)
    with (root / path).open("a") as file:
        file.write(f"\n{wrong}\n")
    status, output = Served(PYTHON, tmp_path / "data", free_port(), root, LOG_FORMAT="json").end(LONGEST)
    [line] = lines(output)
    assert (status, line["level"]) == (1, "critical")
    assert said in f"{line['message']} {line.get('error')}"


@pytest.mark.long
def test_a_night_in_which_everything_goes_wrong(data_dir: Path, tmp_path: Path) -> None:
    root = release(tmp_path)
    served = Served(PYTHON, data_dir, free_port(), root, LOG_FORMAT="json", WORKERS="1")
    served.wait_for_line('"message":"ready: ')
    address = f"http://127.0.0.1:{served.port}"
    health = f"{address}/health/ready"

    def is_ready() -> bool:
        try:
            return httpx.get(health, verify=False).status_code == 200
        except httpx.TransportError:
            return False

    server = EmbeddedServer(data_dir)
    os.kill(int((server.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    served.wait_for_line("PostgreSQL has ended")
    for _ in range(20):
        httpx.post(
            f"{address}/api/login", json={"username": "noor", "password": "geheim"}, verify=False, timeout=LONGEST
        )
    served.wait_for_line("PostgreSQL runs again")
    until(is_ready)
    # A release that can't be imported, and one that can.
    application = root / "api" / "app.py"
    whole = application.read_text()
    application.write_text("import nothing_of_that_name")
    served.send_signal(signal.SIGHUP)
    served.wait_for_line("the workers that run stay")
    application.write_text(whole)
    served.send_signal(signal.SIGHUP)
    served.wait_for_line("the workers were replaced")
    until(lambda: len(workers(served)) == 1)
    os.kill(workers(served).pop(), signal.SIGKILL)
    served.wait_for_line("ended with status -9")
    until(is_ready)
    served.terminate()
    status, output = served.end()
    said = lines(output)
    assert status == 0
    assert said[-1]["message"] == "stopped"
    assert all({"ts", "level", "logger", "message", "pid"} <= line.keys() for line in said)
    levels = {line["message"].partition(":")[0]: line["level"] for line in said if line["logger"] == "nestwerk"}
    assert (levels["ready"], levels["PostgreSQL has ended"]) == ("info", "warning")
    [broken] = [line for line in said if line.get("event") == "uncaught_exception"]
    assert (broken["level"], broken["error"]) == ("critical", "ModuleNotFoundError: nothing_of_that_name")
    assert broken["stack"][-1].startswith("api/app.py:1 ")
    # Each kind of connection tells its states, and not each refused request.
    assert sum(line.get("event") == "connections" for line in said) < 20
    assert sum("  applied in " not in line["message"] for line in said) < 40
