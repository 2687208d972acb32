"""`just drill-bad-hour`: honest clients at a third of the peak, before, during and after all attacks at once.

Accounts that do their worst (`fairness`) and clients without an account (`attacks`) run in processes of their own, and
share the machine with the service. Honest clients send what is due whether or not they are answered, so a service that
falls behind can't hide it.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from api.paths import ROOT
from api.terminal import say, warn
from tests.load.fairness import PORT, WARM_UP, Account, honest_requests, make_accounts, run, service
from tests.load.figures import Step
from tests.load.open_loop import offer
from tests.load.requests import request

ADDRESS: Final = f"http://127.0.0.1:{PORT}"
CONNECTIONS: Final = 64
# Honest accounts; each asks for a few requests a second, as a page of the client does.
HONEST: Final = 512
# Part of the peak that honest clients ask for.
SHARE: Final = 1 / 3
# What is allowed: which part of the honest requests may be refused or late during the attacks, how long, in seconds,
# `/health/live` may take then, and how much slower answers may be afterwards, besides some milliseconds of noise.
REFUSED: Final = 0.01
LIVE: Final = 1.0
SLOWER: Final = 3.0
NOISE: Final = 10.0
# Seconds within which the service must be well again.
RECOVERY: Final = 5.0


def asked(account: Account) -> dict[str, bytes]:
    """What honest clients ask, all of which succeeds; the list of sessions runs on a single connection."""
    return {**honest_requests(account), "delete": request(account.token, "GET /api/sessions")}


@contextmanager
def attacking(accounts: str, seconds: float) -> Iterator[None]:
    """All attacks at once, within the block and for `seconds` at most."""
    commands = [
        ["tests.load.fairness", "--seconds", str(seconds), "--attack", accounts, "all"],
        ["tests.load.attacks", str(PORT), str(seconds)],
    ]
    processes = [
        # Attackers have machines of their own: they take the processor only where nobody else wants it.
        subprocess.Popen(["nice", "-n", "19", sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def live() -> float:
    """Seconds that `/health/live` takes on a new connection."""
    started = time.monotonic()
    with urllib.request.urlopen(f"{ADDRESS}/health/live", timeout=30) as answer:
        assert answer.status == 200
    return time.monotonic() - started


async def measure(name: str, requests: list[bytes], rate: float, seconds: float) -> tuple[Step, float]:
    """What honest clients notice, and the longest that `/health/live` took meanwhile, in seconds."""
    longest = 0.0

    async def probe() -> None:
        nonlocal longest
        while True:
            longest = max(longest, await asyncio.to_thread(live))
            await asyncio.sleep(0.1)

    probing = asyncio.create_task(probe())
    step = await offer(name, urlsplit(ADDRESS), requests, rate=rate, seconds=seconds, connections=CONNECTIONS)
    if probing.done():
        probing.result()
    probing.cancel()
    say(
        f"{name:8} {step.achieved:6.0f}/s  p50 {step.p50:6.1f}  p99 {step.p99:7.1f} ms,"
        f"  refused or late {step.errors / step.requests:.2%},  live within {longest * 1000:.0f} ms,"
        f"  generator {step.generator:.0%} busy"
    )
    return step, longest


def main() -> int:
    """Measure and judge; returns the exit status."""
    parser = argparse.ArgumentParser(prog="just drill-bad-hour", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each part (15)")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="nestwerk-") as data_dir:
        Path(data_dir).chmod(0o755)
        # No proxy is in front, so clients count by their addresses.
        with service(ROOT, data_dir, TRUSTED_PROXIES="") as dsn:
            honest, attackers = make_accounts(dsn, HONEST)
            requests = [(kind, sent) for account in honest for kind, sent in asked(account).items()]
            clients = [requests[number::CONNECTIONS] for number in range(CONNECTIONS)]
            asyncio.run(run(clients, 1.0))
            peak = len(asyncio.run(run(clients, 3.0))) / 3.0
            say(f"peak     {peak:6.0f}/s")
            rate = peak * SHARE
            sent = [each for _, each in requests]
            before, _ = asyncio.run(measure("before", sent, rate, options.seconds))
            with attacking(json.dumps(attackers), options.seconds + WARM_UP + 10):
                time.sleep(WARM_UP)
                during, longest = asyncio.run(measure("during", sent, rate, options.seconds))
            time.sleep(RECOVERY)
            after, _ = asyncio.run(measure("after", sent, rate, options.seconds))
    faults = list(judge(before, during, after, longest))
    for fault in faults:
        warn(fault)
    return 1 if faults else 0


def judge(before: Step, during: Step, after: Step, longest: float) -> Iterator[str]:
    """What is worse than allowed."""
    if longest > LIVE:
        yield f"during the attacks /health/live took {longest:.1f} s"
    for step in (during, after):
        if step.errors > REFUSED * step.requests:
            yield f"{step.system}: {step.errors} of {step.requests} honest requests were refused or late"
    if after.p50 > SLOWER * before.p50 + NOISE:
        yield f"after the attacks answers still take {after.p50 / before.p50:.1f} times as long"


if __name__ == "__main__":
    sys.exit(main())
