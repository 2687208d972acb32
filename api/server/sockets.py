"""Sockets that the service listens on: bound before anything else starts, and closed without losing a connection."""

import ctypes
import errno
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from api.command_error import CommandError

# Connections that wait to be accepted, at most.
BACKLOG: Final = 4096
_NOT_HERE: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
# Of Linux: the option for a socket's filter, and the filter's instruction that says how much of a packet to keep.
_SO_ATTACH_FILTER: Final = 26
_BPF_RETURN: Final = 0x06


class AddressError(CommandError):
    """An address is in use, or isn't this machine's; the message says which and why in one line."""


class Address(NamedTuple):
    """A host, by name or number, and a port."""

    host: str
    port: int

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def bind(self) -> list[socket.socket]:
        """Sockets that have all addresses of the host, and don't listen yet, as nobody would answer.

        Raises:
            AddressError: an address is in use, or isn't this machine's.

        """
        sockets: list[socket.socket] = []
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            for number, (family, kind, _, _, address) in enumerate(found, 1):
                try:
                    sockets.append(_bound(family, kind, address, alone=len(found) == 1))
                except OSError as error:
                    # A machine may know an address of a version of IP that it doesn't speak.
                    if error.errno not in _NOT_HERE or (number == len(found) and not sockets):
                        raise
        except OSError as error:
            for bound in sockets:
                bound.close()
            raise self._error(error) from None
        return sockets

    def listen(self, sockets: Sequence[socket.socket]) -> None:
        """Listen, unless another service that was started at the same time does so first.

        Raises:
            AddressError: the address is in use.

        """
        try:
            for bound in sockets:
                bound.listen(BACKLOG)
        except OSError as error:
            raise self._error(error) from None

    def _error(self, error: OSError) -> AddressError:
        return AddressError(f"can't listen on {self.host}:{self.port}: {error.strerror or error}")


def _bound(family: int, kind: int, address: Any, *, alone: bool) -> socket.socket:
    bound = socket.socket(family, kind)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and not alone:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def refuse_new(listening: socket.socket) -> None:
    """Have Linux drop packets that ask for a connection; one that comes just before the socket is closed is reset.

    Clients ask again within a second, and learn then that nobody listens, or find the service's successor.
    """
    if sys.platform == "linux":
        # A program of one instruction, which keeps no byte of any packet (Documentation/networking/filter.rst).
        program = ctypes.create_string_buffer(struct.pack("=HBBI", _BPF_RETURN, 0, 0, 0))
        listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", 1, ctypes.addressof(program)))
