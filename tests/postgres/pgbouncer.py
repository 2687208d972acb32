"""PgBouncer in front of PostgreSQL."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg

from tests.conftest import free_port
from tests.installed import installed
from tests.postgres.tls_proxy import tls_proxy


@contextmanager
def pgbouncer(dsn: str, mode: str, **settings: str) -> Iterator[str]:
    """Address of a database by way of PgBouncer with a `pool_mode`."""
    program = installed("pgbouncer", "pgbouncer")
    port, parts = free_port(), urlsplit(dsn)
    with tls_proxy(dsn, "127.0.0.1", None) as server, TemporaryDirectory(prefix="nestwerk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "users").write_text('"postgres" ""\n"nestwerk_service" ""\n')
        given = {
            "listen_addr": "127.0.0.1", "listen_port": str(port), "unix_socket_dir": "", "auth_type": "trust",
            "auth_file": str(folder / "users"), "pool_mode": mode, "default_pool_size": "30", **settings,
        }  # fmt: skip
        lines = "\n".join(f"{key} = {value}" for key, value in given.items())
        (folder / "ini").write_text(
            f"[databases]\n* = host=127.0.0.1 port={urlsplit(server).port}\n[pgbouncer]\n{lines}\n"
        )
        # It refuses to be root.
        command = [program, *(["-u", "nobody"] if os.geteuid() == 0 else []), str(folder / "ini")]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
            address = f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}"
            try:
                for _ in range(200):
                    with suppress(psycopg.OperationalError):
                        psycopg.connect(address).close()
                        break
                    time.sleep(0.02)
                yield address
            finally:
                process.terminate()
