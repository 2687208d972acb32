"""A client's connection: its requests are answered in their order, and it ends within its deadlines."""

import asyncio
import logging
from collections import deque
from typing import Final, cast

from api.http1.connections import Connections
from api.http1.crowd import CROWD, READS, Cohort, Crowd
from api.http1.exchange import Exchange
from api.http1.heads import Header
from api.http1.limits import DROPPED_BYTES, LAST_REQUEST_SECONDS, LEAST_RATE, LINGER_SECONDS
from api.http1.reading import RequestReader
from api.problems.problem import Problem
from api.problems.types import INTERNAL_ERROR, REQUEST_TIMEOUT, TOO_BUSY

logger = logging.getLogger(__name__)

# Requests that wait for the answers to earlier ones; while there are as many, no more is parsed.
_PIPELINED: Final = 16
# Bytes that are parsed at once: requests are small, so that many more would hold up the other clients.
_SLICE: Final = 4096
_READ_STARTS: Final = tuple(f"{method} ".encode() for method in READS)
# Slices of a request that wait for a crowd.
_MOST_HELD: Final = 8
# Made once, as refusals are many.
_BUSY: Final = Problem(TOO_BUSY)


class Connection(asyncio.Protocol):
    """A connection from `connection_made` to `connection_lost`, as asyncio calls them.

    A request is answered while its body comes, so its answer may be early. What is left of the body is then read and
    dropped, as closing would reset the connection and lose the answer.
    """

    def __init__(self, home: Connections) -> None:
        # When the present state began, but for a head that began since.
        self._since = home.now
        self._home = home
        self._limits = home.limits
        self._loop = asyncio.get_running_loop()
        self._reader = RequestReader(self, home)
        self._transport: asyncio.Transport
        self._network: str | None = None
        # The request that is being answered, and those that were read since.
        self._answering: Exchange | None = None
        self._pending: deque[Exchange] = deque()
        # Those among which that one counts.
        self._crowd: Crowd
        self._cohort: Cohort
        # What was received and isn't parsed yet; meanwhile no more is received, unless it waits for a crowd.
        self._held: deque[bytes] = deque()
        # Since when it does, or did until it's parsed.
        self._waiting_since: float | None = None
        # What is sent after the answers; no more requests are read then.
        self._last_words: Problem | None = None
        # Bytes of the request that are dropped.
        self._dropped = 0
        self._has_eof = False
        self.is_closing = False
        self._is_lost = False
        # Bytes that were written; and when and how many the client had taken, since when some are always left.
        self._written = 0
        self._unsent: tuple[float, int] | None = None
        self._writable: asyncio.Future[None] | None = None

    # asyncio's protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if peer := transport.get_extra_info("peername"):
            self._reader.client = (peer[0], peer[1])
        self._network = self._home.add(self, self._reader.client[0])
        if self._network is None:
            self._transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        self._is_lost = True
        if self._network is not None:
            self._home.remove(self, self._network)
        for exchange in (self._reader.exchange, self._answering):
            if exchange is not None:
                exchange.is_cut_off = True
                exchange.wake()
        self._pending.clear()
        self._held.clear()
        self._end_wait()
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        home, held = self._home, self._held
        if len(data) <= _SLICE and not held and home.admission.in_flight < CROWD and not home.admission.held:
            self._reader.feed(data)
            return
        is_first = not held
        held.extend(data[start : start + _SLICE] for start in range(0, len(data), _SLICE))
        if is_first:
            self._wait(data)
        if self._waiting_since is None:
            self.read_on()
        elif len(held) > _MOST_HELD:
            self._read_waiting()

    def _wait(self, data: bytes) -> None:
        """Have what begins a request wait if there's a crowd, and room for it, which it then has."""
        home = self._home
        crowd = home.reads if data.startswith(_READ_STARTS) else home.changes
        if (
            crowd.is_full
            and home.admission.has_room
            and self.is_idle
            and not self._reader.in_head
            and not data.startswith(home.vital_starts)
        ):
            self._waiting_since = crowd.hold(self)
            home.admission.held += 1

    def read_held(self, since: float) -> bool:
        """Parse what has waited for a crowd `since` then; whether it still did."""
        if self._waiting_since != since:
            return False
        self._read_waiting()
        if self._home.is_stopping:
            # It may have been the beginning of a head.
            self.part()
        return True

    def _read_waiting(self) -> None:
        """Parse what waits for a crowd."""
        try:
            self.read_on()
        except Exception:
            self.abort()
            raise
        finally:
            self._end_wait()

    def _end_wait(self) -> None:
        if self._waiting_since is not None:
            self._waiting_since = None
            self._home.admission.held -= 1

    def read_on(self) -> None:
        """Parse what is held, then have more come, until enough waits for the application."""
        reader = self._reader
        while len(self._pending) < _PIPELINED and (
            reader.exchange is None or reader.exchange.is_answered or not reader.exchange.is_backed_up
        ):
            if not self._held:
                if not self._is_lost:
                    self._transport.resume_reading()
                return
            reader.feed(self._held.popleft())

    def eof_received(self) -> bool:
        """Whether the connection stays open, for an answer."""
        if self._waiting_since is not None:
            self._read_waiting()
        self._has_eof = True
        if self._reader.exchange is not None:
            self._reader.exchange.is_cut_off = True
            self._reader.exchange.wake()
        self._reader.stop()
        return not self.is_closing and bool(self._answering or self._pending or self._last_words)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None:
            self._writable.set_result(None)
            self._writable = None
            self._answer_next()

    # What `RequestReader` calls

    def take(self, exchange: Exchange) -> None:
        self._dropped = 0
        if self._answering is None and self._writable is None:
            self._answer(exchange)
        else:
            self._pending.append(exchange)
            if len(self._pending) >= _PIPELINED:
                self._transport.pause_reading()

    def refuse(self, problem: Problem) -> None:
        """Refuse what is being read, after the answers to what was read before."""
        reading = self._reader.exchange
        self._reader.stop()
        if reading is not None:
            # The application says what is wrong with a body, unless it has answered already.
            reading.is_cut_off = True
            reading.keep_alive = False
            reading.wake()
            if reading.is_answered:
                self._close()
        else:
            self._last_words = problem
            self._answer_next()

    def drop(self, size: int) -> None:
        self._dropped += size
        if self._dropped > DROPPED_BYTES:
            self.abort()

    def end_unless_answering(self) -> None:
        if self._answering is None:
            self._close()

    # Answers, one after another

    def _answer(self, exchange: Exchange) -> None:
        self._answering = exchange
        admission = self._home.admission
        if self._waiting_since is None and not admission.has_room and exchange.scope["path"] not in self._home.vital:
            if exchange.has_waited:
                # One after another, as reading goes on between them.
                self._loop.call_soon(self.turn_away)
            else:
                admission.put_off(self)
        else:
            self._begin(exchange)

    def _begin(self, exchange: Exchange) -> None:
        self._crowd = self._home.reads if exchange.scope["method"] in READS else self._home.changes
        self._enter(exchange)
        # With a name, as to make one up costs more; and not by the loop, which has to be called for it.
        exchange.task = asyncio.Task(self._run(exchange), loop=self._loop, name="request")

    def _enter(self, exchange: Exchange) -> None:
        exchange.is_admitted = True
        self._home.admission.in_flight += 1
        self._cohort = self._crowd.enter()

    # What `Admission` calls while a request waits for room

    @property
    def has_left(self) -> bool:
        return self._is_lost

    def admit(self) -> None:
        """Answer the request that waits."""
        if self._answering is not None:
            self._begin(self._answering)

    def turn_away(self) -> None:
        """Refuse the request that waits; what was sent behind it has waited as long."""
        exchange = self._answering
        if exchange is None or self._is_lost:
            return
        self._home.admission.refused += 1
        self._refuse_exchange(exchange, _BUSY)
        if self._pending:
            self._pending[0].has_waited = True
        self._ended(exchange)

    async def _run(self, exchange: Exchange) -> None:
        exchange.begin()
        try:
            await self._home.app(exchange.scope, exchange.receive, exchange.send)
        except Exception:
            # The application answers all its errors, so this is one of writing the answer.
            logger.exception("an answer wasn't written", extra={"event": "unwritten_answer"})
        finally:
            if exchange.is_admitted:
                self._home.admission.end()
                self._crowd.leave(self._cohort)
            if not exchange.is_answered:
                self._give_up(exchange)
            self._ended(exchange)

    def _give_up(self, exchange: Exchange) -> None:
        if exchange.is_started:
            # The client has to notice that the answer isn't whole.
            self.abort()
        else:
            exchange.keep_alive = False
            self._refuse_exchange(exchange, Problem(INTERNAL_ERROR))

    def _refuse_exchange(self, exchange: Exchange, problem: Problem) -> None:
        exchange.keep_alive = exchange.keep_alive and exchange.is_complete and self.may_stay_open()
        self._write_refusal(
            problem,
            exchange.scope["headers"],
            close=not exchange.keep_alive,
            head=exchange.scope["method"] == "HEAD",
        )
        exchange.is_started = exchange.is_answered = True

    def _ended(self, exchange: Exchange) -> None:
        self._answering = None
        self._since = self._home.now
        if self._is_lost:
            return
        if not exchange.keep_alive:
            self._pending.clear()
            if exchange is not self._reader.exchange or exchange.waits_for_continue or exchange.is_late:
                self._close()
        elif self._pending or self._reader.is_deaf:
            self._answer_next()
        if exchange.forget():
            self.read_on()

    def _answer_next(self) -> None:
        """Go on with what was read meanwhile, once the client takes answers."""
        if self._is_lost or self.is_closing or self._answering is not None or self._writable is not None:
            return
        if self._pending:
            self._answer(self._pending.popleft())
            if len(self._pending) == _PIPELINED - 1:
                self.read_on()
        elif self._reader.is_deaf:
            if self._last_words is not None:
                self._write_refusal(self._last_words, self._reader.headers, close=True)
            self._close()

    def _write_refusal(self, problem: Problem, request: list[Header], *, close: bool, head: bool = False) -> None:
        self.write(self._home.refusals.response(problem, request, self._home.date_line, close=close, head=head))

    # What an exchange needs

    def write(self, data: bytes) -> None:
        if not self._is_lost:
            self._written += len(data)
            self._transport.write(data)

    async def writable(self) -> None:
        """Wait until the client takes more; from then on its request is none of those that are to be answered soon.

        Raises:
            ConnectionResetError: the client is gone.

        """
        if self._answering is not None and self._answering.is_admitted:
            self._answering.is_admitted = False
            self._home.admission.end()
            self._crowd.leave(self._cohort)
        if self._writable is not None and not self._is_lost:
            await self._writable
        if self._is_lost:
            raise ConnectionResetError

    def leave_room(self) -> bool:
        """Leave a request's room to others, as it waits for its client; whether it had any."""
        exchange = self._answering
        if exchange is None or not exchange.is_admitted:
            return False
        exchange.is_admitted = False
        self._home.admission.leave()
        self._crowd.leave(self._cohort)
        return True

    def take_room(self) -> None:
        """Count a request again whose client sent more; it was admitted, so it doesn't wait again."""
        if self._answering is not None:
            self._enter(self._answering)

    def pause_reading(self) -> None:
        if not self._is_lost:
            self._transport.pause_reading()

    def may_stay_open(self) -> bool:
        """Whether the connection stays open after an answer whose head is about to be written."""
        if self._pending or self._last_words is not None:
            return True
        if self._home.surplus:
            self._home.surplus -= 1
            return False
        return not (self._home.is_stopping or self._reader.is_deaf)

    def date_line(self) -> bytes:
        return self._home.date_line

    # How it ends

    @property
    def since(self) -> float:
        """When the present state began."""
        return max(self._since, self._reader.since)

    @property
    def is_idle(self) -> bool:
        return not (
            self.is_closing
            or self._reader.is_deaf
            or self._answering
            or self._reader.exchange
            or self._pending
            or self._waiting_since is not None
        )

    def part(self) -> None:
        """Close the connection unless a request is being answered.

        A request may be on its way. Its client learns from the status that nothing was done (RFC 9110, 15.5.9).
        """
        if self.is_idle:
            self._write_refusal(Problem(REQUEST_TIMEOUT), [], close=True)
            self._close()

    def abort(self) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._transport.abort()

    def _close(self) -> None:
        """Close the connection; what still comes is read for a while, so that no reset overtakes an answer."""
        if self._is_lost or self.is_closing:
            return
        self._reader.stop()
        self.is_closing = True
        self._since = self._home.now
        self._pending.clear()
        if self._has_eof:
            self._transport.close()
        else:
            self._transport.write_eof()
            self.read_on()

    def sweep(self, now: float) -> None:
        """End what takes too long; to be called a few times a second."""
        if self._is_unsent_for_long(now):
            self.abort()
            return
        waited = now - self.since
        exchange, limits = self._answering, self._limits
        if self.is_closing:
            if waited > LINGER_SECONDS and self._unsent is None:
                self.abort()
        elif exchange is not None:
            if exchange is self._reader.exchange and waited > self._time_to_send(exchange):
                exchange.is_late = True
                exchange.wake()
        elif self._pending:
            # The client has to take what was answered first.
            pass
        elif self._reader.exchange is not None:
            # It was answered early.
            if waited > (LINGER_SECONDS if self._home.is_stopping else limits.body):
                self._close()
        elif waited > (limits.head if self._reader.in_head else limits.idle):
            self.part()

    def _time_to_send(self, exchange: Exchange) -> float:
        """Seconds that the client has for a request, by how much of it came."""
        seconds = self._limits.head + self._limits.body + exchange.received / LEAST_RATE
        return min(seconds, LAST_REQUEST_SECONDS) if self._home.is_stopping else seconds

    def _is_unsent_for_long(self, now: float) -> bool:
        """Whether the client takes answers slower than `LEAST_RATE` for longer than it may."""
        left = self._transport.get_write_buffer_size()
        taken = self._written - left
        if not left:
            self._unsent = None
        elif self._unsent is None:
            self._unsent = (now, taken)
        elif now - self._unsent[0] > self._limits.send:
            if taken < self._unsent[1] + LEAST_RATE * self._limits.send:
                return True
            self._unsent = (now, taken)
        return False
