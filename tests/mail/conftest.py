"""Has the test's own process queue and send mails, as a worker does."""

from collections.abc import AsyncIterator, Iterator

import pytest

from api.database.aliases import Connection
from api.database.pool import open_pool
from api.database.queries import attached, bind_columns
from api.mail import sending, smtp
from api.mail.kinds import KINDS
from api.postgres.embedded import EmbeddedServer
from tests.mail.mailbox import Mailbox
from tests.mail.queue import Queue


@pytest.fixture(scope="session")
async def _pool(cluster: EmbeddedServer, dsn: str) -> AsyncIterator[None]:
    async with open_pool(cluster.service_dsn, []) as opened:
        with attached(opened):
            async with opened.connection() as connection:
                await bind_columns(connection)
            yield


@pytest.fixture
async def queue(_pool: None, database: Connection, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Queue]:
    # What others queue is left to their services.
    for kind in list(KINDS):
        monkeypatch.delitem(KINDS, kind)
    monkeypatch.setattr(sending, "LOOK", 0.05)
    monkeypatch.setattr(sending, "SHORTEST_PAUSE", 0.02)
    monkeypatch.setattr(smtp, "_ANSWER", 0.3)
    made = Queue(database, monkeypatch)
    yield made
    await database.execute("delete from mails where kind = $1", made.kind)


@pytest.fixture
def server() -> Iterator[Mailbox]:
    """A mail server of the test's own."""
    made = Mailbox()
    made.start()
    yield made
    made.stop()
