"""Connects to the places that a database's URL names, all at once, and keeps to what asyncpg alone wouldn't."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, cast
from urllib.parse import quote

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from api.database.aliases import Connection
from api.database_url.reading import is_elsewhere, read_url

# What asyncpg takes from a URL, and not as arguments of its own.
_OF_TLS: Final = (
    "sslmode", "sslnegotiation", "sslcert", "sslkey", "sslpassword", "sslrootcert", "sslcrl",
    "ssl_min_protocol_version", "ssl_max_protocol_version",
)  # fmt: skip
_ARGUMENTS: Final = {"user": "user", "password": "password", "passfile": "passfile", "dbname": "database"}
# Options of TCP by libpq's names, as far as the system has them.
_OF_TCP: Final = {
    name: getattr(socket, option)
    for name, option in {
        "keepalives_idle": "TCP_KEEPIDLE",
        "keepalives_interval": "TCP_KEEPINTVL",
        "keepalives_count": "TCP_KEEPCNT",
        "tcp_user_timeout": "TCP_USER_TIMEOUT",
    }.items()
    if hasattr(socket, option)
}
# How one place failed, so that the next is tried: it can't be reached, isn't up, or isn't of the kind that is wanted.
GO_ON: Final = (
    OSError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)


SetUp = Callable[[Connection], Awaitable[None]]


async def _leave(_: Connection) -> None:
    """Leave a connection as it is."""


async def open_connection(dsn: str, set_up: SetUp = _leave, **options: Any) -> Connection:
    """Open a connection as libpq would, and set it up; `options` are arguments of `asyncpg.connect`.

    All hosts are asked at once, each for the URL's `connect_timeout`, and the first that is as wanted is taken: one
    that says nothing, or that `set_up` refuses by an error of `GO_ON`, holds nobody up.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: no host takes a connection; the error is of one that
            refused it for good, or else the last one's.

    """
    found = read_url(dsn)
    targets = await places(found)
    wanted = found.get("target_session_attrs") or "any"
    # Any server is better than none, where a standby would only be preferred.
    kinds = ("standby", "any") if wanted == "prefer-standby" else (wanted,)
    arguments = arguments_of(found) | options
    for kind in kinds:
        try:
            connection = await _first(arguments | {"target_session_attrs": SessionAttribute(kind)}, targets, set_up)
        except GO_ON:
            if kind == kinds[-1]:
                raise
        else:
            _set_socket_options(connection, found)
            return connection
    raise AssertionError


async def _first(arguments: dict[str, Any], places: Sequence[dict[str, Any]], set_up: SetUp) -> Connection:
    """The first connection of those to all places; the others are given up."""
    if len(places) == 1:
        return await _open(arguments | places[0], set_up)
    attempts = {asyncio.ensure_future(_open(arguments | place, set_up)) for place in places}
    failures: list[BaseException] = []
    try:
        while attempts:
            ended, attempts = await asyncio.wait(attempts, return_when=asyncio.FIRST_COMPLETED)
            failures += [failure for attempt in ended if (failure := attempt.exception()) is not None]
            opened = [attempt.result() for attempt in ended if attempt.exception() is None]
            # One that was set up may have had another one closed.
            usable = [connection for connection in opened if not connection.is_closed()]
            for surplus in usable[1:]:
                surplus.terminate()
            if usable:
                return usable[0]
            failures += [ConnectionAbortedError("it was closed as soon as it was open") for _ in opened]
    finally:
        for attempt in attempts:
            attempt.cancel()
            attempt.add_done_callback(_give_up)
    raise next((failure for failure in failures if not isinstance(failure, GO_ON)), failures[-1])


async def _open(arguments: dict[str, Any], set_up: SetUp) -> Connection:
    connection = cast("Connection", await asyncpg.connect(**arguments))
    try:
        await set_up(connection)
    except BaseException:
        connection.terminate()
        raise
    return connection


def _give_up(attempt: "asyncio.Future[Connection]") -> None:
    """Close what was opened in spite of being cancelled."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().terminate()


def socket_of(connection: Connection) -> Any:
    """The socket of a connection, which asyncpg doesn't show."""
    return connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]  # noqa: SLF001


class _Towards:
    """An event loop whose connections to a host go to one of its addresses.

    So the host's name still counts for its certificate and the password file.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, address: str) -> None:
        self._loop = loop
        self._address = address

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    async def create_connection(self, factory: Any, host: str, port: int, **options: Any) -> Any:
        if options.get("ssl") is not None:
            options.setdefault("server_hostname", host)
        return await self._loop.create_connection(factory, self._address, port, **options)


async def places(found: Mapping[str, str]) -> list[dict[str, Any]]:
    """Host and port of each place; without a host, asyncpg looks where PostgreSQL's sockets usually are."""
    ports = found.get("port", "").split(",")
    if not found.get("host"):
        return [{"port": int(ports[0])} if ports[0] else {}]
    hosts = found["host"].split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return [
        place for host, port in zip(hosts, ports, strict=True) for place in await _places_of(host, int(port or 5432))
    ]


async def _places_of(host: str, port: int) -> list[dict[str, Any]]:
    """The places of a host: one, or as many as its name has addresses."""
    place: dict[str, Any] = {"host": [host], "port": port}
    if host.startswith("/"):
        # There's no TLS over a socket, and libpq doesn't look for its files then.
        return [place | {"dsn": "postgresql://?sslmode=disable"}]
    loop = asyncio.get_running_loop()
    addresses: Iterable[str] = ()
    if is_elsewhere(host):
        with suppress(OSError):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = dict.fromkeys(str(address[0]) for *_, address in found)
    places = [place | {"loop": _Towards(loop, address)} for address in addresses]
    return places if len(places) > 1 else [place]


def arguments_of(found: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of `asyncpg.connect` that are the same for each place."""
    given = {argument: found[name] for name, argument in _ARGUMENTS.items() if found.get(name)}
    tls = "&".join(f"{name}={quote(found[name], safe='')}" for name in _OF_TLS if found.get(name))
    name = found.get("application_name") or found.get("fallback_application_name") or "nestwerk"
    settings = {"application_name": name} | ({"options": found["options"]} if found.get("options") else {})
    return {
        **given,
        "dsn": f"postgresql://?{tls}",
        "timeout": float(found["connect_timeout"]),
        "server_settings": settings,
    }


def _set_socket_options(connection: Connection, found: Mapping[str, str]) -> None:
    opened = socket_of(connection)
    if opened.family == socket.AF_UNIX:
        return
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(found.get("keepalives") or "1"))
    for name, option in _OF_TCP.items():
        if int(found.get(name) or "0"):
            opened.setsockopt(socket.IPPROTO_TCP, option, int(found[name]))
