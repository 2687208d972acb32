"""A deploy under load: no request fails while workers are renewed, and while one service follows another."""

import logging
import signal
from pathlib import Path

import psycopg
import pytest

from api.postgres.embedded import EmbeddedServer
from api.seed.seeding import seed
from tests.conftest import free_port
from tests.load.requests import read_sessions
from tests.server.balanced import Balanced
from tests.server.test_serve import PROMPTLY, PYTHON, Served

pytestmark = pytest.mark.drill

CLIENTS = 12
RENEWALS = 4
# The thread that asks whether a service is ready shares one processor with all clients.
DRAIN_SECONDS = 10


def end(served: Served) -> None:
    served.send_signal(signal.SIGTERM)
    status, said = served.end(DRAIN_SECONDS + PROMPTLY)
    assert (status, "stopped\n" in said) == (0, True)


def test_no_request_fails_in_a_deploy(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    tokens = tmp_path / "sessions.tsv"
    seed(dsn, families=CLIENTS * 2, sessions=CLIENTS * 2, token_path=tokens)

    def start(port: int) -> Served:
        served = Served(
            PYTHON,
            tmp_path,
            port,
            DATABASE_URL=cluster.service_dsn,
            LOG_LEVEL="warning",
            DRAIN_SECONDS=str(DRAIN_SECONDS),
        )
        served.wait_until_ready()
        return served

    one, two = start(free_port()), start(free_port())
    with Balanced([one.port, two.port], list(read_sessions(tokens))[:CLIENTS]) as balanced:
        balanced.wait_for(one.port)
        balanced.wait_for(two.port)
        for _ in range(RENEWALS):
            one.send_signal(signal.SIGHUP)
            one.wait_for_line("the workers were replaced")
        end(two)
        balanced.wait_for(one.port)
        three = start(two.port)
        balanced.wait_for(three.port)
        end(one)
        balanced.wait_for(three.port)
    # The clients go before the last service does.
    end(three)
    logging.getLogger(__name__).warning("%s requests, %s failed", balanced.answered.total(), len(balanced.failed))
    assert balanced.failed == []
    with psycopg.connect(dsn) as connection:
        found = connection.execute(
            "select count(distinct title) from parenting_goals where title = any(%s)", [balanced.added]
        ).fetchone()
    assert found == (len(balanced.added),)
