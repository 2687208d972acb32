"""Runs wrk, a load generator that uses little CPU time."""

import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

SCRIPT: Final = Path(__file__).with_name("wrk.lua")
INSTALL: Final = "wrk is needed: apt-get install wrk, brew install wrk, or https://github.com/wg/wrk"
# Seconds; slower answers count as errors.
TIMEOUT: Final = 5


class Answers(msgspec.Struct, frozen=True):
    """Output of wrk.lua: numbers of successful and failed requests; times in microseconds."""

    requests: int
    microseconds: int
    failed: int
    p50: int
    p99: int
    p999: int


def installed() -> bool:
    return shutil.which("wrk") is not None


def run_wrk(address: str, requests: Path, *, connections: int, seconds: float) -> Answers:
    """Send the requests of a file for `seconds`, on `connections` with one request at a time each.

    Raises:
        ValueError: wrk failed.

    """
    command = ["wrk", "-t1", f"-c{connections}", "-d60s", f"--timeout={TIMEOUT}s", "-s", str(SCRIPT), address, "--"]
    with subprocess.Popen([*command, str(requests)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        # wrk takes whole seconds only, but prints its results when it's interrupted.
        time.sleep(seconds)
        output = _interrupted(process)
    return parse(output.decode())


def _interrupted(process: "subprocess.Popen[bytes]") -> bytes:
    """Output of a process that is interrupted again each second, as on a busy machine wrk may sleep only afterwards."""
    for _ in range(TIMEOUT + 5):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=1)[0]
    process.kill()
    raise ValueError("wrk doesn't end")


def parse(output: str) -> Answers:
    """Figures in wrk's output.

    Raises:
        ValueError: there are none.

    """
    last = output.strip().rpartition("\n")[2]
    try:
        return msgspec.json.decode(last, type=Answers)
    except msgspec.DecodeError:
        raise ValueError(f"wrk said: {output.strip()}") from None
