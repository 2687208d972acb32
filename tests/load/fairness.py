"""What honest clients notice while a few accounts do their worst: latencies and refusals, by attack.

It starts the service of a tree on an embedded server of its own, so that two trees can be compared (`--tree`).
Attackers are as many accounts, each with a full family and several connections that never wait. They run in a process
of their own, and share the machine with the service.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import psycopg

from api.auth.tokens import new_token, token_digest
from api.paths import ROOT
from api.terminal import say
from tests.load.exchange import Exchange
from tests.load.requests import request
from tests.load.systems import wait_until_it_answers

HONEST: Final = 16
ATTACKERS: Final = 8
CONNECTIONS: Final = 8
PORT: Final = 8191
# Seconds of an attack before it is measured.
WARM_UP: Final = 4.0
REFUSED: Final = frozenset({429, 500, 502, 503})
_NOBODYS: Final = 10**9


class Account(NamedTuple):
    token: str
    child: int
    goal: int


def honest_requests(account: Account) -> dict[str, bytes]:
    return {
        "read": request(account.token, f"GET /api/child-profiles/{account.child}"),
        "list": request(account.token, "GET /api/parenting-goals?limit=20"),
        "family": request(account.token, "GET /api/users/me?include=parentProfile,childProfiles,parentingGoals"),
        "patch": request(account.token, f"PATCH /api/child-profiles/{account.child}", {"age": 5}),
        "delete": request(account.token, f"DELETE /api/parenting-goals/{_NOBODYS}"),
    }


def attacks(account: Account) -> dict[str, list[bytes]]:
    chains: dict[str, Any] = {}
    for number in range(150):
        chain: Any = 1
        for _ in range(60):
            chain = {"a": chain}
        chains[str(number)] = chain
    goals = {"shortTerm": [f"Kort {n}" for n in range(500)], "longTerm": [f"Lang {n}" for n in range(500)]}
    document = {
        "basicInfo": {"name": "A", "parentType": "mom", "experienceLevel": "experienced"},
        "stressAssessment": {"stressLevel": "high", "primaryConcerns": [], "supportNetwork": []},
        "goals": goals,
    }
    child = f"PATCH /api/child-profiles/{account.child}"
    goal = {"title": "A", "description": "x" * 1900}
    return {
        "deep routines": [request(account.token, child, {"routines": chains})],
        "wide routines": [
            request(account.token, child, {"routines": {str(n): {"a": k} for n in range(490)}}) for k in (1, 2)
        ],
        "family": [request(account.token, "GET /api/users/me?include=childProfiles,parentingGoals")],
        "lists": [
            request(account.token, "GET /api/parenting-goals?limit=100"),
            request(account.token, "GET /api/child-profiles?limit=100"),
        ],
        "complete": [request(account.token, "POST /api/onboarding/complete", document)],
        "progress": [request(account.token, "GET /api/onboarding/progress")],
        "batch": [request(account.token, "POST /api/parenting-goals/batch", [goal] * 500)],
        "full": [request(account.token, "POST /api/parenting-goals", goal)],
        "deletes": [request(account.token, f"DELETE /api/parenting-goals/{_NOBODYS}")],
    }


class _Loop:
    """Sends requests over one connection, one after another, and calls `done` with kind, status and seconds."""

    def __init__(self, kinds: Sequence[tuple[str, bytes]], results: list[tuple[str, int, float]]) -> None:
        self._kinds = kinds
        self._next = 0
        self._results = results
        self.stopped = False

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: Exchange(self), "127.0.0.1", PORT)

    def ready(self, exchange: Exchange) -> None:
        if self.stopped:
            exchange.close()
            return
        self._kind, sent = self._kinds[self._next % len(self._kinds)]
        self._next += 1
        exchange.send(sent, time.perf_counter())

    def answered(self, due: float, status: int) -> None:
        self._results.append((self._kind, status, time.perf_counter() - due))

    def lost(self, exchange: Exchange, due: float | None) -> None:  # noqa: ARG002
        if due is not None:
            self._results.append((self._kind, 0, 0.0))
        if not self.stopped:
            self._again = asyncio.ensure_future(self.connect())


async def run(kinds: Sequence[Sequence[tuple[str, bytes]]], seconds: float) -> list[tuple[str, int, float]]:
    """Results of connections that each repeat their requests, as kind, status (0 if lost) and seconds."""
    results: list[tuple[str, int, float]] = []
    loops = [_Loop(each, results) for each in kinds]
    for loop in loops:
        await loop.connect()
    await asyncio.sleep(seconds)
    for loop in loops:
        loop.stopped = True
    return list(results)


def report(
    name: str, results: Sequence[tuple[str, int, float]], seconds: float, base: Mapping[str, float]
) -> dict[str, float]:
    """Print a line for each kind, and one for all; returns the median of each kind."""
    medians: dict[str, float] = {}
    if not results:
        say(f"{name:16} nobody got an answer")
    for kind in sorted({kind for kind, _, _ in results}):
        times = sorted(
            took * 1000 for each, status, took in results if each == kind and status not in REFUSED and status
        )
        refused = sum(each == kind and (status in REFUSED or not status) for each, status, _ in results)
        p50 = statistics.median(times) if times else float("inf")
        p99 = times[int(len(times) * 0.99)] if times else float("inf")
        medians[kind] = p50
        times_base = f" {p50 / base[kind]:5.1f} x" if kind in base else ""
        say(
            f"{name:16} {kind:7} {len(times) / seconds:6.0f}/s p50 {p50:7.1f} p99 {p99:8.1f} ms,"
            f" refused {refused}{times_base}"
        )
    return medians


def make_accounts(dsn: str, honest: int = HONEST) -> tuple[list[Account], list[Account]]:
    """Accounts with small families, and accounts with the largest families that there can be."""
    with psycopg.connect(dsn) as connection:
        made = [_account(connection, full=number < ATTACKERS) for number in range(ATTACKERS + honest)]
        connection.commit()
        connection.execute("analyze")
    return made[ATTACKERS:], made[:ATTACKERS]


def _account(connection: "psycopg.Connection[Any]", *, full: bool) -> Account:
    token = new_token()

    def one(sql: str, *values: object) -> Any:
        return next(iter(connection.execute(sql.encode(), values)))[0]

    name = os.urandom(8).hex()
    user = one(
        "insert into users (username, email, password) values (%s, %s, '$argon2id$unusable') returning id",
        name,
        f"{name}@x.nl",
    )
    profile = one(
        "insert into parent_profiles (user_id, name, completed_onboarding) values (%s, 'A', true) returning id", user
    )
    connection.execute(
        "insert into sessions (user_id, token_digest, expires_at) values (%s, %s, now() + '1 day')",
        (user, token_digest(token)),
    )
    routines = {str(n): {"a": "x" * 40 if full else 1} for n in range(490 if full else 3)}
    child = one(
        "insert into child_profiles (parent_profile_id, name, age, routines, development_notes)"
        " select %s, 'Kind', 4, %s, repeat('x', %s) from generate_series(1, %s) returning id",
        profile, json.dumps(routines), 10_000 if full else 10, 50 if full else 2,
    )  # fmt: skip
    goal = one(
        "insert into parenting_goals (parent_profile_id, title, description)"
        " select %s, 'Doel ' || n, repeat('x', %s) from generate_series(1, %s) as n returning id",
        profile, 5000 if full else 20, 1000 if full else 5,
    )  # fmt: skip
    return Account(token, child, goal)


@contextmanager
def service(tree: Path, data_dir: str, **settings: str) -> Iterator[str]:
    environment = os.environ | {"DATA_DIR": data_dir, "PORT": str(PORT), "LOG_LEVEL": "error"} | settings
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve"], cwd=tree, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_it_answers(process, PORT)
        yield f"postgresql://postgres@/nestwerk?host={data_dir}/postgres"
    finally:
        process.terminate()
        process.wait(30)


def attack(accounts: Sequence[Account], kind: str, seconds: float) -> None:
    """Attack from this process, and print what became of it."""
    kinds = []
    for account in accounts:
        available = attacks(account)
        for number in range(CONNECTIONS):
            name = [*available][number % len(available)] if kind == "all" else kind
            kinds.append([(name, sent) for sent in available[name]])
    results = asyncio.run(run(kinds, seconds))
    statuses: dict[str, dict[int, int]] = {}
    for name, status, _ in results:
        count = statuses.setdefault(name, {})
        count[status] = count.get(status, 0) + 1
    say(f"    attackers: {statuses}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, default=ROOT)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--attackers", type=int, default=ATTACKERS)
    parser.add_argument("--only", nargs="*", default=None)
    parser.add_argument("--attack", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.attack:
        accounts, kind = options.attack
        attack([Account(*each) for each in json.loads(accounts)], kind, options.seconds)
        return
    with TemporaryDirectory(prefix="nestwerk-") as data_dir:
        Path(data_dir).chmod(0o755)
        with service(options.tree, data_dir) as dsn:
            honest, attackers = make_accounts(dsn)
            honest_kinds = [list(honest_requests(account).items()) for account in honest]
            asyncio.run(run(honest_kinds, 1.0))
            base = report("nobody", asyncio.run(run(honest_kinds, options.seconds)), options.seconds, {})
            for kind in options.only or [*attacks(attackers[0]), "all"]:
                command = [sys.executable, "-m", "tests.load.fairness", "--seconds", str(options.seconds + WARM_UP + 1)]
                process = subprocess.Popen(
                    [*command, "--attack", json.dumps(attackers[: options.attackers]), kind], cwd=ROOT
                )
                time.sleep(WARM_UP)
                report(kind, asyncio.run(run(honest_kinds, options.seconds)), options.seconds, base)
                process.wait()
                time.sleep(1.0)


if __name__ == "__main__":
    main()
