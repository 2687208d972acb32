"""Has the test's own process queue and send mails, as a worker does."""

from collections.abc import AsyncIterator, Iterator

import pytest

from api.database.aliases import Connection
from api.mail import sending, smtp
from api.mail.kinds import KINDS
from tests.mail.mailbox import Mailbox
from tests.mail.queue import Queue


@pytest.fixture
async def queue(pool: None, database: Connection, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Queue]:
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
