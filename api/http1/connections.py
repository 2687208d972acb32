"""All connections of a worker: their clock, their limits, and how they end."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection
from email.utils import formatdate
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Final, Protocol

from api import metrics
from api.http1.admission import Admission
from api.http1.crowd import READS, Crowd
from api.http1.exchange import Application
from api.http1.limits import FAREWELL_SECONDS, Limits
from api.http1.refusals import Refusals, Refuse

logger = logging.getLogger(__name__)

# Seconds between two looks at all connections.
TICK: Final = 0.25
# Share of the connections over which idle ones are closed, and how many then stay.
_FULL: Final = 7 / 8
_EASED: Final = 3 / 4
_REFUSED: Final = metrics.Counter(
    "nestwerk_http_refused_connections_total", "Connections of addresses that had as many as one may have."
)


class Kept(Protocol):
    """A connection, as it's kept here; `since` is the time when its present state began."""

    @property
    def since(self) -> float: ...
    @property
    def is_idle(self) -> bool: ...
    @property
    def is_closing(self) -> bool: ...
    def sweep(self, now: float) -> None: ...
    def part(self) -> None: ...
    def abort(self) -> None: ...


class Connections:
    """The connections of a worker.

    `now` is the loop's time, a tick old at most; `date_line` the header of the same time. Requests in progress are
    `reads` or `changes`, so that neither wait for the other. `surplus` is how many connections are to be closed after
    their next answer. No answer leaves a connection open once `is_stopping`.
    """

    def __init__(
        self,
        app: Application,
        refuse: Refuse,
        limits: Limits,
        *,
        vital: Collection[str],
        unlimited: Callable[[str], bool],
    ) -> None:
        """Take the application, and how it answers what it doesn't get.

        `vital` are paths that are answered however many requests there are; `unlimited` says whether an address may
        have any number of connections, as a proxy may.
        """
        self.app = app
        self.refusals = Refusals(refuse)
        self.limits = limits
        self.vital = frozenset(vital)
        # How a vital request begins.
        self.vital_starts = tuple(
            f"{method} {path}{end}".encode() for method in READS for path in vital for end in " ?"
        )
        self.admission = Admission()
        self.reads = Crowd()
        self.changes = Crowd()
        self.surplus = 0
        self.is_stopping = False
        self.now = monotonic()
        self._told = 0.0
        self.date_line = b""
        self._unlimited = unlimited
        self._all: set[Kept] = set()
        self._by_network: Counter[str] = Counter()
        self._empty = asyncio.Event()
        self._set_date()

    def __len__(self) -> int:
        return len(self._all)

    def has_room(self, opening: int) -> bool:
        """Whether another connection may be accepted, besides those that are opening."""
        return len(self._all) + opening < self.limits.connections

    def add(self, connection: Kept, address: str) -> str | None:
        """Count a connection under the network of its address, which is returned; None if that has too many."""
        network = _network(address)
        if self._by_network[network] >= self.limits.connections_per_address and not self._unlimited(address):
            _REFUSED.add()
            return None
        self._by_network[network] += 1
        self._all.add(connection)
        return network

    def remove(self, connection: Kept, network: str) -> None:
        """Forget a connection that is closed."""
        self._all.discard(connection)
        self._by_network[network] -= 1
        if not self._by_network[network]:
            del self._by_network[network]
        if not self._all:
            self._empty.set()

    def tick(self) -> None:
        """Look at all connections; to be called each `TICK` seconds."""
        before, self.now = self.now, monotonic()
        self._set_date()
        self.admission.tick(max(self.now - before, TICK / 2))
        self._tell_refused()
        for connection in list(self._all):
            connection.sweep(self.now)
        if len(self._all) > self.limits.connections * _FULL:
            self._ease()

    def _tell_refused(self) -> None:
        """Log once a second how many requests were refused, which each alone must cost little."""
        refused = self.admission.refused
        if refused and self.now - self._told >= 1:
            logger.warning("more requests come than are answered", extra={"event": "overload", "refused": refused})
            self.admission.refused, self._told = 0, self.now

    def _ease(self) -> None:
        """Close connections that were idle longest, so that new ones find room, and no longer wait for clients to."""
        for connection in [each for each in self._all if each.is_closing and self.now - each.since > TICK]:
            connection.abort()
        idle = sorted((each for each in self._all if each.is_idle), key=lambda each: each.since)
        for connection in idle[: len(self._all) - int(self.limits.connections * _EASED)]:
            connection.part()

    async def stop(self, seconds: float) -> None:
        """Close all connections, each after the answers to requests that were sent; `seconds` is how long those get."""
        self.is_stopping = True
        await asyncio.sleep(FAREWELL_SECONDS)
        for connection in list(self._all):
            connection.part()
        if self._all:
            self._empty.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._empty.wait()
            except TimeoutError:
                for connection in list(self._all):
                    connection.abort()

    def _set_date(self) -> None:
        self.date_line = f"date: {formatdate(usegmt=True)}\r\n".encode()


def _network(address: str) -> str:
    """IPv4 address, or the /64 of an IPv6 address, which a household has to itself."""
    if ":" not in address:
        return address
    parsed = ip_address(address.partition("%")[0])
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or int(parsed) >> 64)
