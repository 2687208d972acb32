"""What all users of the machine see of the programs that recipes start: no password."""

import os
from pathlib import Path
from urllib.parse import quote

import pytest

from api.postgres import programs
from api.postgres.programs import ClientError, find_client, without_secrets
from tests.commands.running import run
from tests.postgres.old_server import old_server

PASSWORD = "sesam, open u 'nu' @ 100 %"


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """File of what the process list shows of PostgreSQL's programs, which are replaced by one that looks at itself."""
    path = tmp_path / "cmdline"
    for name in ("psql", "pg_dump"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\ncat /proc/$$/cmdline > {path}\nprintf "%s" "$PGPASSWORD" > {path}.password\n')
        program.chmod(0o755)
    monkeypatch.setattr(programs, "binaries", lambda: tmp_path)
    return path


@pytest.mark.parametrize("recipe", ["psql", "drift"])
def test_the_password_is_not_in_the_process_list(
    recipe: str, dsn: str, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = f"{dsn}&password={quote(PASSWORD, safe='')}&application_name=of%20a%20test"
    run(monkeypatch, secret, recipe)
    command = listed.read_bytes().replace(b"\0", b" ").decode()
    assert "application_name='of a test'" in command
    assert "sesam" not in command
    assert "password=" not in command
    # The program has it nevertheless.
    assert listed.with_name("cmdline.password").read_text() == PASSWORD


def test_other_secrets_of_a_url() -> None:
    address, environment = without_secrets("postgresql://noor@db/nestwerk?sslpassword=sesam&oauth_client_secret=sesam")
    assert "sesam" not in address
    assert environment == {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


def test_a_program_with_tls_is_the_systems(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = "postgresql://noor@db.example.org/nestwerk?sslmode=verify-full"
    monkeypatch.setenv("PATH", str(listed.parent / "nothing"))
    with pytest.raises(ClientError, match="sslmode=verify-full takes a psql with TLS, which ours lacks: install"):
        find_client("psql", tls)
    # Another machine is reached by TLS, unless it's said otherwise.
    with pytest.raises(ClientError, match="sslmode=require takes a pg_dump with TLS"):
        find_client("pg_dump", "postgresql://noor@db.example.org/nestwerk")
    monkeypatch.setenv("PATH", str(listed.parent))
    assert find_client("psql", tls) == str(listed.parent / "psql")
    monkeypatch.setattr(programs, "binaries", lambda: Path("/ours"))
    assert find_client("psql", "postgresql://noor@db.example.org/nestwerk?sslmode=disable") == "/ours/psql"
    assert find_client("psql", "postgresql://noor@localhost/nestwerk") == "/ours/psql"


def test_a_program_of_the_system_is_as_new_as_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pg_dump"
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with old_server("18.6") as address:
        # This server has no TLS, which doesn't matter for the question.
        monkeypatch.setattr(programs, "_TLS_MODES", {"prefer"})
        for version, fits in (("15.18 (Debian 15.18-0+deb12u1)", False), ("18.1", True), ("19beta1", True)):
            program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
            program.chmod(0o755)
            if fits:
                assert find_client("pg_dump", f"{address}?sslmode=prefer") == str(program)
                continue
            with pytest.raises(ClientError, match=r"is of PostgreSQL 15: install that of PostgreSQL 18$"):
                find_client("pg_dump", f"{address}?sslmode=prefer")
