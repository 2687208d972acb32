"""A program that is interrupted at the moment at which it starts another."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class _InterruptedStart(subprocess.Popen[bytes]):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if options.get("start_new_session"):
            os.kill(os.getpid(), signal.SIGINT)


@contextmanager
def interrupted_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have Ctrl-C arrive within the block when a session of processes has been started, and nobody knows it yet."""
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", _InterruptedStart)
        with pytest.raises(KeyboardInterrupt):
            yield
