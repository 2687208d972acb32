"""Sends what stands in the queue, on all workers: as soon as it is queued, and again where that failed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import uniform
from time import monotonic
from typing import Final

from api.database.backoff import doubled
from api.mail.deliveries import deliver_mail
from api.mail.kinds import KINDS, QueuedMail
from api.mail.queries import MailFigures, mails
from api.mail.rendering import Renderer
from api.mail.transports import ServerAwayError, Transport, TryLaterError
from api.metrics import Reading
from api.problems.problem import Problem

logger = logging.getLogger(__name__)

# The channel on which PostgreSQL tells that a mail was queued.
CHANNEL: Final = "mail_queued"
# Connections of a worker to the mail server at most, and mails on each.
LANES: Final = 2
MAILS_A_CONNECTION: Final = 50
# Seconds between two looks whether a mail is due that nothing was heard of, as one to be sent again: between half of it
# and one and a half.
LOOK: Final = 15.0
# Seconds to wait while no mail can be handed over, at first and at most.
SHORTEST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
# How many times as long as it took to send a mail a lane then rests, and for how many seconds at most: mails are never
# urgent, and where the worker is busy they take longer, and leave it to requests.
REST: Final = 4.0
LONGEST_REST: Final = 0.25
# Seconds that a stopping worker has to hand over what it has begun with.
STOP_TIMEOUT: Final = 5.0


class Sender:
    """Takes mails from the queue and sends them, a few at once.

    A mail is taken, and that committed, before it is handed over, and removed afterwards. A worker that is killed in
    between leaves it to be sent again: a mail may come twice, with the same Message-ID, and none is lost.
    """

    def __init__(self, transport: Transport, renderer: Renderer) -> None:
        self._transport = transport
        self._renderer = renderer
        self._wakes = [asyncio.Event() for _ in range(LANES)]
        self._figures = MailFigures()
        # When they are read next.
        self._look_at = 0.0
        # Attempts in a row in which no mail could be handed over.
        self._failures = 0
        self._stopping = False
        # Lanes that have taken a mail.
        self._busy: set[int] = set()

    def wake(self) -> None:
        """Look at once whether a mail is due."""
        self._wakes[0].set()

    def readings(self) -> list[Reading]:
        """What the metrics say of the queue."""
        return [
            Reading(
                "nestwerk_mails_waiting",
                "Mails in the queue, counted up to 10,000.",
                (),
                lambda: {(): self._figures.waiting},
                is_shared=True,
            ),
            Reading(
                "nestwerk_mails_overdue_seconds",
                "For how long the first mail of the queue has been due.",
                (),
                lambda: {(): self._figures.overdue},
                is_shared=True,
            ),
        ]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send mails within the block; at its end, what is being handed over is finished or goes again later."""
        lanes = [asyncio.create_task(self._run(lane)) for lane in range(LANES)]
        try:
            yield
        finally:
            self._stopping = True
            for lane, task in enumerate(lanes):
                if lane not in self._busy:
                    task.cancel()
            _, late = await asyncio.wait(lanes, timeout=STOP_TIMEOUT)
            for task in late:
                task.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    async def _run(self, lane: int) -> None:
        while not self._stopping:
            try:
                await self._wait(lane)
                await self._send_due(lane)
            except Problem:
                # The database is away, which is logged where it's noticed.
                pass
            except ServerAwayError as error:
                self._failed(error)
            except Exception as error:  # noqa: BLE001
                logger.warning("sending mails: %s", type(error).__name__)
            finally:
                self._busy.discard(lane)

    async def _wait(self, lane: int) -> None:
        """Wait until a mail may be due; lanes but the first wait for the one before, and all while none can be sent."""
        if self._failures:
            pause = doubled(self._failures, SHORTEST_PAUSE, LONGEST_PAUSE)
            await asyncio.sleep(pause * uniform(0.5, 1.0))  # noqa: S311
        woken = self._wakes[lane]
        if lane:
            await woken.wait()
        else:
            while not (await self._is_due() or woken.is_set() or self._failures):
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(self._look_at - monotonic(), 0)):
                        await woken.wait()
        woken.clear()

    async def _is_due(self) -> bool:
        """Whether a mail is due, by the figures of the queue; False if they were read a moment ago."""
        if monotonic() < self._look_at:
            return False
        # First, as the database may be away.
        self._look_at = monotonic() + LOOK * uniform(0.5, 1.5)  # noqa: S311
        self._figures = await mails.get_mail_figures()
        return self._figures.overdue > 0

    async def _send_due(self, lane: int) -> None:
        """Send what is due, until nothing is.

        Raises:
            ServerAwayError: no mail can be handed over now; the one that was taken is given back.

        """
        mail = await self._take(lane)
        while mail is not None:
            is_composed = False
            try:
                async with self._transport.connected() as deliver:
                    for _ in range(MAILS_A_CONNECTION):
                        is_composed = True
                        begun = monotonic()
                        await deliver_mail(mail, self._renderer, deliver)
                        self._succeeded()
                        if not self._stopping:
                            await asyncio.sleep(min(LONGEST_REST, REST * (monotonic() - begun)))
                        if (mail := await self._take(lane)) is None:
                            return
            except TryLaterError:
                mail = await self._take(lane)
            except ServerAwayError:
                if mail is not None:
                    await mails.return_mail(id=mail.id, attempts=mail.attempts, least_attempts=int(is_composed))
                raise

    async def _take(self, lane: int) -> QueuedMail | None:
        if self._stopping:
            return None
        mail = await mails.take_mail(kinds=[*KINDS])
        if mail is None:
            return None
        self._busy.add(lane)
        if lane + 1 < LANES:
            # There may be more.
            self._wakes[lane + 1].set()
        return mail

    def _failed(self, error: ServerAwayError) -> None:
        if not self._failures:
            logger.warning("mails can't be sent, trying again", extra={"event": "mails_away", "error": str(error)})
        self._failures += 1

    def _succeeded(self) -> None:
        if self._failures:
            logger.warning("mails can be sent again", extra={"event": "mails_back"})
        self._failures = 0
