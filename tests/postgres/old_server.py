"""A server that says that it's an old PostgreSQL, and nothing else."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_SSL_REQUEST = 80877103


@contextmanager
def old_server(version: str) -> Iterator[str]:
    """Address of a server of a version."""

    def greet(client: socket.socket) -> None:
        with client, suppress(OSError):
            while int.from_bytes(client.recv(8, socket.MSG_PEEK)[4:]) == _SSL_REQUEST:
                client.recv(8)
                client.sendall(b"N")
            client.recv(1000)
            client.sendall(_message(b"R", bytes(4)))
            for name, value in {"server_version": version, "client_encoding": "UTF8"}.items():
                client.sendall(_message(b"S", f"{name}\0{value}\0".encode()))
            client.sendall(_message(b"K", bytes(8)) + _message(b"Z", b"I"))
            client.recv(1000)

    def serve(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                greet(listening.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield f"postgresql://noor@127.0.0.1:{listening.getsockname()[1]}/nestwerk"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + (4 + len(body)).to_bytes(4) + body
