"""`just drill-overload`: a service that is offered up to ten times of what it can answer.

A policy that sleeps makes each read of a child take half a millisecond of its worker's connection, so that the load
generator, on the same machine, can offer many times more than is answered. Clients don't wait for answers.
"""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import psycopg

from api.paths import ROOT
from api.terminal import say, warn
from tests.load.exchange import Exchange
from tests.load.fairness import PORT, REFUSED, make_accounts, service
from tests.load.figures import percentile
from tests.load.requests import request

ACCOUNTS: Final = 1000
CONNECTIONS: Final = 3000
SECONDS: Final = 5.0
WORKERS: Final = 2
# Reads a second that the workers' connections can do.
MOST: Final = WORKERS / 0.0005
# Offered rates, as multiples of the peak.
MULTIPLES: Final = (0.5, 1.3, 4.0, 10.0)
# What is allowed: the least part of the peak that is still answered, and the longest that refusals take, in seconds.
GOODPUT: Final = 0.8
REFUSAL: Final = 0.5
_SLOW: Final = """
alter table child_profiles enable row level security;
create policy slow on child_profiles using (pg_sleep(0.0005) is not null)
"""


class Outcome(NamedTuple):
    """What came of an offered rate: answers a second, and sorted seconds of answers, refusals and readiness checks."""

    rate: float
    answered: float
    answers: list[float]
    refusals: list[float]
    ready: list[float]


class _Clients:
    """Idle connections, and what requests over them came to, as status and seconds."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self._requests = requests
        self._position = 0
        self.idle: list[Exchange] = []
        self.results: list[tuple[int, float]] = []

    async def connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: Exchange(self), "127.0.0.1", PORT)

    def ready(self, exchange: Exchange) -> None:
        self.idle.append(exchange)

    def send(self, due: float) -> None:
        self._position += 1
        self.idle.pop().send(self._requests[self._position % len(self._requests)], due)

    def answered(self, due: float, status: int) -> None:
        self.results.append((status, time.perf_counter() - due))

    def lost(self, exchange: Exchange, due: float | None) -> None:
        if due is not None:
            self.results.append((0, time.perf_counter() - due))
        elif exchange in self.idle:
            self.idle.remove(exchange)


async def _ready(seconds: list[float]) -> None:
    """Ask again and again whether the service is ready, each time over a new connection."""
    while True:
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 200 "), answer
        seconds.append(time.perf_counter() - started)
        await asyncio.sleep(0.05)


async def offer(requests: Sequence[bytes], rate: float) -> Outcome:
    """Offer a rate for `SECONDS`, as far as there are connections without a request."""
    clients = _Clients(requests)
    for _ in range(CONNECTIONS):
        await clients.connect()
    ready: list[float] = []
    checking = asyncio.create_task(_ready(ready))
    started, sent = time.perf_counter(), 0
    while sent < rate * SECONDS:
        due = int((time.perf_counter() - started) * rate) + 1
        for number in range(sent, due):
            if clients.idle:
                clients.send(started + number / rate)
        sent = due
        await asyncio.sleep(0.001)
    elapsed = time.perf_counter() - started
    await asyncio.sleep(2.0)
    if checking.done():
        checking.result()
    checking.cancel()
    for exchange in clients.idle:
        exchange.close()
    answers = sorted(took for status, took in clients.results if 200 <= status < 300)
    refusals = sorted(took for status, took in clients.results if status in REFUSED or not status)
    return Outcome(rate, len(answers) / elapsed, answers, refusals, sorted(ready))


def show(name: str, outcome: Outcome) -> None:
    def at(seconds: Sequence[float], part: float) -> str:
        return f"{percentile(seconds, part) * 1000:6.0f}" if seconds else "     -"

    say(
        f"{name:6} {outcome.rate:6.0f}/s offered, {outcome.answered:6.0f} answered, p50 {at(outcome.answers, 0.5)},"
        f" p99 {at(outcome.answers, 0.99)} ms; {len(outcome.refusals) / SECONDS:6.0f} refused,"
        f" p99 {at(outcome.refusals, 0.99)} ms; ready within {at(outcome.ready, 1.0)} ms"
    )


def judge(peak: float, outcomes: dict[float, Outcome]) -> Iterator[str]:
    """What is worse than allowed."""
    for multiple, outcome in outcomes.items():
        if multiple > 1 and outcome.answered < GOODPUT * peak:
            yield f"at {multiple:g} times the peak only {outcome.answered / peak:.0%} of it is answered"
        if outcome.refusals and percentile(outcome.refusals, 0.99) > REFUSAL:
            yield f"at {multiple:g} times the peak refusals take {percentile(outcome.refusals, 0.99):.2f} s (p99)"


def main() -> int:
    """Measure and judge; returns the exit status."""
    with TemporaryDirectory(prefix="nestwerk-") as data_dir:
        Path(data_dir).chmod(0o755)
        with service(ROOT, data_dir, WORKERS=str(WORKERS)) as dsn:
            accounts, _ = make_accounts(dsn, ACCOUNTS)
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute(_SLOW)
            requests = [request(account.token, f"GET /api/child-profiles/{account.child}") for account in accounts]
            # The first rate warms up. What is answered when too much is offered is the peak.
            asyncio.run(offer(requests, MOST / 4))
            peak = asyncio.run(offer(requests, MOST * 1.25)).answered
            say(f"peak   {peak:6.0f}/s")
            outcomes = {}
            for multiple in MULTIPLES:
                outcomes[multiple] = asyncio.run(offer(requests, peak * multiple))
                show(f"x {multiple:g}", outcomes[multiple])
    faults = list(judge(peak, outcomes))
    for fault in faults:
        warn(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
