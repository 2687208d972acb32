"""Starts a worker without the parent, which would check the database first and replace it when it ends."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import IO

from api.paths import ROOT
from api.server.board import Row, create_board


def start_worker(
    dsn: str,
    *command: str,
    port: int,
    output: IO[bytes] | int = subprocess.PIPE,
    hosts: Sequence[str] = ("127.0.0.1",),
    **settings: str,
) -> tuple["subprocess.Popen[str]", Row]:
    """A worker that listens on a port, and its row on the board; `command` is Python's arguments, if not the usual."""
    board = create_board(1)
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server((host, port))).fileno() for host in hosts]
        arguments = (",".join(map(str, listening)), board.descriptor, 0, os.getpid())
        process = subprocess.Popen(
            [sys.executable, *(command or ("-m", "api.server.worker_process")), *map(str, arguments)],
            cwd=ROOT, env=os.environ | {"DATABASE_URL": dsn} | settings, pass_fds=[*listening, board.descriptor],
            text=True, stdout=output, stderr=output,
        )  # fmt: skip
    os.close(board.descriptor)
    return process, board.rows[0]
