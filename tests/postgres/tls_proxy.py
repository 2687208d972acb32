"""A TCP server in front of PostgreSQL's unix socket that takes TLS, which the embedded server lacks."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import parse_qs, urlsplit

_REQUESTS = {80877103: "ssl", 80877104: "gss"}


@contextmanager
def tls_proxy(dsn: str, host: str, context: ssl.SSLContext | None, port: int = 0) -> Iterator[str]:
    """Address of PostgreSQL by way of a proxy that takes TLS, or refuses it without a context."""
    parts = urlsplit(dsn)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError), ExitStack() as stack:
                client: socket.socket = self.request
                while _REQUESTS.get(int.from_bytes(client.recv(8, socket.MSG_PEEK)[4:])):
                    wanted = _REQUESTS[int.from_bytes(client.recv(8)[4:])]
                    client.sendall(b"S" if wanted == "ssl" and context else b"N")
                    if wanted == "ssl" and context:
                        client = stack.enter_context(context.wrap_socket(client, server_side=True))
                        break
                upstream = stack.enter_context(socket.socket(socket.AF_UNIX))
                upstream.connect(f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432")
                back = threading.Thread(target=_carry, args=(upstream, client), daemon=True)
                back.start()
                _carry(client, upstream)
                back.join()

    with socketserver.ThreadingTCPServer((host, port), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"postgresql://{parts.username}@{host}:{server.server_address[1]}{parts.path}"
        server.shutdown()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
