"""`Idempotency-Key`: a POST with a key is done once, and its repetitions get the first answer.

As draft-ietf-httpapi-idempotency-key-header has it. The application keeps the answers.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from litestar.types import HTTPScope

from api.problems.problem import Problem
from api.problems.types import INVALID_IDEMPOTENCY_KEY

HEADER: Final = b"idempotency-key"
# What tells a client that an answer is one that was kept.
REPLAYED: Final = (b"idempotent-replayed", b"true")
LONGEST: Final = 255
# Visible characters of ASCII; as a string of RFC 9651, quoted, it's the same key.
_CHARACTERS: Final = rf"[!#-\[\]-~]{{1,{LONGEST}}}"
PATTERN: Final = rf'^({_CHARACTERS}|"{_CHARACTERS}")$'
_KEY: Final = re.compile(PATTERN.encode())


class Answer(NamedTuple):
    """An answer of a handler: status, headers and body."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class KeyedRequest:
    """A request with a key.

    `key` is the client's. Of an account, or of all without a session, it stands for one request, which `fingerprint`
    tells from others: it's known once the body is. `account_id` is whose data the answer has, with which it's erased:
    the caller, or who is logged in by it.
    """

    def __init__(self, scope: HTTPScope, key: bytes, user_id: int | None) -> None:
        self.key = key
        self.user_id = self.account_id = user_id
        self.digest = hashlib.sha256(b"%b %b" % (b"" if user_id is None else b"%d" % user_id, key)).digest()
        self.fingerprint: bytes | None = None
        self._route = b"%b %b?%b\n" % (scope["method"].encode(), scope["path"].encode(), scope["query_string"])
        # What is done once the body is known.
        self.then: Callable[[], Awaitable[None]] | None = None

    async def read(self, content: bytes | bytearray) -> None:
        """Take what was read of the body.

        Raises:
            Exception: what ends a request that repeats another one.

        """
        self.fingerprint = hashlib.sha256(self._route + content).digest()
        if self.then is not None:
            await self.then()


# Answers a request with a key by what the function gives, or as it was answered before.
AnswerOnce = Callable[[KeyedRequest, Callable[[], Awaitable[Answer]]], Awaitable[Answer]]


async def answer_anew(_: KeyedRequest, answer: Callable[[], Awaitable[Answer]]) -> Answer:
    """Answer as if there were no key, for an application that keeps no answers."""
    return await answer()


def read_key(value: bytes) -> bytes:
    """Key in a header.

    Raises:
        Problem: `invalid_idempotency_key`.

    """
    if _KEY.fullmatch(value) is None:
        raise Problem(INVALID_IDEMPOTENCY_KEY, longest=LONGEST)
    return value.strip(b'"')
