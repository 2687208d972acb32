"""Lines that nobody takes: a command ends, and a service goes on."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api import terminal


@pytest.mark.parametrize("say", [terminal.say, terminal.warn])
def test_a_full_disk(say: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_is_service", False)
    monkeypatch.setattr(terminal, "_is_logging", False)
    full = Path("/dev/full").open("w")  # noqa: SIM115  its end can't be written either
    monkeypatch.setattr(sys, "stdout", full)
    monkeypatch.setattr(sys, "stderr", full)
    with pytest.raises(OSError, match="No space left"):
        say("nobody hears this")
    terminal.serve_lines(logged=False)
    say("nobody hears this")
    with pytest.raises(OSError, match="No space left"):
        full.close()
