"""Connects to the places that a database's URL names, one after another, and keeps to what asyncpg alone wouldn't."""

import random
import socket
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import quote

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from api.database.aliases import Connection
from api.database_url.reading import read_url

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
_GO_ON: Final = (
    OSError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)


async def open_connection(dsn: str, **options: Any) -> Connection:
    """Open a connection as libpq would; `options` are arguments of `asyncpg.connect`.

    Each host gets the URL's `connect_timeout`, where asyncpg has one for all of them together.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: no host takes a connection; the error is the last one's.

    """
    found = read_url(dsn)
    places = _places(found)
    if found.get("load_balance_hosts") == "random":
        random.shuffle(places)
    wanted = found.get("target_session_attrs") or "any"
    # Any server is better than none, where a standby would only be preferred.
    kinds = ("standby", "any") if wanted == "prefer-standby" else (wanted,)
    arguments = _arguments(found) | options
    failure: Exception = ConnectionError("there's no host")
    for kind in kinds:
        for place in places:
            try:
                connection = cast(
                    "Connection",
                    await asyncpg.connect(**arguments | place, target_session_attrs=SessionAttribute(kind)),
                )
            except _GO_ON as error:
                failure = error
            else:
                _set_socket_options(connection, found)
                return connection
    raise failure


def socket_of(connection: Connection) -> Any:
    """The socket of a connection, which asyncpg doesn't show."""
    return connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]  # noqa: SLF001


def _places(found: Mapping[str, str]) -> list[dict[str, Any]]:
    """Host and port of each place; without a host, asyncpg looks where PostgreSQL's sockets usually are."""
    ports = found.get("port", "").split(",")
    if not found.get("host"):
        return [{"port": int(ports[0])} if ports[0] else {}]
    hosts = found["host"].split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return [
        # There's no TLS over a socket, and libpq doesn't look for its files then.
        {"host": [host], "port": int(port or 5432)}
        | ({"dsn": "postgresql://?sslmode=disable"} if host.startswith("/") else {})
        for host, port in zip(hosts, ports, strict=True)
    ]


def _arguments(found: Mapping[str, str]) -> dict[str, Any]:
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
