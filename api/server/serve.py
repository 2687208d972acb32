"""`just serve`: prepares the database and runs the workers."""

import asyncio
import os
import resource
import socket
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from msgspec.structs import replace

from api.app import load_routers
from api.checks.contract import check_contract
from api.checks.faults import Fault
from api.checks.grants.privileges import check_privileges
from api.command_error import CommandError
from api.database.connections import connect
from api.database.queries import bound_queries
from api.metrics import read
from api.migrations import check_current, migrate
from api.migrations.progress import say_applied
from api.postgres.embedded import EmbeddedServer
from api.postgres.preflight import preflight
from api.postgres.roles import make_roles
from api.postgres.watching import kept_running
from api.server.monitoring.exposition import PATH, exposed
from api.server.monitoring.processes import process_readings
from api.server.monitoring.totals import Totals
from api.server.supervisor import Supervisor
from api.server.worker import OTHER_FILES
from api.settings import Settings
from api.terminal import say

# Connections that wait to be accepted, at most.
BACKLOG: Final = 4096


class ServeError(CommandError):
    """The service can't start; the message has one line, or one for each fault."""


def serve(settings: Settings) -> int:
    """Serve until a signal ends it; returns the exit status.

    Raises:
        CommandError: the service can't start.

    """
    totals = Totals()
    with _bind(settings) as listening, _exposed(settings, totals):
        server = EmbeddedServer(settings.data_dir) if settings.database_url is None else None
        if server is not None:
            say(f"starting PostgreSQL in {server.cluster}")
        return _serve_on(listening, settings, server, totals)


def _exposed(settings: Settings, totals: Totals) -> AbstractContextManager[None]:
    """Serve the metrics within the block, if the settings say where."""
    if settings.metrics_port is None:
        return nullcontext()
    where = replace(settings, host=settings.metrics_host, port=settings.metrics_port)
    listening = _bind(where)
    _listen(listening, where)
    say(f"metrics: {_address(where)}{PATH}")
    return exposed(listening, totals.families)


def _serve_on(listening: socket.socket, settings: Settings, server: EmbeddedServer | None, totals: Totals) -> int:
    with server or nullcontext():
        dsn = _prepare_embedded(server) if server else _check_given(settings.database_url or "")
        with kept_running(server):
            _check_statements(dsn)
            return _run_workers(settings, dsn, listening, totals)


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


def _run_workers(settings: Settings, dsn: str, listening: socket.socket, totals: Totals) -> int:
    say(f"starting {settings.workers} worker{'s' if settings.workers > 1 else ''}")
    _raise_file_limit(settings)
    # Workers read their settings from the environment.
    environment = os.environ | {"DATABASE_URL": dsn, "DATA_DIR": str(settings.data_dir.resolve())}
    supervisor = Supervisor(listening, settings.workers, environment, lambda: _announce_ready(settings), totals)
    _listen(listening, settings)
    with read(*process_readings(supervisor)):
        status = supervisor.run()
    say("stopped")
    return status


def _raise_file_limit(settings: Settings) -> None:
    """Raise the limit of open files for the workers, as far as needed and allowed."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = settings.connections + OTHER_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (files if most == resource.RLIM_INFINITY else min(files, most), most))


def _announce_ready(settings: Settings) -> None:
    """Print the service's address."""
    say(f"ready: {_address(settings)}")


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _bind(settings: Settings) -> socket.socket:
    """A socket that has the service's address, and doesn't listen yet, as nobody would answer.

    Raises:
        ServeError: the address is in use, or isn't this machine's.

    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise _address_error(settings, error) from None
    return bound


def _listen(bound: socket.socket, settings: Settings) -> None:
    """Listen, unless another service that was started at the same time does so first.

    Raises:
        ServeError: the address is in use.

    """
    try:
        bound.listen(BACKLOG)
    except OSError as error:
        raise _address_error(settings, error) from None


def _address_error(settings: Settings, error: OSError) -> ServeError:
    return ServeError(f"can't listen on {settings.host}:{settings.port}: {error.strerror or error}")
