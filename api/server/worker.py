"""A worker: it serves the application on sockets that its parent gave it, until a signal or its parent ends."""

import asyncio
import ctypes
import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Final

import uvloop

from api import telemetry
from api.app import create_app
from api.health.leaving import leaving
from api.http.application import Application
from api.http1.connection import Connection
from api.http1.connections import TICK, Connections
from api.http1.limits import FAREWELL_SECONDS, Limits
from api.http1.listener import Listener
from api.metrics import encoded_families, read
from api.server.board import Board, Row, Stage
from api.server.logs.setup import log_loop_error
from api.server.monitoring.readings import LOOP_LAG, worker_readings
from api.server.share import Share
from api.settings import Settings, read_settings

# Seconds that a stopping worker has to finish its requests.
STOP_TIMEOUT: Final = 30.0
# Paths that are answered however many requests there are: a supervisor would end a service that is only busy.
VITAL: Final = ("/health/live", "/health/ready")
# Open files of a worker besides its clients' connections.
OTHER_FILES: Final = 128

_PR_SET_PDEATHSIG: Final = 1
# Allocations between two collections of the youngest generation. Requests make hardly any cycles, and a collection
# while thousands of them are in progress is a worker's longest pause.
_YOUNGEST_THRESHOLD: Final = 50_000
_READY_INTERVAL: Final = 0.1


def main(listening: Sequence[int], board: int, row: int, parent: int) -> None:
    """Serve until the first signal; further ones are ignored, as Ctrl-C reaches the whole group of processes.

    Arguments are the descriptors of the listening sockets and the board, the worker's row there, and its parent's
    process id.

    Raises:
        QueryFileError: a statement isn't used.
        SettingsError: a setting is invalid.

    """
    _end_with_parent(parent)
    stop = asyncio.Event()
    # These handlers aren't uvloop's: it loses signals that come while its loop isn't running.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # A terminal that closes tells all processes; the parent decides what that means.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    settings = read_settings()
    if settings.otlp_endpoint is not None:
        telemetry.start_tracing(settings.trace_ratio)
    app = create_app(settings)
    sockets = [socket.socket(fileno=descriptor) for descriptor in listening]
    uvloop.run(_serve(app, _limits(settings), sockets, Board(board), row, stop))
    if telemetry.tracing is not None:
        telemetry.tracing.stop()


async def _serve(  # noqa: PLR0913, PLR0917
    app: Application, limits: Limits, sockets: Sequence[socket.socket], board: Board, row: int, stop: asyncio.Event
) -> None:
    asyncio.get_running_loop().set_exception_handler(log_loop_error)
    async with app.lifespan():
        _freeze()
        connections = Connections(app, app.refuse, limits, vital=VITAL, unlimited=app.proxies.is_trusted)
        own = board.rows[row]
        leaving.ask = lambda: board.is_leaving
        share = Share(board, own, connections)
        listeners = [
            Listener(
                listening,
                lambda: Connection(connections),
                may_accept=connections.has_room,
                is_exceeded=share.is_exceeded,
            )
            for listening in sockets
        ]
        ticking = asyncio.create_task(_tick(connections, share, own))
        announcing = asyncio.create_task(_announce(app, own))
        tasks = (ticking, announcing)
        for task in tasks:
            task.add_done_callback(lambda task: _stop_if_failed(task, stop))
        own.stage = Stage.SERVING
        for listener in listeners:
            listener.start()
        await stop.wait()
        for task in tasks:
            if task.done():
                # Without it the worker would be taken for one that hangs, and nobody told why.
                task.result()
        # Clients that were told to go on elsewhere, or that just come, may find nobody else.
        connections.is_stopping = True
        await asyncio.sleep(FAREWELL_SECONDS)
        for listener in listeners:
            listener.stop()
        announcing.cancel()
        own.stage = Stage.CLOSED
        await connections.stop(STOP_TIMEOUT)
        ticking.cancel()
        # It publishes the last counts, while all that counts is there.
        with suppress(asyncio.CancelledError):
            await ticking


def _stop_if_failed(task: asyncio.Task[None], stop: asyncio.Event) -> None:
    if not task.cancelled() and task.exception():
        stop.set()


async def _tick(connections: Connections, share: Share, own: Row) -> None:
    with read(*worker_readings(connections)):
        try:
            while True:
                connections.tick()
                share.tick()
                own.publish(encoded_families())
                due = monotonic() + TICK  # the loop's time has milliseconds
                await asyncio.sleep(TICK)
                LOOP_LAG.observe(max(monotonic() - due, 0.0))
        finally:
            own.publish(encoded_families())


async def _announce(app: Application, row: Row) -> None:
    """Say on the board when the application is ready."""
    while await _status(app, "/health/ready") != 200:  # noqa: ASYNC110  no event says so
        await asyncio.sleep(_READY_INTERVAL)
    row.stage = Stage.READY


async def _status(app: Application, path: str) -> int:
    """Status of the application's answer to GET."""
    statuses = []
    scope: dict[str, Any] = {
        "type": "http", "http_version": "1.0", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": [], "client": None,
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    await app(scope, receive, send)
    return int(statuses[0])


def _limits(settings: Settings) -> Limits:
    """Limits by the settings, and by the files that the process may open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    connections = max(1, min(settings.connections, files - OTHER_FILES))
    return Limits(
        head=settings.head_timeout,
        body=settings.body_timeout,
        idle=settings.idle_timeout,
        send=settings.send_timeout,
        connections=connections,
        connections_per_address=min(settings.connections_per_address, max(1, connections // 2)),
    )


def _end_with_parent(parent: int) -> None:
    """Have Linux kill this process when its parent ends, so that a killed service keeps no port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have ended before.
        if os.getppid() != parent:
            os._exit(1)


def _freeze() -> None:
    """Exclude all current objects from garbage collection, and collect later ones seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST_THRESHOLD, 20, 100)
