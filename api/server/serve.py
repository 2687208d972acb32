"""`just serve`: prepares the database and runs the workers."""

import asyncio
import os
import resource
import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

from api.app import load_routers
from api.checks.contract import check_contract
from api.checks.faults import Fault
from api.checks.grants.privileges import check_privileges
from api.command_error import CommandError
from api.database.connections import connect
from api.database.queries import bound_queries
from api.database.worker_connections import CONNECTIONS, READING_CONNECTIONS
from api.database_url.reading import split_hosts
from api.metrics import read
from api.migrations import check_current, migrate
from api.migrations.progress import say_applied
from api.postgres.archiving import has_archived
from api.postgres.connection_limits import free_connections
from api.postgres.embedded import EmbeddedServer
from api.postgres.preflight import preflight
from api.postgres.roles import make_roles
from api.postgres.watching import kept_running
from api.server.announcements import Announcements
from api.server.destinations import say_destinations
from api.server.monitoring.backups import backup_readings
from api.server.monitoring.exposition import PATH, exposed
from api.server.monitoring.processes import process_readings
from api.server.monitoring.totals import Totals
from api.server.run_file import run_file
from api.server.sockets import Address
from api.server.supervisor import Supervisor
from api.server.waiting import wait_for_database
from api.server.worker import OTHER_FILES
from api.settings import Settings
from api.telemetry import check_installed
from api.terminal import say, warn


class ServeError(CommandError):
    """The service can't start; the message has one line, or one for each fault."""


def serve(settings: Settings) -> int:
    """Serve until a signal ends it; returns the exit status.

    Raises:
        CommandError: the service can't start.

    """
    if settings.otlp_endpoint is not None:
        check_installed()
    totals = Totals()
    with ExitStack() as stack:
        listening = [stack.enter_context(bound) for bound in _address(settings).bind()]
        stack.enter_context(_exposed(settings, totals))
        server = None if settings.database_url else _embedded_server(settings)
        if server is not None:
            say(f"starting PostgreSQL in {server.cluster}")
        return _serve_on(listening, settings, server, totals)


def _exposed(settings: Settings, totals: Totals) -> AbstractContextManager[None]:
    """Serve the metrics within the block, if the settings say where."""
    if settings.metrics_port is None:
        return nullcontext()
    address = Address(settings.metrics_host, settings.metrics_port)
    listening = address.bind()
    address.listen(listening)
    say(f"metrics: {address.url}{PATH}")
    return exposed(listening, totals.families)


def _serve_on(
    listening: Sequence[socket.socket], settings: Settings, server: EmbeddedServer | None, totals: Totals
) -> int:
    with server or nullcontext():
        dsn = _prepare_embedded(server) if server else _check_given(settings)
        with kept_running(server):
            _check_statements(dsn)
            return _run_workers(settings, dsn, listening, totals)


def _embedded_server(settings: Settings) -> EmbeddedServer:
    """The embedded server, with connections for all workers, for those that replace them, and for recipes."""
    more = {"max_connections": str(max(200, 3 * settings.workers * CONNECTIONS))}
    server = EmbeddedServer(settings.data_dir, backup_dir=settings.backup_dir, more=more)
    if settings.backup_dir is None and has_archived(server.cluster):
        warn("BACKUP_DIR isn't set, and WAL was archived there: it isn't any more, and backups alone can be restored")
    return server


def _prepare_embedded(server: EmbeddedServer) -> str:
    """Migrate the embedded database; returns its address for the service's role."""
    migrate(server.dsn, report=say_applied)
    make_roles(server.dsn)
    return server.service_dsn


def _check_given(settings: Settings) -> str:
    """Wait for the database of `DATABASE_URL`, and check it without changing it; returns its address."""
    dsn = settings.database_url or ""
    wait_for_database(dsn, settings.start_timeout)
    for remark in preflight(dsn):
        warn(remark)
    for unknown in check_current(dsn):
        warn(f"the database has a migration that this release doesn't know: {unknown}")
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


def _run_workers(settings: Settings, dsn: str, listening: Sequence[socket.socket], totals: Totals) -> int:
    # Of two services that start at once, one gets no further, and leaves the other's file alone.
    _address(settings).listen(listening)
    _say_connections(settings, dsn)
    say_destinations(settings)
    _raise_file_limit(settings)
    environment = _environment(settings, dsn)
    with ExitStack() as stack:
        try:
            file = stack.enter_context(run_file(settings))
        except OSError as error:
            say(f"`just reload` won't find this service: {error.filename}: {error.strerror}")
            file = None
        announcements = Announcements(_address(settings).url, file)
        supervisor = Supervisor(
            listening, settings.workers, environment, announcements, totals, drain_seconds=settings.drain_seconds
        )
        stack.enter_context(read(*process_readings(supervisor), *backup_readings(settings)))
        status = supervisor.run()
    say("stopped")
    return status


def _say_connections(settings: Settings, dsn: str) -> None:
    needed = settings.workers * (CONNECTIONS + (READING_CONNECTIONS if settings.read_database_url else 0))
    free = free_connections(dsn, needed)
    workers = f"{settings.workers} worker{'s' if settings.workers > 1 else ''}"
    say(f"starting {workers}, which take {needed} connections to PostgreSQL, where {free} are free")
    if hosts := split_hosts(settings.read_database_url or ""):
        say(f"reads go to the standbys of {', '.join(hosts)}")
    if free < needed:
        say(f"until {needed - free} more are free, some requests wait or are refused")


def _environment(settings: Settings, dsn: str) -> Mapping[str, str]:
    """Environment that the workers read their settings from."""
    more = {"DATA_DIR": str(settings.data_dir.resolve()), "LOG_FORMAT": settings.log_format}
    if settings.backup_dir:
        more["BACKUP_DIR"] = str(settings.backup_dir)
    # Renewed workers read what files say then, as after a password was changed.
    if path := os.environ.get("READ_DATABASE_URL_FILE"):
        more["READ_DATABASE_URL_FILE"] = str(Path(path).resolve())
    if path := os.environ.get("DATABASE_URL_FILE"):
        return os.environ | more | {"DATABASE_URL_FILE": str(Path(path).resolve())}
    return os.environ | more | {"DATABASE_URL": dsn}


def _raise_file_limit(settings: Settings) -> None:
    """Raise the limit of open files for the workers, as far as needed and allowed."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = settings.connections + OTHER_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (files if most == resource.RLIM_INFINITY else min(files, most), most))


def _address(settings: Settings) -> Address:
    return Address(settings.host, settings.port)
