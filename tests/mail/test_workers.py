"""Mails survive the workers that send them."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles
from tests.conftest import NewDatabase
from tests.mail.mailbox import Mailbox
from tests.server.test_serve import Served, running

QUEUE = """
with account as (
  insert into users (username, email, password)
  values ('noor', 'noor@example.org', '$argon2id$unusable')
  returning id, email
)
insert into mails (user_id, kind, recipient, language) select id, 'password_changed', email, 'nl' from account
"""


@pytest.fixture
def own(
    cluster: EmbeddedServer, migrated_copy: NewDatabase, server: Mailbox, tmp_path: Path
) -> Iterator[tuple[Served, str]]:
    """A service whose mails no other takes, and its database's address for a superuser."""
    dsn = migrated_copy("mailing")
    make_roles(dsn)
    address = cluster.service_dsn.replace("/nestwerk?", "/mailing?")
    with running(tmp_path, DATABASE_URL=address, SMTP_URL=server.url) as served:
        yield served, dsn


@pytest.mark.long
async def test_a_mail_that_a_killed_worker_was_sending_goes_again(own: tuple[Served, str], server: Mailbox) -> None:
    served, dsn = own
    server.delay = 60
    with psycopg.connect(dsn, autocommit=True) as connection:
        # Whoever queues it, the workers are told.
        connection.execute(QUEUE)
        await server.wait_for("noor@example.org")
        for pid, command in served.processes().items():
            if "api.server.worker" in command:
                os.kill(pid, signal.SIGKILL)
        server.delay = 0
        assert connection.execute("select attempts from mails").fetchall() == [(1,)]
        # Those that take their place look by themselves.
        connection.execute("update mails set due_at = now()")
        first, second = await server.wait_for("noor@example.org", 2)
        assert first["Message-ID"] == second["Message-ID"]
