"""Connections by every parameter that a URL may have: several hosts, keepalives, files of passwords."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
import psycopg
import pytest

from api.database.addresses import open_connection, socket_of
from api.database.aliases import Connection
from api.database.connections import connect
from api.database.fence import ReplacedLeaderError
from api.database_url.reading import complete_url
from api.postgres.embedded import EmbeddedServer
from tests.conftest import free_port
from tests.postgres.tls_proxy import tls_proxy


@pytest.fixture(scope="module")
def tcp(cluster: EmbeddedServer, dsn: str) -> Iterator[str]:
    """Address of PostgreSQL by TCP."""
    assert dsn
    with tls_proxy(cluster.service_dsn, "127.0.0.1", None) as address:
        yield address


@contextmanager
def silent() -> Iterator[int]:
    """A port where connections are taken, and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


HONOURED = {
    "channel_binding": "prefer", "connect_timeout": "9", "client_encoding": "UTF8", "options": "-c geqo=off",
    "application_name": "own", "fallback_application_name": "other", "keepalives": "1", "keepalives_idle": "31",
    "keepalives_interval": "7", "keepalives_count": "3", "tcp_user_timeout": "9000", "sslmode": "prefer",
    "sslnegotiation": "postgres", "sslcompression": "0", "sslcertmode": "allow", "sslsni": "1",
    "min_protocol_version": "3.0", "max_protocol_version": "latest", "ssl_min_protocol_version": "TLSv1.2",
    "ssl_max_protocol_version": "TLSv1.3", "gssencmode": "prefer", "target_session_attrs": "read-write",
    "load_balance_hosts": "random", "passfile": "/nowhere", "sslcert": "", "sslkey": "", "sslpassword": "sesam",
    "sslcrl": "", "sslcrldir": "", "sslrootcert": "", "requirepeer": "", "require_auth": "", "replication": "false",
}  # fmt: skip


async def test_all_clients_keep_to_all_parameters(tcp: str) -> None:
    address = complete_url(f"{tcp}?" + "&".join(f"{name}={quote(value)}" for name, value in HONOURED.items()), {})
    said = "select current_setting('application_name'), current_setting('geqo')"
    with psycopg.connect(address) as libpq, socket.socket(fileno=socket.dup(libpq.fileno())) as copy:
        assert libpq.execute(said).fetchone() == ("own", "off")
        of_libpq = options_of(copy)
    connection = await connect(address)
    assert tuple((await connection.fetch(said))[0]) == ("own", "off")
    assert options_of(socket_of(connection)) == of_libpq == [1, 31, 7, 3, 9000]
    await connection.close()


def options_of(opened: socket.socket) -> list[int]:
    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    return [
        opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
        *(opened.getsockopt(socket.IPPROTO_TCP, option) for option in options),
    ]


async def test_keepalives_are_on_unless_the_url_says_otherwise(tcp: str) -> None:
    for query, value in (("", 1), ("?keepalives=0", 0)):
        connection = await connect(tcp + query)
        assert options_of(socket_of(connection))[0] == value
        await connection.close()


@pytest.mark.long
async def test_a_silent_host_holds_nobody_up(tcp: str) -> None:
    parts = urlsplit(tcp)
    with silent() as port:
        several = f"{parts.username}@127.0.0.1:{free_port()},127.0.0.1:{port},{parts.hostname}:{parts.port}"
        async with asyncio.timeout(20):
            connection = await connect(f"postgresql://{several}{parts.path}?connect_timeout=60")
        assert await connection.fetchval("select 1") == 1
        await connection.close()
        with pytest.raises(TimeoutError):
            await connect(f"postgresql://noor@127.0.0.1:{port}/nestwerk?connect_timeout=1")
        with pytest.raises((TimeoutError, ConnectionError)):
            await connect(f"postgresql://noor@127.0.0.1:{free_port()},127.0.0.1:{port}/nestwerk")


async def test_one_name_of_several_servers(tcp: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = urlsplit(tcp)
    others = socket.getaddrinfo
    addresses = ["127.0.0.2", "127.0.0.3", "127.0.0.1"]

    def found(host: str | None, port: int, *rest: Any, **options: Any) -> list[Any]:
        if host != "servers.example.org":
            return others(host, port, *rest, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with socket.create_server(("127.0.0.2", parts.port or 0)):
        address = f"postgresql://{parts.username}@servers.example.org:{parts.port}{parts.path}?sslmode=disable"
        async with asyncio.timeout(20):
            connection = await connect(f"{address}&connect_timeout=60")
    assert await connection.fetchval("select 1") == 1
    assert socket_of(connection).getpeername()[0] == "127.0.0.1"
    await connection.close()


async def test_only_one_connection_is_kept_of_those_to_several_hosts(tcp: str, database: Connection) -> None:
    parts = urlsplit(tcp)
    place = f"{parts.hostname}:{parts.port}"
    opened = "select count(*) from pg_stat_activity where application_name = 'one_of_several'"
    connection = await connect(
        f"postgresql://{parts.username}@{place},{place},{place}{parts.path}?application_name=one_of_several"
    )
    async with asyncio.timeout(20):
        while await database.fetchval(opened) != 1:
            await asyncio.sleep(0.01)
    await connection.close()


async def test_another_host_is_taken_where_one_was_replaced(tcp: str) -> None:
    parts = urlsplit(tcp)
    place = f"{parts.hostname}:{parts.port}"
    refused: list[Connection] = []

    async def refuse_first(connection: Connection) -> None:
        if not refused:
            refused.append(connection)
            raise ReplacedLeaderError
        # The other one ends first.
        await asyncio.sleep(0)

    connection = await open_connection(f"postgresql://{parts.username}@{place},{place}{parts.path}", refuse_first)
    assert refused[0].is_closed()
    assert not connection.is_closed()
    await connection.close()
    refused.clear()
    with pytest.raises(ReplacedLeaderError):
        await open_connection(tcp, refuse_first)


async def test_another_host_is_taken_where_a_connection_is_closed_meanwhile(tcp: str) -> None:
    parts = urlsplit(tcp)
    place = f"{parts.hostname}:{parts.port}"
    url = f"postgresql://{parts.username}@{place},{place}{parts.path}"
    closed: list[Connection] = []
    ended = asyncio.Event()

    async def close_first(connection: Connection) -> None:
        if not closed:
            closed.append(connection)
            connection.terminate()
            asyncio.get_running_loop().call_later(0.05, ended.set)
        else:
            await ended.wait()

    connection = await open_connection(url, close_first)
    assert closed[0].is_closed()
    assert await connection.fetchval("select 1") == 1
    await connection.close()

    async def close_each(connection: Connection) -> None:
        connection.terminate()

    with pytest.raises(ConnectionAbortedError):
        await open_connection(url, close_each)


async def test_a_server_of_the_kind_that_is_wanted(tcp: str) -> None:
    for kind in ("any", "primary", "read-write", "prefer-standby"):
        await (await open_connection(f"{tcp}?target_session_attrs={kind}")).close()
    for kind in ("standby", "read-only"):
        with pytest.raises(asyncpg.TargetServerAttributeNotMatched):
            await open_connection(f"{tcp}?target_session_attrs={kind}")


async def test_who_refuses_a_user_is_not_passed_over(tcp: str, cluster: EmbeddedServer) -> None:
    parts = urlsplit(tcp)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await connect(f"postgresql://postgres@{parts.netloc.partition('@')[2]},127.0.0.1:{free_port()}/none")
    # Hosts that aren't there are tried over again by the keeper, which is told of the last one.
    with pytest.raises(OSError, match="Connect call failed"):
        await connect(f"postgresql://noor@127.0.0.1:{free_port()},127.0.0.1:{free_port()}/nestwerk")
    folder = parse_qs(urlsplit(cluster.dsn).query)["host"][0]
    connection = await connect(f"postgresql://postgres@/nestwerk?host=/nowhere,{folder}")
    await connection.close()


async def test_a_socket_has_no_tls(cluster: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    await (await open_connection(cluster.dsn)).close()
    psycopg.connect(cluster.dsn).close()


@contextmanager
def asking_for_a_password() -> Iterator[tuple[int, list[bytes]]]:
    """A port where passwords are asked for in clear, and those that came."""
    came: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        for _ in range(2):
            accepted, _ = listening.accept()
            with accepted, accepted.makefile("rb") as stream:
                while True:
                    size = int.from_bytes(stream.read(4))
                    request = stream.read(size - 4)
                    if request[:2] == b"\x04\xd2":
                        accepted.sendall(b"N")
                        continue
                    break
                accepted.sendall(b"R\0\0\0\x08\0\0\0\x03")
                stream.read(1)
                came.append(stream.read(int.from_bytes(stream.read(4)) - 4).rstrip(b"\0"))
                accepted.sendall(b"E\0\0\0\x1fSFATAL\0C28P01\0Mwrong word\0\0")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1], came
        thread.join(5)


@pytest.mark.parametrize("way", ["url", "passfile"])
async def test_all_clients_send_the_same_password(way: str, tmp_path: Path) -> None:
    with asking_for_a_password() as (port, came):
        address = f"postgresql://noor@127.0.0.1:{port}/nestwerk"
        if way == "url":
            address += "?password=a+b%25%20%26"
        else:
            file = tmp_path / "pgpass"
            file.write_text(f"127.0.0.1:1:*:*:other\n127.0.0.1:{port}:nestwerk:noor:a+b% &\n")
            file.chmod(0o600)
            address += f"?passfile={file}"
        with pytest.raises(asyncpg.InvalidPasswordError):
            await connect(address)
        with pytest.raises(psycopg.OperationalError, match="wrong word"):
            psycopg.connect(address)
    assert came == [b"a+b% &"] * 2
