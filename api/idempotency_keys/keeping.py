"""Answers requests with an `Idempotency-Key`: the first answer is kept with what it tells of, in one transaction.

The key is claimed when the handler writes for the first time, in the transaction that then begins and has all that it
writes from there on, and the answer is added before the commit. So a worker that is killed leaves nothing behind.

Nothing is kept of what wrote nothing, nor of a problem: what a handler did before it raised one stays done, as it does
without a key, and a repetition runs anew.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg

from api.database.transactions import Interrupted
from api.http.idempotency import Answer, KeyedRequest
from api.idempotency_keys.queries import sql
from api.idempotency_keys.sealed_answers import open_answer, seal_answer
from api.problems.problem import Problem
from api.problems.types import NOT_AUTHENTICATED, REQUEST_IN_PROGRESS, TOO_MANY_IDEMPOTENCY_KEYS

# Keys whose requests this worker is answering: a repetition doesn't wait for its account's turn at a connection.
_under_way: Final[set[bytes]] = set()


class _Settled(Interrupted):
    """The request isn't run: it has an answer already, or a problem."""

    def __init__(self, answer: Answer | Problem) -> None:
        super().__init__()
        self.answer = answer


async def answer_once(request: KeyedRequest, answer: Callable[[], Awaitable[Answer]]) -> Answer:
    """Answer a request, or repeat its first answer.

    Raises:
        Problem: that of the request; `request_in_progress`, `idempotency_key_reused`, `too_many_idempotency_keys`; the
            database is away.

    """
    if request.digest in _under_way:
        raise Problem(REQUEST_IN_PROGRESS)
    request.then = lambda: _look_up(request)
    _under_way.add(request.digest)
    try:
        if request.fingerprint is not None:
            await _look_up(request)
        return await _run(request, answer)
    except _Settled as settled:
        if isinstance(settled.answer, Problem):
            raise settled.answer from None
        return settled.answer
    finally:
        _under_way.discard(request.digest)


async def _run(request: KeyedRequest, answer: Callable[[], Awaitable[Answer]]) -> Answer:
    async with sql.late_transaction(lambda: _claim(request)) as transaction:
        try:
            answered = await answer()
        except Problem as problem:
            if transaction.has_begun:
                await _release(request, problem)
            elif request.fingerprint is not None:
                # The first request may have ended since, and be why this one fails: its user has the name, its token
                # used the link.
                await _look_up(request)
            refused = problem
        else:
            if transaction.has_begun and not await sql.keep_answer(
                user_id=request.account_id,  # owner: the caller, or who is logged in now
                key_digest=request.digest,
                sealed_answer=seal_answer(request, answered),
            ):
                raise Problem(TOO_MANY_IDEMPOTENCY_KEYS)
            return answered
    raise refused


async def _look_up(request: KeyedRequest, *, is_claimed: bool = False) -> None:
    """Settle a request whose key has an answer.

    One without a session that isn't the same as the first is settled only once it would write: a wrong password is one
    attempt more, whoever knows the key.
    """
    sealed = await sql.get_kept_answer(key_digest=request.digest)
    if sealed is not None:
        answer = open_answer(request, sealed)
        if is_claimed or request.user_id is not None or not isinstance(answer, Problem):
            raise _Settled(answer)


async def _claim(request: KeyedRequest) -> None:
    """Take the key for this transaction, or settle the request."""
    try:
        state = await sql.claim_key(
            user_id=request.user_id,  # owner: the caller, if there is one
            key_digest=request.digest,
        )
    except Problem as problem:
        if isinstance(problem.__cause__, asyncpg.LockNotAvailableError):
            raise _Settled(Problem(REQUEST_IN_PROGRESS)) from None
        raise
    if state == "gone":
        raise _Settled(Problem(NOT_AUTHENTICATED))
    if state == "known":
        await _look_up(request, is_claimed=True)
        # Its answer ended in between, or went with a consent.
        raise _Settled(Problem(REQUEST_IN_PROGRESS))


async def _release(request: KeyedRequest, problem: Problem) -> None:
    """Give the key back, so that what was done before a problem is committed without it.

    Raises:
        Problem: the same, if a statement failed and nothing can be committed.

    """
    try:
        await sql.release_key(key_digest=request.digest)
    except (Problem, asyncpg.PostgresError):
        raise problem from None
