"""Starts a worker without the parent, which would check the database first and replace it when it ends."""

import os
import socket
import subprocess
import sys
from typing import IO

from api.paths import ROOT
from api.server.board import Row, create_board


def start_worker(
    dsn: str, *command: str, port: int, output: IO[bytes] | int = subprocess.PIPE, **settings: str
) -> tuple["subprocess.Popen[str]", Row]:
    """A worker that listens on a port, and its row on the board; `command` is Python's arguments, if not the usual."""
    board = create_board(1)
    command = command or ("-m", "api.server.worker_process")
    with socket.create_server(("127.0.0.1", port)) as listening:
        descriptors = (listening.fileno(), board.descriptor)
        process = subprocess.Popen(
            [sys.executable, *command, *map(str, (*descriptors, 0, os.getpid()))],
            cwd=ROOT, env=os.environ | {"DATABASE_URL": dsn} | settings, pass_fds=descriptors, text=True,
            stdout=output, stderr=output,
        )  # fmt: skip
    os.close(board.descriptor)
    return process, board.rows[0]
