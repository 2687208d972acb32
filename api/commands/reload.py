"""Replace the workers of the service that runs, with the code that is on the disk.

It's the service of the same DATA_DIR and PORT. The exit status is 0 only if all were replaced.
"""

import argparse
import os
import signal
import time
from typing import Final

from api.command_error import CommandError
from api.server.run_file import read_run_file
from api.settings import Settings
from api.terminal import say

# Seconds that the service has to begin, and between two looks.
_PATIENCE: Final = 5.0
_INTERVAL: Final = 0.05


class ReloadError(CommandError):
    """The workers weren't replaced; the message says why."""


def run(_options: argparse.Namespace, settings: Settings) -> int:
    try:
        return _reload(settings)
    except OSError as error:
        raise ReloadError(f"can't find the service: {error.filename}: {error.strerror}") from None


def _reload(settings: Settings) -> int:
    before = read_run_file(settings)
    if before is None:
        raise ReloadError(f"no service runs on port {settings.port} with DATA_DIR={settings.data_dir}")
    try:
        os.kill(before.pid, signal.SIGHUP)
    except ProcessLookupError:
        raise ReloadError(
            f"the service has stopped, or its process {before.pid} can't be seen from here, as from another container"
        ) from None
    except PermissionError:
        raise ReloadError(f"the service, process {before.pid}, is another user's: run this as that user") from None
    started = time.monotonic()
    while (now := read_run_file(settings)) and now.pid == before.pid:
        if now.ended > before.begun:
            if not now.succeeded:
                raise ReloadError("a new worker didn't become ready, so the old ones stay: the service's log says why")
            say("the workers were replaced")
            return 0
        if now.begun == before.begun and time.monotonic() - started > _PATIENCE:
            raise ReloadError(f"the service, process {before.pid}, takes no SIGHUP: it stops, or has nohup")
        time.sleep(_INTERVAL)
    raise ReloadError("the service has stopped")
