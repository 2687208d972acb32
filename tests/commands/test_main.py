"""Commands with unusable databases and unknown arguments print one line that says so."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from api.__main__ import main
from api.paths import COMMANDS, ROOT
from api.postgres.embedded import EmbeddedServer
from tests.conftest import free_port

NOWHERE = "postgresql://noor:secret@127.0.0.1:1/none"
SEED = ["seed", "--yes", "1"]
ON_A_DATABASE = [
    *[["status"], ["migrate"], ["rollback"], ["check"], ["drift"], ["slow"], ["plans"], ["plans", "--statistics"]],
    *[["explain", "get_caller"], SEED, ["serve"], ["clean"]],
    ["user", "show", "noor"],
]


@pytest.fixture(autouse=True)
def port(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service may run on the usual one beside the tests."""
    monkeypatch.setenv("PORT", str(free_port()))


def words(arguments: list[str]) -> str:
    return " ".join(arguments)


@pytest.mark.parametrize("arguments", ON_A_DATABASE, ids=words)
def test_a_server_that_is_not_there(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    monkeypatch.setenv("START_TIMEOUT", "0")
    assert main(arguments) == 1
    out, err = capfd.readouterr()
    assert "Connection refused" in out + err
    assert "Traceback" not in err
    assert "secret" not in out + err


@pytest.mark.parametrize(
    "arguments",
    [["plans"], ["explain", "get_caller"], SEED, ["serve"], ["clean"], ["user", "show", "noor"]],
    ids=words,
)
def test_a_database_with_nothing_in_it(
    arguments: list[str], empty: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    assert main(arguments) == 1
    out, err = capfd.readouterr()
    assert "run `just migrate`" in err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [["status"], ["plans"], ["explain", "get_caller"], SEED, ["clean"], ["user", "show", "noor"]],
    ids=words,
)
def test_a_role_that_may_nothing(
    arguments: list[str],
    cluster: EmbeddedServer,
    dsn: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create role newcomer login")
        try:
            monkeypatch.setenv("DATABASE_URL", cluster.dsn.replace("postgres@", "newcomer@"))
            assert main(arguments) == 1
        finally:
            connection.execute("drop role newcomer")
    out, err = capfd.readouterr()
    assert "permission denied" in out + err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["seed"], ["seed", "-1"], ["seed", "1.5"], ["rehearse", "--families", "ten"], ["explain"]],
    ids=words,
)
def test_arguments_that_mean_nothing(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: " in capsys.readouterr().err


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_closed_pipe(dsn: str, unbuffered: str) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    environment = os.environ | {"DATABASE_URL": dsn, "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-m", "api", "status"]
    with os.fdopen(writes) as closed:
        ran = subprocess.run(command, env=environment, cwd=ROOT, check=False, stdout=closed, stderr=subprocess.PIPE)
    assert ran.stderr == b""
    assert ran.returncode == 128 + signal.SIGPIPE


def test_help_lists_every_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    for path in COMMANDS.glob("[!_]*.py"):
        first_line = path.read_text("utf-8").splitlines()[0].strip('"')
        assert f"{path.stem.replace('_', '-')} {first_line}" in shown


@pytest.mark.parametrize(
    ("arguments", "imported"),
    [(["--help"], []), (["new-migration", "Pets"], ["new_migration"]), (["psql", "--version"], ["psql"])],
    ids=words,
)
def test_only_the_recipe_that_runs_is_imported(arguments: list[str], imported: list[str], dsn: str) -> None:
    program = (
        "import atexit, sys; from api.__main__ import main\n"
        "begin = 'api.commands.'\n"
        "loaded = lambda: sorted(name.removeprefix(begin) for name in sys.modules if name.startswith(begin))\n"
        "atexit.register(lambda: print('loaded:', *loaded(), file=sys.stderr))\n"
        "main(sys.argv[1:])"
    )
    environment = os.environ | {"DATABASE_URL": dsn}
    command = [sys.executable, "-c", program, *arguments]
    ran = subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True)
    assert ran.stderr.splitlines()[-1].split() == ["loaded:", *imported]


def test_variables_of_libpq_are_for_a_given_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The embedded server isn't looked for where another one is."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("PGSERVICE", "another")
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.1")
    # The other database of `just adopt` may need this.
    monkeypatch.setenv("PGPASSWORD", "sesam")
    assert main(["reload"]) == 1
    assert {"PGSERVICE", "PGHOSTADDR", "PGPASSWORD"} & os.environ.keys() == {"PGPASSWORD"}
    monkeypatch.setenv("PGSERVICE", "another")
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/nestwerk")
    assert main(["reload"]) == 1
    assert "PGSERVICE can't be kept to" in capsys.readouterr().err
