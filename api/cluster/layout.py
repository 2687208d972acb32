"""Where the parts of the cluster are, and their passwords: chosen once and kept, so that it can be started again."""

import secrets
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import msgspec

from api.atomic_write import atomic_write

NODES: Final = ("node1", "node2", "node3")
DATABASE: Final = "nestwerk"
SERVICE: Final = "nestwerk_service"
_FILE: Final = "cluster.json"


class Node(msgspec.Struct, frozen=True):
    """A node and its ports on loopback: PostgreSQL's and that of Patroni's REST API."""

    name: str
    postgres: int
    rest: int


class Layout(msgspec.Struct, frozen=True):
    """Ports and passwords of a cluster; passwords by role."""

    etcd: int
    etcd_peers: int
    nodes: list[Node]
    passwords: dict[str, str]

    def dsn(self, role: str, *, kind: str = "read-write") -> str:
        """URL of the database by all nodes; `kind` is of `target_session_attrs`."""
        hosts = ",".join(f"127.0.0.1:{node.postgres}" for node in self.nodes)
        return f"postgresql://{role}:{self.passwords[role]}@{hosts}/{DATABASE}?target_session_attrs={kind}"


def kept_layout(folder: Path) -> Layout:
    """The layout of the cluster in a folder; a new one is written there, which only its owner can read."""
    path = folder / _FILE
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Layout)
    ports = free_ports(2 + 2 * len(NODES))
    roles = ("postgres", "replicator", "rest", SERVICE)
    layout = Layout(
        ports.pop(),
        ports.pop(),
        [Node(name, ports.pop(), ports.pop()) for name in NODES],
        {role: secrets.token_urlsafe(24) for role in roles},
    )
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(path, mode=0o600) as writing:
        writing.write(msgspec.json.encode(layout).decode())
    return layout


def free_ports(number: int) -> list[int]:
    """Ports in a row that nobody has, below those that systems give to clients."""
    while True:
        first = 20_000 + secrets.randbelow(10_000)
        with ExitStack() as stack, suppress(OSError):
            for port in range(first, first + number):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return list(range(first, first + number))
