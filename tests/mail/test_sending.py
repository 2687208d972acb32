"""Mails are sent from the queue, whatever the mail server does to them: at least once, and none is lost."""

import asyncio
import logging
from contextlib import AsyncExitStack

import pytest

from api.mail.kinds import Message
from api.mail.queries import mails
from tests.mail.mailbox import Mailbox
from tests.mail.queue import Queue, sending, smtp


async def test_what_is_sent_is_removed(queue: Queue, server: Mailbox) -> None:
    async with sending(smtp(server.url)) as sender:
        await queue.add()
        sender.wake()
        [mail] = await server.wait_for(queue.recipient)
        await queue.until([])
    assert (mail["To"], mail["From"]) == (queue.recipient, "Nestwerk <post@nestwerk.example>")
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Onderwerp", "auto-generated")
    assert mail["Message-ID"].endswith("@nestwerk.example>")
    assert mail["Date"].datetime.tzinfo is not None


async def test_many_go_over_few_connections_and_each_once(queue: Queue, server: Mailbox) -> None:
    """By two workers at once."""
    recipients = [f"{number}-{queue.recipient}" for number in range(60)]
    for recipient in recipients:
        await queue.add(recipient)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(sending(smtp(server.url)))
        await queue.until([])
    assert sorted(to for to, _ in server.received) == sorted(recipients)
    assert len({mail["Message-ID"] for _, mail in server.received}) == 60
    assert server.connections <= 8


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("RCPT", "450 mailbox busy"),
        ("DATA", "451 try later"),
        ("DATA", "554 policy"),
        ("RCPT", None),
        ("DATA", None),
        ("DATA", "421 shutting down"),
    ],
)
async def test_what_fails_for_now_goes_again_later_with_the_same_id(
    queue: Queue, server: Mailbox, command: str, answer: str | None
) -> None:
    server.answers[command] = answer
    await queue.add()
    async with sending(smtp(server.url)) as sender, asyncio.timeout(20):
        while not server.refused:
            await asyncio.sleep(0.01)
        assert await queue.attempts() == [1]
        due = await queue.database.fetchval(
            "select due_at > now() + interval '50 seconds' from mails where kind = $1", queue.kind
        )
        assert due
        server.answers.clear()
        await queue.make_due()
        sender.wake()
        [mail] = await server.wait_for(queue.recipient)
        await queue.until([])
    # It was composed anew, so that what it says, such as a link's token, is of then.
    assert queue.composed == 2
    assert mail["Message-ID"]


async def test_an_answer_that_is_lost_makes_it_come_twice_with_the_same_id(queue: Queue, server: Mailbox) -> None:
    await queue.add()
    server.delay = 0.5
    async with sending(smtp(server.url)) as sender:
        await server.wait_for(queue.recipient)
        assert await queue.attempts() == [1]
        server.delay = 0
        await queue.make_due()
        sender.wake()
        first, second = await server.wait_for(queue.recipient, 2)
        await queue.until([])
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_refused_recipient_ends_it_at_once(
    queue: Queue, server: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers["RCPT"] = f"550 no such user {queue.recipient}"
    await queue.add()
    async with sending(smtp(server.url)):
        await queue.until([])
    [record] = [record for record in caplog.records if record.name == "api.mail.deliveries"]
    assert (record.message, vars(record)["error"]) == ("a mail is refused", "550")
    assert queue.recipient not in str(vars(record))


@pytest.mark.parametrize("recipient", ["noor@exam(ple.org", "noor@☃☃.example.", '"noor@example.org', "a,b@example.org"])
async def test_an_address_that_is_none_ends_it_at_once(queue: Queue, server: Mailbox, recipient: str) -> None:
    await queue.add(recipient)
    async with sending(smtp(server.url)):
        await queue.until([])
    assert server.received == []


async def test_nothing_to_say_is_no_mail(queue: Queue, server: Mailbox) -> None:
    queue.outcome = None
    await queue.add()
    async with sending(smtp(server.url)):
        await queue.until([])
    assert (queue.composed, server.received) == (1, [])


async def test_what_cannot_be_composed_waits_and_holds_up_no_other(
    queue: Queue, server: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    queue.outcome = ValueError("noor is quoted here")
    await queue.add()
    async with sending(smtp(server.url)) as sender:
        await queue.until_composed()
        queue.outcome = Message("Onderwerp", ("Dag",))
        await queue.add(f"other-{queue.recipient}")
        sender.wake()
        await server.wait_for(f"other-{queue.recipient}")
    assert await queue.attempts() == [1]
    assert "noor is quoted" not in caplog.text
    assert "ValueError" in str([vars(record) for record in caplog.records])


async def test_while_the_server_is_away_no_attempt_counts(
    queue: Queue, server: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "api.mail.sending")
    transport = smtp(server.url)
    server.stop()
    await queue.add()
    async with sending(transport) as sender:
        while sender._failures < 3:
            await asyncio.sleep(0.01)
        await queue.until([0])
        assert queue.composed == 0
        assert sender._figures.overdue > 0
        server.start()
        # Nobody wakes it.
        await server.wait_for(queue.recipient)
        await queue.until([])
    said = [record.message for record in caplog.records if record.name == "api.mail.sending"]
    assert said == ["mails can't be sent, trying again", "mails can be sent again"]


async def test_a_refused_sender_is_a_server_that_is_away(queue: Queue, server: Mailbox) -> None:
    server.answers["MAIL"] = "553 not your address"
    await queue.add()
    async with sending(smtp(server.url)) as sender:
        while sender._failures < 4:
            await asyncio.sleep(0.01)
        # Its attempts don't add up to long waits, but what composing it counted isn't counted again.
        await queue.until([1])
        server.answers.clear()
        await server.wait_for(queue.recipient)
        await queue.until([])


async def test_what_is_being_sent_at_the_end_is_finished(queue: Queue, server: Mailbox) -> None:
    server.delay = 0.2
    await queue.add()
    await queue.add()
    async with sending(smtp(server.url)):
        await queue.until_composed()
    assert len(server.received) >= 1
    assert len(server.received) + len(await queue.attempts()) == 2


async def test_a_kind_of_another_release_is_left_alone(queue: Queue, server: Mailbox) -> None:
    await queue.database.execute(
        "insert into mails (kind, recipient, language) values ($1, 'a@b', 'nl')", f"{queue.kind}_of_tomorrow"
    )
    await queue.add()
    async with sending(smtp(server.url)):
        await queue.until([])
    left = await queue.database.fetchval(
        "delete from mails where kind = $1 returning attempts", f"{queue.kind}_of_tomorrow"
    )
    assert left == 0


async def test_an_address_has_three_mails_of_a_kind_at_most(queue: Queue) -> None:
    for _ in range(2):
        await queue.add()
        await queue.add(queue.recipient.upper())
    assert len(await queue.attempts()) == 3
    await queue.add(f"other-{queue.recipient}")
    assert len(await queue.attempts()) == 4
    assert (await mails.get_mail_figures()).waiting >= 4
