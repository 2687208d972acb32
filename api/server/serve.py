"""`just serve`: prepares the database and runs the workers."""

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
from api.postgres.watching import kept_running
from api.settings import Settings
from api.terminal import say

# Seconds that a stopping worker has to finish its requests.
STOP_TIMEOUT: Final = 30
READY_INTERVAL: Final = 0.05
# Client connections that a worker accepts at most. Further ones hang until another closes, so the limit is high: when
# there are too many requests, the queues of the statements refuse them.
CONNECTIONS: Final = 16_384
# Connections that wait to be accepted, at most.
BACKLOG: Final = 4096
# Open files of a worker besides its client connections.
OTHER_FILES: Final = 128


class ServeError(CommandError):
    """The service can't start; the message has one line, or one for each fault."""


class _Server(Server):  # type: ignore[misc,valid-type]
    """A server that handles the first signal only: granian's handler would deadlock at a second one."""

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
        dsn = _prepare_embedded(server) if server else _check_given(settings.database_url or "")
        with kept_running(server):
            _check_statements(dsn)
            return _run_workers(settings, dsn)


def _prepare_embedded(server: EmbeddedServer) -> str:
    """Migrate the embedded database; returns its address for the service's role."""
    migrate(server.dsn, report=say_applied)
    make_roles(server.dsn)
    return server.service_dsn


def _check_given(dsn: str) -> str:
    """Check the database of `DATABASE_URL` without changing it; returns its address."""
    for remark in preflight(dsn):
        say(remark)
    for unknown in check_current(dsn):
        say(f"the database has a migration that this release doesn't know: {unknown}")
    return dsn


def _check_statements(dsn: str) -> None:
    """Refuse a database that the statements don't fit or have no privileges on, before every worker fails."""
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
    # Workers read their settings from the environment.
    os.environ["DATABASE_URL"] = dsn
    multiprocessing.set_start_method("spawn", force=True)
    threading.Thread(target=_announce_ready, args=(settings,), daemon=True).start()
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
        backpressure=_connection_limit(),
        log_level=LogLevels.info if settings.log_level == "debug" else LogLevels.warning,
        workers_kill_timeout=STOP_TIMEOUT,
        respawn_failed_workers=True,
    )
    try:
        server.serve()
    except SystemExit as end:
        # A worker that got the signal too may have ended by itself: that's no failure.
        if not server.interrupt_signal:
            return int(end.code or 0)
    say("stopped")
    return 0


def _connection_limit() -> int:
    """Raise the limit of open files as far as needed and allowed; returns the connections that fit in it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = CONNECTIONS + OTHER_FILES if most == resource.RLIM_INFINITY else min(CONNECTIONS + OTHER_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return max(files - OTHER_FILES, 1)


def _announce_ready(settings: Settings) -> None:
    """Print the service's address once it is ready."""
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
