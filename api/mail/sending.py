"""Sends what stands in the queue, on all workers: soon after it is queued, and again where that failed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import uniform
from typing import Final

from api.mail.kinds import KINDS, QueuedMail
from api.mail.queries import mails
from api.mail.rendering import Renderer, UndeliverableError
from api.mail.transports import Deliver, RecipientRefusedError, ServerAwayError, Transport, TryLaterError
from api.metrics import Counter
from api.problems.problem import Problem

logger = logging.getLogger(__name__)

CHANNEL: Final = "mail_queued"
# Connections of a worker to the mail server at most, and mails on each.
LANES: Final = 2
MAILS_A_CONNECTION: Final = 50
# Seconds between two looks whether a mail is due that nothing was heard of, as one to be sent again: between half of it
# and one and a half.
LOOK: Final = 15
# Seconds to wait while no mail can be handed over, at first and at most.
SHORTEST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
# Seconds that a stopping worker has to hand over what it has begun with.
STOP_TIMEOUT: Final = 5.0

_MAILS: Final = Counter(
    "nestwerk_mails_total",
    "Attempts to send a mail: sent; dropped, as there was nothing to say; refused for good; or to be repeated.",
    "kind",
    "outcome",
)


class Sender:
    """Takes mails from the queue and sends them, a few at once."""

    def __init__(self, transport: Transport, renderer: Renderer) -> None:
        self._transport = transport
        self._renderer = renderer
        self._wakes = [asyncio.Event() for _ in range(LANES)]
        # Attempts in a row in which no mail could be handed over.
        self._failures = 0
        self._stopping = False
        self._busy: set[asyncio.Task[None] | None] = set()

    def wake(self) -> None:
        """Look at once whether a mail is due."""
        self._wakes[0].set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send mails within the block; at its end, what is being handed over is finished or goes again later."""
        lanes = [asyncio.create_task(self._run(lane)) for lane in range(LANES)]
        try:
            yield
        finally:
            self._stopping = True
            for task in lanes:
                if task not in self._busy:
                    task.cancel()
            _, late = await asyncio.wait(lanes, timeout=STOP_TIMEOUT)
            for task in late:
                task.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    async def _run(self, lane: int) -> None:
        while not self._stopping:
            await self._wait(lane)
            try:
                await self._send_due(lane)
            except Problem:
                # The database is away, which is logged where it's noticed.
                pass
            except ServerAwayError as error:
                self._failed(error)
            except Exception as error:  # noqa: BLE001
                logger.warning("mails: %s", type(error).__name__)
            finally:
                self._busy.discard(asyncio.current_task())

    async def _wait(self, lane: int) -> None:
        if self._failures:
            pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2.0 ** min(self._failures - 1, 10))
            await asyncio.sleep(pause * uniform(0.5, 1.0))  # noqa: S311
            return
        woken = self._wakes[lane]
        try:
            # The other lanes are only woken, by the one before.
            async with asyncio.timeout(None if lane else LOOK * uniform(0.5, 1.5)):  # noqa: S311
                await woken.wait()
        except TimeoutError:
            pass
        woken.clear()

    async def _take(self, lane: int) -> QueuedMail | None:
        if self._stopping:
            return None
        mail = await mails.take_mail(kinds=[*KINDS])
        if mail is not None:
            self._busy.add(asyncio.current_task())
            if lane + 1 < LANES:
                # There may be more.
                self._wakes[lane + 1].set()
        return mail

    async def _send_due(self, lane: int) -> None:
        mail = await self._take(lane)
        while mail is not None:
            try:
                async with self._transport.connected() as deliver:
                    for _ in range(MAILS_A_CONNECTION):
                        await self._send(mail, deliver)
                        self._succeeded()
                        if (mail := await self._take(lane)) is None:
                            return
            except ServerAwayError:
                if mail is not None:
                    await mails.return_mail(id=mail.id, attempts=mail.attempts)
                raise
            except TryLaterError:
                mail = await self._take(lane)

    async def _send(self, mail: QueuedMail, deliver: Deliver) -> None:
        """Compose a mail and hand it over, once; what fails for now is due again by the queue.

        Raises:
            ServerAwayError, TryLaterError: as the transport says.

        """
        try:
            message = await KINDS[mail.kind](mail)
            if message is None:
                outcome = "dropped"
            else:
                await deliver(self._renderer.render(mail, message))
                outcome = "sent"
        except (RecipientRefusedError, UndeliverableError) as error:
            outcome = "refused"
            logger.warning(
                "a mail can't be delivered",
                extra={"event": "mail_refused", "kind": mail.kind, "user_id": mail.user_id, "error": str(error)},
            )
        except ServerAwayError:
            raise
        except TryLaterError:
            _MAILS.add(mail.kind, "repeated")
            raise
        except Exception as error:  # noqa: BLE001
            _MAILS.add(mail.kind, "repeated")
            logger.error(  # noqa: TRY400
                "a mail can't be composed",
                extra={"event": "mail_failed", "kind": mail.kind, "error": type(error).__name__},
            )
            return
        await mails.remove_mail(id=mail.id)
        _MAILS.add(mail.kind, outcome)

    def _failed(self, error: ServerAwayError) -> None:
        if not self._failures:
            logger.warning("mails can't be sent, trying again", extra={"event": "mail_away", "error": str(error)})
        self._failures += 1

    def _succeeded(self) -> None:
        if self._failures:
            logger.warning("mails can be sent again", extra={"event": "mail_back"})
        self._failures = 0
