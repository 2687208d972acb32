"""Makes the document of an export, in bounded memory and from one snapshot.

The family's rows are read in one transaction of a few short statements, and put in an unnamed temporary file if they
are many: so the connection is free again, and the snapshot gone, before a client that reads slowly has the first byte,
and what fails until then is a problem and no half document. Nothing of the file outlives the process, however that
ends. Events, of which there may be any number, are read page by page while the client reads. They are only added to, so
those up to the one of the export are the same as in the snapshot.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import Final
from weakref import WeakSet

import msgspec

from api.auth.networks import client_network
from api.auth.queries import accounts
from api.auth.schemas import Caller
from api.auth.throttling import mailbox_subjects
from api.exports.left_out import LEFT_OUT
from api.exports.queries import sql
from api.exports.schemas import Page
from api.problems.problem import Problem
from api.problems.types import TOO_BUSY

logger = logging.getLogger(__name__)

# Bytes of a document that are kept in memory, and that are read of the file at once.
IN_MEMORY: Final = 512 * 1024
PART: Final = 64 * 1024
# Rows of a page: children may have 128 KB each, events are small.
CHILDREN: Final = 10
GOALS: Final = 100
SUGGESTIONS: Final = 200
EVENTS: Final = 500
# Exports that a worker reads from the database at once, and the seconds that others wait for that.
_turns: Final = asyncio.Semaphore(2)
_LONGEST_WAIT: Final = 5.0
# Documents that a worker has at once: clients may take hours to read one.
MOST: Final = 32

Spool = SpooledTemporaryFile[bytes]
ReadPage = Callable[[int], Awaitable[Page]]

# They're held weakly, as nothing closes the document of a client that is gone before it reads.
_kept: Final[WeakSet[Spool]] = WeakSet()


async def export(caller: Caller) -> AsyncGenerator[bytes]:
    """Read all but events of the caller's family, and return what gives the document part by part.

    Raises:
        Problem: `not_authenticated` if the account is gone, `too_busy`, or the database is away.

    """
    # A thread may hold one that was closed for a moment more.
    if sum(not spool.closed for spool in _kept) >= MOST:
        raise Problem(TOO_BUSY)
    spool: Spool = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  the answer closes it
    _kept.add(spool)
    try:
        async with _turn():
            last_event = await _read_snapshot(caller, spool)
    except BaseException:
        spool.close()
        raise
    return _document(caller, spool, last_event)


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_LONGEST_WAIT):
            await _turns.acquire()
    except TimeoutError:
        raise Problem(TOO_BUSY) from None
    try:
        yield
    finally:
        _turns.release()


async def _read_snapshot(caller: Caller, spool: Spool) -> int:
    """Put the document up to its events in a file; returns the last event that it's to have."""
    async with sql.transaction(user_id=caller.user_id, snapshot=True):
        user = await accounts.get_user(user_id=caller.user_id)
        last_event = await sql.begin_export(user_id=caller.user_id, network=client_network())
        account = await sql.export_account(user_id=caller.user_id, mailbox=mailbox_subjects(user.email))
        head = msgspec.json.encode({"exportedAt": datetime.now(UTC), "leftOut": LEFT_OUT})
        await _write(spool, head[:-1] + b"," + msgspec.json.encode(account)[1:-1])
        for name, read in _lists(caller):
            async for part in _array(name, read):
                await _write(spool, part)
    return last_event


async def _write(spool: Spool, part: bytes) -> None:
    """Add to a document, by a thread as that may be to a disk.

    Raises:
        Problem: `too_busy`, as the disk is full.

    """
    try:
        await asyncio.to_thread(spool.write, part)
    except OSError as error:
        logger.warning(
            "an export in TMPDIR: %s",
            error.strerror,
            extra={"event": "storage_error", "error": type(error).__name__, "kind": ("export", type(error))},
        )
        raise Problem(TOO_BUSY) from error


def _lists(caller: Caller) -> Iterator[tuple[str, ReadPage]]:
    """Lists of a family's rows, and what reads the page behind a row."""

    def children(after: int) -> Awaitable[Page]:
        return sql.export_children(parent_profile_id=caller.parent_profile_id, after=after, count=CHILDREN)

    def goals(after: int) -> Awaitable[Page]:
        return sql.export_goals(parent_profile_id=caller.parent_profile_id, after=after, count=GOALS)

    def suggestions(after: int) -> Awaitable[Page]:
        return sql.export_suggestions(parent_profile_id=caller.parent_profile_id, after=after, count=SUGGESTIONS)

    yield from (("childProfiles", children), ("parentingGoals", goals), ("suggestions", suggestions))


async def _document(caller: Caller, spool: Spool, last_event: int) -> AsyncGenerator[bytes]:
    with spool:
        await asyncio.to_thread(spool.seek, 0)
        while part := await asyncio.to_thread(spool.read, PART):
            yield part

    moment = datetime.min.replace(tzinfo=UTC)

    async def events(after: int) -> Page:
        nonlocal moment
        page = await sql.export_events(
            user_id=caller.user_id, after_happened_at=moment, after=after, until=last_event, count=EVENTS
        )
        moment = page.last_happened_at or moment
        return page

    async for part in _array("auditEvents", events):
        yield part
    yield b"}"


async def _array(name: str, read: ReadPage) -> AsyncGenerator[bytes]:
    """A member that is an array, page by page."""
    before = f',"{name}":['.encode()
    after = 0
    while (page := await read(after)).items is not None and page.last is not None:
        yield before + bytes(page.items)[1:-1]
        before, after = b",", page.last
    yield b"]" if after else before + b"]"
