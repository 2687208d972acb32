"""Kept answers, sealed: they may hold a token or a new secret, which the database doesn't know.

Opening one takes the service's secret key and the client's `Idempotency-Key`, of which the database has a digest.
"""

import zlib
from typing import Final

import msgspec

from api.auth.sealing import sealing
from api.http.idempotency import REPLAYED, Answer, KeyedRequest
from api.problems.problem import Problem
from api.problems.types import IDEMPOTENCY_KEY_REUSED

# Bytes from which a body is worth the time to compress it: 500 goals are a tenth then.
_COMPRESSED_FROM: Final = 2048
_PURPOSE: Final = "idempotency"


class _Kept(msgspec.Struct, array_like=True, gc=False):
    fingerprint: bytes
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    is_compressed: bool


_decoder: Final = msgspec.msgpack.Decoder(_Kept)


def seal_answer(request: KeyedRequest, answer: Answer) -> bytes:
    assert request.fingerprint is not None
    is_compressed = len(answer.body) >= _COMPRESSED_FROM
    body = zlib.compress(answer.body, 1) if is_compressed else answer.body
    kept = _Kept(request.fingerprint, answer.status, answer.headers, body, is_compressed)
    return sealing.seal(msgspec.msgpack.encode(kept), _PURPOSE, request.key)


def open_answer(request: KeyedRequest, sealed: bytes) -> Answer | Problem:
    """The answer, or the problem if the key was used for another request.

    Raises:
        Problem: `internal_error`, if it can't be opened.

    """
    kept = _decoder.decode(sealing.open(sealed, _PURPOSE, request.key))
    if kept.fingerprint != request.fingerprint:
        return Problem(IDEMPOTENCY_KEY_REUSED)
    body = zlib.decompress(kept.body) if kept.is_compressed else kept.body
    return Answer(kept.status, [*kept.headers, REPLAYED], body)
