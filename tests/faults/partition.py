"""A service that reaches PostgreSQL over a network that can be cut, while its clients still reach it.

Where this process may make network namespaces, the network is a pair of virtual interfaces: packets are dropped both
ways, and the kernel goes on sending. Elsewhere a proxy that leaves everything to the kernel's buffers stands in.
"""

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Final

from tests.database.proxy import Proxy

_CLONE_NEWNET: Final = 0x40000000
# Of the range that RFC 2544 sets aside for tests; no interface leads out of the namespaces.
DATABASE: Final = "198.18.0.1"
SERVICE: Final = "198.18.0.6"

# Its namespace, which is this process's if that's empty, its name and its address.
Interface = tuple[str, str, str]


class Partition:
    """A network between a service and a proxy to PostgreSQL."""

    def __init__(self, prefix: str | None) -> None:
        self._prefix = prefix
        # What the service's command begins with, its address, and where the proxy listens.
        self.command = ["ip", "netns", "exec", f"{prefix}s"] if prefix else []
        self.host = SERVICE if prefix else "127.0.0.1"

    def listener(self) -> socket.socket:
        """A socket on the database's side."""
        with _inside(f"{self._prefix}d") if self._prefix else nullcontext():
            made = socket.socket()
        made.bind((DATABASE if self._prefix else "127.0.0.1", 0))
        return made

    def cut(self, proxy: Proxy) -> None:
        if self._prefix:
            _ip("-n", f"{self._prefix}d", "link", "set", f"{self._prefix}a", "down")
        else:
            proxy.pause()

    def heal(self, proxy: Proxy) -> None:
        if self._prefix:
            _ip("-n", f"{self._prefix}d", "link", "set", f"{self._prefix}a", "up")
        else:
            proxy.resume()


@contextmanager
def partition() -> Iterator[Partition]:
    """A network within the block."""
    prefix = f"n{os.getpid() % 100_000}"
    with ExitStack() as stack:
        try:
            for side in ("d", "s"):
                _ip("netns", "add", f"{prefix}{side}")
                stack.callback(_ip, "netns", "del", f"{prefix}{side}")
            _pair((f"{prefix}d", f"{prefix}a", f"{DATABASE}/30"), (f"{prefix}s", f"{prefix}b", "198.18.0.2/30"))
            _pair(("", f"{prefix}c", "198.18.0.5/30"), (f"{prefix}s", f"{prefix}e", f"{SERVICE}/30"))
        except (OSError, subprocess.CalledProcessError):
            yield Partition(None)
        else:
            yield Partition(prefix)


def _pair(first: Interface, second: Interface) -> None:
    """Two interfaces that are connected."""
    at = ["netns", first[0]] if first[0] else []
    _ip("link", "add", first[1], *at, "type", "veth", "peer", "name", second[1], "netns", second[0])
    for namespace, name, address in (first, second):
        inside = ["-n", namespace] if namespace else []
        _ip(*inside, "addr", "add", address, "dev", name)
        _ip(*inside, "link", "set", name, "up")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@contextmanager
def _inside(namespace: str) -> Iterator[None]:
    """Have this thread open its sockets in a namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open() as own, Path(f"/run/netns/{namespace}").open() as other:
        if libc.setns(other.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            libc.setns(own.fileno(), _CLONE_NEWNET)
