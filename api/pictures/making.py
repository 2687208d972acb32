"""Has pictures made by processes of their own (`api/pictures/encoding.py`), one at a time, each within limits."""

import asyncio
import logging
import re
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Final

from api.metrics import Histogram
from api.pictures.facts import PICTURE_TOO_LARGE, UNREADABLE_PICTURE, UNSUPPORTED_PICTURE
from api.pictures.pacing import Pacing
from api.problems.problem import Problem
from api.problems.types import TOO_BUSY, TOO_MANY_REQUESTS

logger = logging.getLogger(__name__)

PROGRAM: Final = Path(__file__).with_name("encoding.py")
# Seconds that a picture takes at most with its turn, and by itself; of the processor it may take fewer.
LONGEST_TURN: Final = 30
LONGEST: Final = 15
_OUTCOMES: Final = {10: UNSUPPORTED_PICTURE, 11: PICTURE_TOO_LARGE, 12: UNREADABLE_PICTURE}
_SECONDS: Final = Histogram(
    "nestwerk_picture_duration_seconds",
    "Profile pictures that were made or refused, by what became of them, without their wait for a turn.",
    "outcome",
    bounds=(0.1, 0.25, 0.5, 1, 2.5, 5),
)
_pacing: Final = Pacing()
# How files of the four kinds begin; whatever else is sent costs no process.
_HEAD: Final = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP", re.DOTALL)
# A picture takes up to 500 MB while it's made, so a worker makes one at a time.
_executor: Final = ThreadPoolExecutor(1, thread_name_prefix="pictures")


async def make_sizes(content: bytes | bytearray, user_id: int) -> list[bytes]:
    """The sizes of an account's picture as webp, the largest first.

    Raises:
        Problem: the picture is refused, or `too_busy`, or `too_many_requests` of this account.

    """
    if not _HEAD.match(content):
        raise Problem(UNSUPPORTED_PICTURE)
    if not await _pacing.wait(user_id):
        raise Problem(TOO_MANY_REQUESTS)
    try:
        async with asyncio.timeout(LONGEST_TURN):
            status, output, seconds = await asyncio.get_running_loop().run_in_executor(_executor, _run, content)
    except (TimeoutError, subprocess.TimeoutExpired, BlockingIOError):
        # Its machine has no processor, memory or processes left for it.
        raise Problem(TOO_BUSY) from None
    refused = _OUTCOMES.get(status)
    if status < 0:
        # It met a limit, or its decoder broke.
        logger.warning("a picture's process ended by signal %d", -status, extra={"event": "picture_process_ended"})
        refused = UNREADABLE_PICTURE
    _SECONDS.observe(seconds, (refused.code if refused else "made",))
    if refused:
        raise Problem(refused)
    if status:
        raise RuntimeError(f"{PROGRAM.name} ended with status {status}")
    return _sizes(output)


def _run(content: bytes | bytearray) -> tuple[int, bytes, float]:
    """Status, output and seconds of a process that makes a picture; it inherits no setting and no secret."""
    begun = perf_counter()
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-I", str(PROGRAM)],
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=LONGEST,
        check=False,
        env={},
        cwd="/",
    )
    return ran.returncode, ran.stdout, perf_counter() - begun


def _sizes(output: bytes) -> list[bytes]:
    sizes = []
    while output:
        end = 4 + struct.unpack_from(">I", output)[0]
        sizes.append(output[4:end])
        output = output[end:]
    return sizes
