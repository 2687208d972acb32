"""`just serve`: from nothing to a service that answers."""

import asyncio
import http.client
import multiprocessing
import os
import resource
import socket
import threading
import time
from contextlib import nullcontext
from typing import Final

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

from api.app import load_routers
from api.checks.contract import check_contract
from api.checks.faults import Fault
from api.checks.grants.privileges import check_privileges
from api.command_error import CommandError
from api.database.connections import connect
from api.database.queries import bound_queries
from api.migrations import check_current, migrate
from api.migrations.progress import say_applied
from api.postgres.embedded import EmbeddedServer
from api.postgres.preflight import preflight
from api.postgres.roles import make_roles
from api.settings import Settings
from api.terminal import say

# Seconds that a worker has for the requests it is at when it's told to stop.
STOP_TIMEOUT: Final = 30
READY_INTERVAL: Final = 0.05
# Connections of clients that a worker holds at most. One past them would hang until another closes, so they are many
# more than it is quick with: too many requests at once are refused by the queues of the statements.
CONNECTIONS: Final = 16_384
# Of which so many may come at once.
BACKLOG: Final = 4096
# Open files of a worker besides them.
OTHER_FILES: Final = 128


class ServeError(CommandError):
    """The service can't start; the message says why, in one line or one for each fault."""


class _Server(Server):  # type: ignore[misc,valid-type]
    """A server that is told of one signal only: telling it of a second meanwhile would wait for the first, for good."""

    def signal_handler_interrupt(self, *arguments: object) -> None:
        if not self.interrupt_signal:
            super().signal_handler_interrupt(*arguments)


def serve(settings: Settings) -> int:
    """Serve until a signal ends it; returns the exit status.

    Raises:
        CommandError: the service can't start.

    """
    _refuse_taken_port(settings)
    server = EmbeddedServer(settings.data_dir) if settings.database_url is None else None
    if server is not None:
        say(f"starting PostgreSQL in {server.cluster}")
    with server or nullcontext():
        dsn = _embedded(server) if server else _given(settings.database_url or "")
        _refuse_misfit(dsn)
        return _run_workers(settings, dsn)


def _embedded(server: EmbeddedServer) -> str:
    """Address of the embedded database for the service's own role, migrated."""
    migrate(server.dsn, report=say_applied)
    make_roles(server.dsn)
    return server.service_dsn


def _given(dsn: str) -> str:
    """Address of a DBA's database, which has to be as the code needs it: it's not changed here."""
    preflight(dsn)
    for unknown in check_current(dsn):
        say(f"the database has a migration that this release doesn't know: {unknown}")
    return dsn


def _refuse_misfit(dsn: str) -> None:
    """Refuse a database that the statements don't fit or may not be run on, before every worker fails."""
    # Imported here: whatever else ends the service needs none of it.
    load_routers()
    if faults := asyncio.run(_faults(dsn)):
        raise ServeError("\n".join(map(str, faults)))


async def _faults(dsn: str) -> list[Fault]:
    connection = await connect(dsn)
    try:
        queries = bound_queries()
        faults = await check_contract(connection, queries)
        return [*faults, *await check_privileges(connection, [query.statement for query in queries])]
    finally:
        await connection.close()


def _run_workers(settings: Settings, dsn: str) -> int:
    say(f"starting {settings.workers} worker{'s' if settings.workers > 1 else ''}")
    # Workers read their settings anew.
    os.environ["DATABASE_URL"] = dsn
    multiprocessing.set_start_method("spawn", force=True)
    threading.Thread(target=_announce, args=(settings,), daemon=True).start()
    server = _Server(
        "api.server.worker:create_worker",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=settings.workers,
        websockets=False,
        backlog=BACKLOG,
        backpressure=_connections(),
        log_level=LogLevels.info if settings.log_level == "debug" else LogLevels.warning,
        workers_kill_timeout=STOP_TIMEOUT,
        respawn_failed_workers=True,
    )
    try:
        server.serve()
    except SystemExit as end:
        # A worker that got the signal too can be gone before it's told: that's no failure.
        if not server.interrupt_signal:
            return int(end.code or 0)
    say("stopped")
    return 0


def _connections() -> int:
    """Have workers hold as many connections as they may, within what the system allows a process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = CONNECTIONS + OTHER_FILES if most == resource.RLIM_INFINITY else min(CONNECTIONS + OTHER_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return max(files - OTHER_FILES, 1)


def _announce(settings: Settings) -> None:
    """Say so when the service answers."""
    while True:
        connection = http.client.HTTPConnection(settings.host, settings.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == http.client.OK:
                break
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(READY_INTERVAL)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    say(f"ready: http://{host}:{settings.port}")


def _refuse_taken_port(settings: Settings) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ServeError(f"can't listen on {settings.host}:{settings.port}: {error.strerror or error}") from None
